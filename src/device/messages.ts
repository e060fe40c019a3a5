/** Tables of a device whose frames are messages with a virtio_net_hdr in front, and the kernel's structures for them (plane/deviceMessages.ts). */
import type { DeviceMemory } from "./device.ts";
import { allocatePiece } from "./memory.ts";
import { devicePlane } from "./plane.ts";

/** struct mmsghdr (sys/socket.h): its bytes, and the places of the number of vectors and of the received bytes in it. */
export const MESSAGE = 64;
const MESSAGE_VECTORS = 24;
const MESSAGE_LENGTH = 56;

/** The messages that the kernel receives into. */
export class ReceiveMessages {
  readonly table: number;
  readonly slots: number;
  /** Address of the first struct mmsghdr. */
  readonly messages: number;
  /** Address of the first struct iovec. */
  readonly vectors: number;
  readonly vectorsEach = 2;
  readonly #plane;
  readonly #words: Uint32Array;

  /** @param resources  take the memory @throws Error when the memory is full */
  constructor(memory: DeviceMemory, resources: DisposableStack) {
    this.#plane = devicePlane(memory);
    this.#words = new Uint32Array(memory.memory.buffer);
    this.table = allocatePiece(memory, resources, this.#plane.receiveBytes(), CACHE_LINE);
    this.slots = this.#plane.RECEIVE_SLOTS.value;
    this.messages = memory.address + this.#plane.receiveMessages(this.table);
    this.vectors = memory.address + this.#plane.receiveVectors(this.table);
    this.#plane.prepareReceive(this.table, BigInt(memory.address));
  }

  /** Notes how long a message is, where it was not received by recvmmsg(2), which does that itself. */
  setLength(message: number, bytes: number): void {
    const place = this.#plane.receiveMessages(this.table) + message * MESSAGE + MESSAGE_LENGTH;
    this.#words[place / Uint32Array.BYTES_PER_ELEMENT] = bytes;
  }

  /** Makes entries of the first `count` messages, which were received. @returns how many: frames too long for their buffers are left out */
  describe(count: number): number {
    return this.#plane.received(this.table, count);
  }
}

/** The messages that the kernel sends. */
export class TransmitMessages {
  readonly table: number;
  readonly slots: number;
  readonly messages: number;
  readonly vectors: number;
  readonly #plane;
  readonly #words: Uint32Array;
  readonly #address: bigint;

  /** @param resources  take the memory @throws Error when the memory is full */
  constructor(memory: DeviceMemory, resources: DisposableStack) {
    this.#plane = devicePlane(memory);
    this.#words = new Uint32Array(memory.memory.buffer);
    this.#address = BigInt(memory.address);
    this.table = allocatePiece(memory, resources, this.#plane.transmitBytes(), CACHE_LINE);
    this.slots = this.#plane.TRANSMIT_SLOTS.value;
    this.messages = memory.address + this.#plane.transmitMessages(this.table);
    this.vectors = memory.address + this.#plane.transmitVectors(this.table);
  }

  /** Makes messages of the first `count` entries. @returns how many: entries that continue a frame have none of their own */
  gather(count: number): number {
    return this.#plane.gather(this.table, count, this.#address);
  }

  /** How many vectors a message has; those of all messages lie one behind the other. */
  vectorCount(message: number): number {
    const place = this.#plane.transmitMessages(this.table) + message * MESSAGE + MESSAGE_VECTORS;
    return this.#words[place / Uint32Array.BYTES_PER_ELEMENT]!;
  }

  /** Entries that went into `count` messages, from the message `first` on. */
  framesIn(first: number, count: number): number {
    return this.#plane.framesIn(this.table, first, count);
  }
}

const CACHE_LINE = 64;
