/** AF_XDP sockets (Documentation/networking/af_xdp.rst of Linux): a UMEM in the switch's memory, and four rings that are mapped into it. */
import type { DeviceMemory } from "../device.ts";
import { allocatePiece } from "../memory.ts";
import {
  AF_XDP,
  EBUSY,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MSG_DONTWAIT,
  PROT_READ,
  PROT_WRITE,
  SOCK_RAW,
  SOL_XDP,
  XDP_COPY,
  XDP_MMAP_OFFSETS,
  XDP_PGOFF_RX_RING,
  XDP_PGOFF_TX_RING,
  XDP_RX_RING,
  XDP_STATISTICS,
  XDP_TX_RING,
  XDP_UMEM_COMPLETION_RING,
  XDP_UMEM_FILL_RING,
  XDP_UMEM_PGOFF_COMPLETION_RING,
  XDP_UMEM_PGOFF_FILL_RING,
  XDP_UMEM_REG,
  XDP_USE_NEED_WAKEUP,
} from "./headers.ts";
import { growBuffers, int, openSocket, type SocketOption, setSocketOption } from "./sockets.ts";
import { checked, systemCalls } from "./system.ts";

/** UMEM and rings begin on multiples of the largest page that Linux has on our machines. */
export const PAGE = 65536;
/** Bytes of struct xdp_desc, and of an address in fill and completion rings (linux/if_xdp.h). */
const DESCRIPTOR = 16;
const ADDRESS = 8;

/** A queue is still taken some 40 ms after the last socket of it was closed: how often to try, and milliseconds in between. */
const BIND_TRIES = 20;
const BIND_NAP = 10;

/** The four rings, in the order of struct xdp_mmap_offsets. */
const RINGS: readonly { option: SocketOption; page: number; slotSize: number }[] = [
  { option: XDP_RX_RING, page: XDP_PGOFF_RX_RING, slotSize: DESCRIPTOR },
  { option: XDP_TX_RING, page: XDP_PGOFF_TX_RING, slotSize: DESCRIPTOR },
  { option: XDP_UMEM_FILL_RING, page: XDP_UMEM_PGOFF_FILL_RING, slotSize: ADDRESS },
  { option: XDP_UMEM_COMPLETION_RING, page: XDP_UMEM_PGOFF_COMPLETION_RING, slotSize: ADDRESS },
];

/** A ring that is shared with the kernel: indices run freely, modulo 2^32. */
export class XdpRing {
  /** Offset of the first slot in the memory. */
  readonly slots: number;
  readonly #words: Int32Array;
  readonly #producer: number;
  readonly #consumer: number;

  /** @param places  offsets of the indices and the slots in the memory */
  constructor(memory: DeviceMemory, places: { producer: number; consumer: number; slots: number }) {
    this.#words = new Int32Array(memory.memory.buffer);
    this.#producer = places.producer / Int32Array.BYTES_PER_ELEMENT;
    this.#consumer = places.consumer / Int32Array.BYTES_PER_ELEMENT;
    this.slots = places.slots;
  }

