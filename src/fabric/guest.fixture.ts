/**
 * Guests for tests of the fabric. What one does in its turns is a function of the test, which sees and writes the guest's memory as hostile code could; unless told
 * otherwise it keeps what arrives and sends what is waiting.
 */
import type { DeviceMemory } from "../device/device.ts";
import { RUN_PENDING } from "../library/guestAbi.ts";
import {
  RING_CAPACITY,
  RING_CONSUMER,
  RING_PRODUCER,
  RING_SLOT_COUNT,
  RING_SLOT_SIZE,
  RING_SLOTS,
} from "../machine/ring.ts";
import { Fabric, type FabricGuest, type GuestFunctions } from "./fabric.ts";
import type { Lane, Port } from "./port.ts";

/** 2020-09-13: any whole second. */
export const EPOCH = 1_600_000_000_000_000_000n;
export const SECOND = 1e9;

/** What `run` may return besides RUN_PENDING (elements/kernel/scheduler.ts): there is something for the host; timers are pending. */
export const RUN_WANTS_HOST = 4;
export const RUN_TIMED = 8;

/** Runs while anything is to be done, this many times at most. */
const MOST_STEPS = 10_000;

/** Where things lie in a guest's memory. */
export const TRANSMIT_RING = 0x1000;
export const RECEIVE_RING = 0x2000;
export const BUFFERS = 0x4000;
const PAGE = 65536;

/** A module that exports what it imports: so functions of JavaScript get into a table. Types: (i64, i32) -> i32 and () -> i64. */
const EXPORTER = new WebAssembly.Module(
  Buffer.concat([
    Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, [2, 0x60, 2, 0x7e, 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7e]),
    section(2, [2, ...name("guest"), ...name("run"), 0, 0, ...name("guest"), ...name("nextExpiry"), 0, 1]),
    section(7, [2, ...name("run"), 0, 0, ...name("nextExpiry"), 0, 1]),
  ]),
);

