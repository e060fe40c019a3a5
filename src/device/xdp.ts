/**
 * `xdp:IFNAME`: the frames of a network interface, through an AF_XDP socket. They do not reach the kernel's own network stack any more.
 *
 * It knows no offloads, so what a sender leaves to its device arrives from a veth peer unfinished. Checksums are completed here (plane/deviceChecksum.ts). That peer cuts its TCP
 * segments itself as long as the device is open; where the kernel runs the program outside of the driver, they do not fit a chunk and are lost, so switch it off at the peer:
 * `ethtool -K IFNAME tso off gso off`. VLAN tags that an adapter takes out are lost, too: `ethtool -K IFNAME rxvlan off`.
 */
import { type Device, DeviceError, type DeviceMemory, type DeviceStatistics, ENTRY_SIZE } from "./device.ts";
import { NetworkInterface } from "./interfaces.ts";
import { redirect } from "./linux/bpf.ts";
import { joinPromiscuous, openPacketSocket } from "./linux/sockets.ts";
import { PAGE, XdpSocket } from "./linux/xdpSocket.ts";
import { Losses } from "./losses.ts";
import { allocatePiece } from "./memory.ts";
import { devicePlane } from "./plane.ts";

const SLOTS = 256;
/** Slots of each ring, a power of two: what comes while we are not scheduled. Half of the UMEM's chunks are for receiving, half for sending. */
const RING = 2048;
const MASK = RING - 1;
/** What the kernel keeps free in front of a received frame: XDP_PACKET_HEADROOM (linux/bpf.h). */
const HEADROOM = 256;
/** Ethernet header and a VLAN tag. */
const LINK_HEADER = 14 + 4;
const CHUNK_SIZES = [2048, 4096];
const CACHE_LINE = 64;
const QUEUE = 0;

export class XdpDevice implements Device {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly offloads = false;
  readonly receiveTable: number;
  readonly receiveSlots = SLOTS;
  readonly transmitTable: number;
  readonly transmitSlots = SLOTS;
  readonly #interface: NetworkInterface;
  readonly #umem: number;
  readonly #chunkSize: number;
  readonly #socket: XdpSocket;
  readonly #plane;
  readonly #resources: DisposableStack;
  readonly #losses = new Losses();
  /** Frames that were handed out, and whose chunks are still in the receive ring. */
  #held = 0;

  /**
   * @param name  as it was asked for
   * @throws DeviceError, SystemError
   */
  constructor(name: string, interfaceName: string, memory: DeviceMemory) {
    using resources = new DisposableStack();
    this.#plane = devicePlane(memory);
    this.#interface = new NetworkInterface(interfaceName, resources);
    this.#chunkSize = chunkSizeFor(this.#interface);
    this.receiveTable = allocatePiece(memory, resources, SLOTS * ENTRY_SIZE, CACHE_LINE);
    this.transmitTable = allocatePiece(memory, resources, SLOTS * ENTRY_SIZE, CACHE_LINE);
    const umem = { chunks: 2 * RING, chunkSize: this.#chunkSize };
    this.#umem = allocatePiece(memory, resources, umem.chunks * umem.chunkSize, PAGE);
    this.#socket = new XdpSocket(memory, { offset: this.#umem, ...umem }, RING, resources);
    this.#fillRings();
    this.#socket.bind(this.#interface.index, QUEUE);
    redirect(this.#interface.index, QUEUE, this.#socket.descriptor, resources);
    joinPromiscuous(openPacketSocket(resources), this.#interface.index);
    this.#resources = resources.move();
    this.name = name;
    this.mac = this.#interface.mac;
    this.mtu = this.#interface.mtu;
  }

  get descriptor(): number {
    return this.#resources.disposed ? -1 : this.#socket.descriptor;
  }

  linkUp(): boolean {
    return !this.#resources.disposed && this.#interface.linkUp();
  }

  receive(): number {
    if (this.#resources.disposed) return 0;
    this.#giveBack();
    this.#socket.kick(); // what could not be sent the last time
    const { receive } = this.#socket;
    const consumer = receive.consumer;
    this.#held = Math.min((receive.producer - consumer) >>> 0, SLOTS);
    this.#plane.takeDescriptors(this.receiveTable, receive.slots, MASK, consumer, this.#held, this.#umem);
    return this.#held;
  }

  transmit(count: number): number {
    if (this.#resources.disposed) return 0;
    const { transmit, completion } = this.#socket;
    const completed = completion.producer;
    // the slots keep their contents, the addresses of free chunks, until the kernel completes frames that are not sent yet
    completion.consumer = completed;
    const producer = transmit.producer;
    const room = Math.min(count, RING - ((producer - completed) >>> 0));
    const written = this.#plane.writeDescriptors(
      this.transmitTable,
      room,
      transmit.slots,
      MASK,
      producer,
      completion.slots,
      this.#umem,
      this.#chunkSize,
    );
    transmit.producer = producer + written;
    this.#socket.kick();
    this.#losses.count("queue full", count - room);
    this.#losses.count("too long", room - written);
    return written;
  }

  statistics(): DeviceStatistics {
    const receiveDrops = this.#resources.disposed ? 0 : this.#socket.receiveDrops();
    return { receiveDrops, transmitDrops: this.#losses.byReason() };
  }

  close(): void {
    this.#resources.dispose();
  }

  /**
   * All chunks of the first half wait to be received into. Those of the second half are told by the completion ring: its slot i holds the chunk for frame i, from the start,
   * and again whenever the kernel completes a frame.
   */
  #fillRings(): void {
    const { fill, completion } = this.#socket;
    this.#plane.listChunks(fill.slots, 0, this.#chunkSize, RING);
    this.#plane.listChunks(completion.slots, RING * this.#chunkSize, this.#chunkSize, RING);
    fill.producer = RING;
  }

  /** Has the chunks of the frames that were handed out filled again. */
  #giveBack(): void {
    const { receive, fill } = this.#socket;
    const { consumer } = receive;
    const { producer } = fill;
    this.#plane.fillFrom(receive.slots, MASK, consumer, this.#held, fill.slots, producer);
    fill.producer = producer + this.#held;
    receive.consumer = consumer + this.#held;
    this.#held = 0;
  }
}

/** @throws DeviceError when AF_XDP would lose frames of the interface */
function chunkSizeFor(of: NetworkInterface): number {
  const queues = of.receiveQueues();
  if (queues > 1)
    throw new DeviceError(
      "FAILED",
      `it has ${queues} receive queues; \`ethtool -L ${of.name} combined 1\` makes it one`,
    );
  const size = CHUNK_SIZES.find((each) => each - HEADROOM >= of.mtu + LINK_HEADER);
  if (size === undefined) throw new DeviceError("FAILED", `frames of its MTU of ${of.mtu} bytes do not fit a page`);
  return size;
}
