/** Joins two devices of a memory: what one receives the other sends, headers for offloads included. */
import { type Device, type DeviceMemory, ENTRY_HEADER, ENTRY_LENGTH, ENTRY_SIZE } from "../../src/device/device.ts";
import { Waiter } from "../../src/device/poll.ts";

/** virtio_net_hdr, linux/virtio_net.h: a flag, and where the type of segments is. */
const NEEDS_CHECKSUM = 1;
const GSO_TYPE = 1;

export class PatchCable implements AsyncDisposable {
  /** Frames that crossed, those of them with an unfinished checksum, those that are to be cut into segments, and the longest. */
  frames = 0;
  unfinished = 0;
  uncut = 0;
  longest = 0;
  readonly #waiter = new Waiter();
  readonly #bytes: Buffer;
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(memory: DeviceMemory, one: Device, other: Device) {
    this.#bytes = Buffer.from(memory.memory.buffer);
    this.#waiter.add(one.descriptor);
    this.#waiter.add(other.descriptor);
    this.#running = this.#run(one, other);
  }

  /** Ends; then the devices may be closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#waiter.wake();
    await this.#running;
    this.#waiter.close();
  }

  async #run(one: Device, other: Device): Promise<void> {
    while (!this.#stopped) {
      const moved = this.#move(one, other) + this.#move(other, one);
      if (moved === 0) await this.#waiter.wait(Infinity);
      else await new Promise(setImmediate);
    }
  }

  #move(from: Device, to: Device): number {
    const count = from.receive();
    this.#look(from, count);
    const end = from.receiveTable + count * ENTRY_SIZE;
    const most = to.transmitSlots * ENTRY_SIZE;
    for (let start = from.receiveTable; start < end; start += most) {
      const part = this.#bytes.subarray(start, Math.min(start + most, end));
      this.#bytes.set(part, to.transmitTable);
      to.transmit(part.length / ENTRY_SIZE);
    }
    return count;
  }

  #look(from: Device, count: number): void {
    this.frames += count;
    for (let index = 0; index < count; index++) {
      const entry = from.receiveTable + index * ENTRY_SIZE;
      if (this.#bytes[entry + ENTRY_HEADER]! & NEEDS_CHECKSUM) this.unfinished++;
      if (this.#bytes[entry + ENTRY_HEADER + GSO_TYPE]) this.uncut++;
      this.longest = Math.max(this.longest, this.#bytes.readUInt32LE(entry + ENTRY_LENGTH));
    }
  }
}
