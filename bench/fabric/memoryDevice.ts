/** A device without a wire: its frames lie ready in the switch's memory, and come in batches, again and again; what is sent to it is counted. */
import {
  type Device,
  type DeviceMemory,
  type DeviceStatistics,
  ENTRY_DATA,
  ENTRY_LENGTH,
  ENTRY_SIZE,
} from "../../src/device/device.ts";

const CACHE_LINE = 64;
/** As devices of Linux have (plane/deviceMessages.ts). */
const TRANSMIT_SLOTS = 256;

export class MemoryDevice implements Device {
  readonly name = "memory";
  readonly mac = undefined;
  readonly mtu = 1500;
  readonly offloads = false;
  readonly descriptor = -1;
  /** Frames that it brings at once. */
  readonly receiveSlots: number;
  readonly transmitTable: number;
  readonly transmitSlots = TRANSMIT_SLOTS;
  /** Frames that it has brought, and that were sent to it. */
  received = 0;
  sent = 0;
  /** Whether it brings frames when it is asked. */
  isActive = false;
  /** Called after frames were sent to it. */
  onTransmit: () => void = () => undefined;

  /** Entries of all its frames, one batch behind the other. */
  readonly #table: number;
  readonly #batches: number;
  #batch = -1;

  /** @param batches  what it brings, each as long as the first */
  constructor(memory: DeviceMemory, batches: readonly (readonly Uint8Array[])[]) {
    this.receiveSlots = batches[0]?.length ?? 0;
    this.#batches = batches.length;
    const frames = batches.flat();
    this.#table = memory.allocate(Math.max(frames.length, 1) * ENTRY_SIZE, ENTRY_SIZE);
    this.transmitTable = memory.allocate(TRANSMIT_SLOTS * ENTRY_SIZE, ENTRY_SIZE);
    const view = new DataView(memory.memory.buffer);
    for (const [slot, frame] of frames.entries()) {
      const data = memory.allocate(frame.length, CACHE_LINE);
      new Uint8Array(memory.memory.buffer).set(frame, data);
      view.setUint32(this.#table + slot * ENTRY_SIZE + ENTRY_DATA, data, true);
      view.setUint32(this.#table + slot * ENTRY_SIZE + ENTRY_LENGTH, frame.length, true);
    }
  }

  /** Of the batch that came last. */
  get receiveTable(): number {
    return this.#table + this.#batch * this.receiveSlots * ENTRY_SIZE;
  }

  linkUp(): boolean {
    return true;
  }

  receive(): number {
    if (!this.isActive) return 0;
    this.#batch = (this.#batch + 1) % this.#batches;
    this.received += this.receiveSlots;
    return this.receiveSlots;
  }

  transmit(count: number): number {
    this.sent += count;
    this.onTransmit();
    return count;
  }

  statistics(): DeviceStatistics {
    return { receiveDrops: 0, transmitDrops: {} };
  }

  /** Its memory ends with the benchmark's process. */
  close(): void {}
}