function section(id: number, content: readonly number[]): Buffer {
  return Buffer.from([id, content.length, ...content]);
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

interface TestGuestOptions {
  /** Of each ring, a power of two. */
  readonly slots?: number;
  /** Bytes of each buffer. */
  readonly capacity?: number;
}

export class TestGuest {
  readonly fabric: Fabric;
  readonly memory: WebAssembly.Memory;
  readonly bytes: Buffer;
  readonly guest: FabricGuest;
  readonly port: Port;
  readonly slots: number;
  readonly capacity: number;
  readonly lanes: readonly [transmit: Lane, receive: Lane];
  /** What arrived and was taken, and what is to be sent. */
  received: Buffer[] = [];
  readonly outgoing: Uint8Array[] = [];
  /** Turns so far. */
  runs = 0;
  /** What a turn does. @returns bits of RUN_... */
  onRun: (now: bigint, budget: number) => number = () => this.work();
  nextExpiry: () => bigint = () => -1n;

  constructor(fabric: Fabric, { slots = 64, capacity = 2048 }: TestGuestOptions = {}) {
    this.fabric = fabric;
    this.slots = slots;
    this.capacity = capacity;
    const pages = Math.ceil(this.#buffer(2 * slots) / PAGE);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.bytes = Buffer.from(this.memory.buffer);
    for (const ring of [TRANSMIT_RING, RECEIVE_RING]) {
      this.bytes.writeUInt32LE(slots, ring + RING_SLOT_COUNT);
      this.bytes.writeUInt32LE(capacity, ring + RING_CAPACITY);
    }
    for (let index = 0; index < slots; index++)
      this.bytes.writeUInt32LE(this.receiveBuffer(index), this.slot(RECEIVE_RING, index));
    this.guest = fabric.addGuest(this.memory, this.#functions());
    this.port = fabric.addGuestPort();
    const ring = { slots, capacity, index: 0 };
    this.lanes = [
      this.port.addLane(this.guest, false, { ...ring, address: TRANSMIT_RING }),
      this.port.addLane(this.guest, true, { ...ring, address: RECEIVE_RING }),
    ];
    fabric.plane.setRunnable(this.guest.address, true);
  }

  #functions(): GuestFunctions {
    const guest = {
      run: (now: bigint, budget: number) => {
        this.runs++;
        return this.onRun(now, budget);
      },
      nextExpiry: () => this.nextExpiry(),
    };
    return new WebAssembly.Instance(EXPORTER, { guest }).exports as unknown as GuestFunctions; // as EXPORTER says
  }

  slot(ring: number, index: number): number {
    return ring + RING_SLOTS + (index & (this.slots - 1)) * RING_SLOT_SIZE;
  }

  #buffer(index: number): number {
    return BUFFERS + index * this.capacity;
  }

  receiveBuffer(index: number): number {
    return this.#buffer(index & (this.slots - 1));
  }

  transmitBuffer(index: number): number {
    return this.#buffer(this.slots + (index & (this.slots - 1)));
  }

  /** Has frames sent, in its next turns. */
  send(...frames: readonly Uint8Array[]): void {
    this.outgoing.push(...frames);
    this.activate();
  }

  activate(): void {
    this.fabric.plane.activate(this.guest.address);
  }

  /** What a well-behaved guest does in its turn. When its ring is full, it waits for room: the fabric sees that. */
  work(): number {
    const left = this.take();
    this.put();
    return left ? RUN_PENDING : 0;
  }

  /** Takes at most so many of the frames that arrived. @returns whether there are more */
  take(most = Number.POSITIVE_INFINITY): boolean {
    const { bytes } = this;
    const produced = bytes.readUInt32LE(RECEIVE_RING + RING_PRODUCER);
    let consumed = bytes.readUInt32LE(RECEIVE_RING + RING_CONSUMER);
    for (let taken = 0; taken < most && consumed !== produced; taken++) {
      const slot = this.slot(RECEIVE_RING, consumed);
      const [data, length] = [bytes.readUInt32LE(slot), bytes.readUInt16LE(slot + 4)];
      this.received.push(Buffer.from(bytes.subarray(data, data + length)));
      consumed = (consumed + 1) >>> 0;
    }
    bytes.writeUInt32LE(consumed, RECEIVE_RING + RING_CONSUMER);
    return consumed !== produced;
  }

  /** Puts waiting frames into the ring, as many as have room. */
  put(): void {
    const { bytes } = this;
    const consumed = bytes.readUInt32LE(TRANSMIT_RING + RING_CONSUMER);
    let produced = bytes.readUInt32LE(TRANSMIT_RING + RING_PRODUCER);
    while (this.outgoing.length > 0 && (produced - consumed) >>> 0 < this.slots) {
      const frame = this.outgoing.shift() ?? Buffer.alloc(0);
      const slot = this.slot(TRANSMIT_RING, produced);
      bytes.set(frame, this.transmitBuffer(produced));
      bytes.writeUInt32LE(this.transmitBuffer(produced), slot);
      bytes.writeUInt32LE(frame.length, slot + 4);
      produced = (produced + 1) >>> 0;
    }
    bytes.writeUInt32LE(produced, TRANSMIT_RING + RING_PRODUCER);
  }

  /** What has arrived since the last time; the ring's rest is taken first. */
  takeReceived(): Buffer[] {
    this.take();
    const received = this.received;
    this.received = [];
    return received;
  }

  remove(): void {
    this.fabric.plane.setRunnable(this.guest.address, false);
    this.port.remove();
    this.fabric.removeGuest(this.guest);
  }
}

/** A small fabric whose clock the test drives. */
export class TestFabric {
  readonly fabric = new Fabric(EPOCH, { guests: 256 });
  /** Nanoseconds since EPOCH. */
  now = 0;

  guests(count: number, options: TestGuestOptions = {}): TestGuest[] {
    return Array.from({ length: count }, () => new TestGuest(this.fabric, options));
  }

  step(): number {
    return this.fabric.plane.step(this.now);
  }

  /** Steps until nobody has anything to do. */
  settle(): void {
    let steps = 0;
    do {
      if (steps++ === MOST_STEPS) throw new Error("the fabric does not come to rest");
      this.step();
    } while (this.fabric.plane.isBusy() !== 0);
  }
}

/** @returns how many bytes of a memory have been taken since, and not given back */
export function countMemory(memory: DeviceMemory): () => number {
  const { allocate, release } = memory;
  let taken = 0;
  memory.allocate = (bytes, alignment) => {
    const offset = allocate(bytes, alignment);
    taken += bytes;
    return offset;
  };
  memory.release = (offset, bytes) => {
    release(offset, bytes);
    taken -= bytes;
  };
  return () => taken;
}

/** @throws Error when the list has no such member: the test is wrong */
export function at<Member>(list: readonly Member[], index: number): Member {
  const member = list[index];
  if (member === undefined) throw new Error(`there is no member ${index}`);
  return member;
}
