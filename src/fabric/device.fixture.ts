/** A device in memory: what "arrives" is what a test gave it, and what is "sent" is kept. */
import {
  type Device,
  type DeviceMemory,
  type DeviceStatistics,
  ENTRY_DATA,
  ENTRY_HEADER,
  ENTRY_LENGTH,
  ENTRY_MERGE,
  ENTRY_SIZE,
} from "../device/device.ts";
import { TestFabric, TestGuest } from "./guest.fixture.ts";
import type { Port } from "./port.ts";

/** A virtio_net_hdr (linux/virtio_net.h, struct virtio_net_hdr_mrg_rxbuf). */
const HEADER_BYTES = 12;
const FINISHED = Buffer.alloc(HEADER_BYTES);
/** Holds the longest frame with offloads. */
const BUFFER = 66_048;

export interface Header {
  readonly flags?: number;
  readonly gsoType?: number;
  readonly headerLength?: number;
  readonly segmentSize?: number;
  readonly checksumStart?: number;
  readonly checksumOffset?: number;
}

export function virtioHeader({
  flags = 0,
  gsoType = 0,
  headerLength = 0,
  segmentSize = 0,
  checksumStart = 0,
  checksumOffset = 0,
}: Header): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(flags, 0);
  header.writeUInt8(gsoType, 1);
  header.writeUInt16LE(headerLength, 2);
  header.writeUInt16LE(segmentSize, 4);
  header.writeUInt16LE(checksumStart, 6);
  header.writeUInt16LE(checksumOffset, 8);
  return header;
}

export interface DeviceFrame {
  readonly header: Buffer;
  readonly frame: Buffer;
}

export interface FixtureDeviceOptions {
  readonly offloads: boolean;
  /** Of each table. */
  readonly slots?: number;
  readonly mtu?: number;
}

export class FixtureDevice implements Device {
  readonly name = "fixture:";
  readonly mac = undefined;
  readonly mtu: number;
  readonly offloads: boolean;
  readonly descriptor = -1;
  readonly receiveTable: number;
  readonly receiveSlots: number;
  readonly transmitTable: number;
  readonly transmitSlots: number;
  readonly #bytes: Buffer;
  readonly #buffers: number;
  readonly arriving: DeviceFrame[] = [];
  /** Frames that were sent; those that were merged as one. */
  readonly sent: DeviceFrame[] = [];
  /** Frames that each `transmit` takes, at most. */
  takes = Number.POSITIVE_INFINITY;
  isUp = true;
  isClosed = false;

  constructor(memory: DeviceMemory, { offloads, slots = 32, mtu = 1500 }: FixtureDeviceOptions) {
    this.offloads = offloads;
    this.mtu = mtu;
    this.#bytes = Buffer.from(memory.memory.buffer);
    this.receiveTable = memory.allocate(slots * ENTRY_SIZE, 64);
    this.transmitTable = memory.allocate(slots * ENTRY_SIZE, 64);
    this.#buffers = memory.allocate(slots * BUFFER, 64);
    this.receiveSlots = slots;
    this.transmitSlots = slots;
  }

  linkUp(): boolean {
    return this.isUp;
  }

  receive(): number {
    const frames = this.arriving.splice(0, this.receiveSlots);
    for (const [index, { header, frame }] of frames.entries()) {
      const [entry, data] = [this.receiveTable + index * ENTRY_SIZE, this.#buffers + index * BUFFER];
      frame.copy(this.#bytes, data);
      this.#bytes.fill(0, entry, entry + ENTRY_SIZE);
      this.#bytes.writeUInt32LE(data, entry + ENTRY_DATA);
      this.#bytes.writeUInt32LE(frame.length, entry + ENTRY_LENGTH);
      header.copy(this.#bytes, entry + ENTRY_HEADER);
    }
    return frames.length;
  }

  transmit(count: number): number {
    if (count > this.transmitSlots) throw new Error(`${count} frames in a table of ${this.transmitSlots}`);
    const taken = Math.min(count, this.takes);
    for (let index = 0; index < taken; index++) this.#send(this.transmitTable + index * ENTRY_SIZE);
    return taken;
  }

  #send(entry: number): void {
    const data = this.#bytes.readUInt32LE(entry + ENTRY_DATA);
    const merge = this.#bytes.readUInt16LE(entry + ENTRY_MERGE);
    const frame = Buffer.from(
      this.#bytes.subarray(data + merge, data + this.#bytes.readUInt32LE(entry + ENTRY_LENGTH)),
    );
    if (merge === 0) {
      this.sent.push({
        header: Buffer.from(this.#bytes.subarray(entry + ENTRY_HEADER, entry + ENTRY_HEADER + HEADER_BYTES)),
        frame,
      });
      return;
    }
    const before = this.sent.pop();
    if (!before) throw new Error("the first entry of a table continues another");
    this.sent.push({ header: before.header, frame: Buffer.concat([before.frame, frame]) });
  }

  /** What was sent since the last time. */
  takeSent(): DeviceFrame[] {
    return this.sent.splice(0);
  }

  statistics(): DeviceStatistics {
    return { receiveDrops: 0, transmitDrops: {} };
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A finished frame. */
export function plain(frame: Buffer): DeviceFrame {
  return { header: FINISHED, frame };
}

/** Guests and devices on one segment. */
export class DeviceNetwork {
  readonly test = new TestFabric();
  readonly #segment;

  constructor(kind: "switch" | "wire") {
    this.#segment = this.test.fabric.addSegment(kind);
  }

  guest(slots = 64): TestGuest {
    const guest = new TestGuest(this.test.fabric, { slots });
    this.#segment.connect(guest.port);
    return guest;
  }

  device(options: FixtureDeviceOptions): { device: FixtureDevice; port: Port } {
    const { fabric } = this.test;
    const device = new FixtureDevice(fabric.memory, options);
    const port = fabric.addDevicePort(device);
    this.#segment.connect(port);
    return { device, port };
  }

  /** Lets arrive what is to arrive, and everybody do what is to be done. */
  settle(): void {
    while (this.test.fabric.receive() > 0) this.test.settle();
    this.test.settle();
  }
}