  get producer(): number {
    return Atomics.load(this.#words, this.#producer) >>> 0;
  }

  set producer(index: number) {
    Atomics.store(this.#words, this.#producer, index | 0);
  }

  get consumer(): number {
    return Atomics.load(this.#words, this.#consumer) >>> 0;
  }

  set consumer(index: number) {
    Atomics.store(this.#words, this.#consumer, index | 0);
  }
}

export interface Umem {
  /** Its place in the switch's memory. */
  readonly offset: number;
  readonly chunks: number;
  /** Bytes of a chunk: 2048 or 4096. */
  readonly chunkSize: number;
}

export class XdpSocket {
  readonly descriptor: number;
  readonly receive: XdpRing;
  readonly transmit: XdpRing;
  readonly fill: XdpRing;
  readonly completion: XdpRing;

  /**
   * @param ringSlots  of each ring, a power of two
   * @param resources  take the socket and the memory of the rings; the UMEM must outlive them
   * @throws SystemError
   */
  constructor(memory: DeviceMemory, umem: Umem, ringSlots: number, resources: DisposableStack) {
    this.descriptor = openSocket(resources, AF_XDP, SOCK_RAW, 0);
    growBuffers(this.descriptor);
    registerUmem(this.descriptor, memory, umem);
    for (const { option } of RINGS) setSocketOption(this.descriptor, SOL_XDP, option, int(ringSlots));
    const offsets = readOption(this.descriptor, XDP_MMAP_OFFSETS, 128);
    const [receive, transmit, fill, completion] = RINGS.map(({ page, slotSize }, index) => {
      // struct xdp_ring_offset: producer, consumer, desc, flags
      const [producer, consumer, slots] = [0, 8, 16].map((field) =>
        Number(offsets.readBigUInt64LE(index * 32 + field)),
      );
      const base = mapRing(this.descriptor, page, slots! + ringSlots * slotSize, memory, resources);
      return new XdpRing(memory, { producer: base + producer!, consumer: base + consumer!, slots: base + slots! });
    });
    this.receive = receive!;
    this.transmit = transmit!;
    this.fill = fill!;
    this.completion = completion!;
  }

  /**
   * Binds to a queue of an interface; frames are copied, since sharing them needs a driver that can.
   * @throws SystemError: EBUSY when another socket is bound to it
   */
  bind(interfaceIndex: number, queue: number): void {
    const address = Buffer.alloc(16); // struct sockaddr_xdp
    address.writeUInt16LE(AF_XDP, 0);
    address.writeUInt16LE(XDP_COPY | XDP_USE_NEED_WAKEUP, 2);
    address.writeUInt32LE(interfaceIndex, 4);
    address.writeUInt32LE(queue, 8);
    for (let tries = 0; tries < BIND_TRIES; tries++) {
      if (systemCalls().bind(this.descriptor, address, address.length) === 0) return;
      if (systemCalls().errno() !== EBUSY) break;
      systemCalls().poll(new Uint8Array(), 0, BIND_NAP);
    }
    checked("bind", systemCalls().bind(this.descriptor, address, address.length));
  }

  /** Has the kernel send what is in the transmit ring: it takes some descriptors with each call. */
  kick(): void {
    const { producer } = this.transmit;
    for (let before = this.transmit.consumer; before !== producer; ) {
      systemCalls().sendto(this.descriptor, 0, 0, MSG_DONTWAIT, 0, 0);
      const after = this.transmit.consumer;
      if (after === before) return;
      before = after;
    }
  }

  /** Frames that found no place: neither a chunk nor room in the ring, or did not fit. */
  receiveDrops(): number {
    const statistics = readOption(this.descriptor, XDP_STATISTICS, 48); // struct xdp_statistics
    const [dropped, ringFull, fillEmpty] = [0, 24, 32].map((field) => Number(statistics.readBigUInt64LE(field)));
    return dropped! + ringFull! + fillEmpty!;
  }
}

function registerUmem(socket: number, memory: DeviceMemory, umem: Umem): void {
  const registration = Buffer.alloc(32); // struct xdp_umem_reg: addr, len, chunk_size, and no headroom, no flags
  registration.writeBigUInt64LE(BigInt(memory.address + umem.offset), 0);
  registration.writeBigUInt64LE(BigInt(umem.chunks * umem.chunkSize), 8);
  registration.writeUInt32LE(umem.chunkSize, 16);
  setSocketOption(socket, SOL_XDP, XDP_UMEM_REG, registration);
}

/**
 * Maps a ring over a piece of the memory. When it goes, ordinary memory takes its place, since the piece will be others'.
 * @returns its offset
 */
function mapRing(
  socket: number,
  page: number,
  bytes: number,
  memory: DeviceMemory,
  resources: DisposableStack,
): number {
  const room = Math.ceil(bytes / PAGE) * PAGE;
  const offset = allocatePiece(memory, resources, room, PAGE);
  map(memory.address + offset, bytes, MAP_SHARED | MAP_POPULATE, socket, page);
  resources.defer(() => map(memory.address + offset, room, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  return offset;
}

function map(address: number, length: number, flags: number, descriptor: number, offset: number): void {
  const { mmap } = systemCalls();
  checked("mmap", mmap(address, length, PROT_READ | PROT_WRITE, flags | MAP_FIXED, descriptor, offset));
}

function readOption(socket: number, option: number, bytes: number): Buffer {
  const value = Buffer.alloc(bytes);
  checked("getsockopt", systemCalls().getsockopt(socket, SOL_XDP, option, value, int(bytes)));
  return value;
}
