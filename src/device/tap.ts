/** `tap:IFNAME`: the far end of a TAP interface (Documentation/networking/tuntap.rst of Linux), which is made if there is none of that name. */
import type { Device, DeviceMemory, DeviceStatistics } from "./device.ts";
import { NetworkInterface, requestFor } from "./interfaces.ts";
import {
  IFF_NO_PI,
  IFF_TAP,
  IFF_VNET_HDR,
  IFNAMSIZ,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDWR,
  POLLOUT,
  TUN_F_CSUM,
  TUN_F_TSO_ECN,
  TUN_F_TSO4,
  TUN_F_TSO6,
  TUNSETIFF,
  TUNSETOFFLOAD,
  TUNSETVNETHDRSZ,
} from "./linux/headers.ts";
import { int } from "./linux/sockets.ts";
import { checked, SystemError, systemCalls } from "./linux/system.ts";
import { Losses } from "./losses.ts";
import { ReceiveMessages, TransmitMessages } from "./messages.ts";
import { devicePlane } from "./plane.ts";

/** Bytes of struct iovec (sys/uio.h). */
const VECTOR = 16;
/** What we take unfinished: checksums, and TCP segments to be cut. */
const OFFLOADS = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;

export class TapDevice implements Device {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly offloads = true;
  readonly receiveTable: number;
  readonly receiveSlots: number;
  readonly transmitTable: number;
  readonly transmitSlots: number;
  readonly #receive: ReceiveMessages;
  readonly #transmit: TransmitMessages;
  readonly #resources: DisposableStack;
  readonly #system = systemCalls();
  readonly #losses = new Losses();
  #tap: number;

  /**
   * @param notice  is told when the interface must be brought up by somebody else
   * @throws DeviceError, SystemError
   */
  constructor(name: string, interfaceName: string, memory: DeviceMemory, notice: (text: string) => void) {
    using resources = new DisposableStack();
    this.#tap = openTap(interfaceName, devicePlane(memory).VIRTIO_HEADER.value, resources);
    const { mac, mtu } = bringUp(interfaceName, notice);
    this.#receive = new ReceiveMessages(memory, resources);
    this.#transmit = new TransmitMessages(memory, resources);
    this.#resources = resources.move();
    this.name = name;
    this.mac = mac;
    this.mtu = mtu;
    this.receiveTable = this.#receive.table;
    this.receiveSlots = this.#receive.slots;
    this.transmitTable = this.#transmit.table;
    this.transmitSlots = this.#transmit.slots;
  }

  get descriptor(): number {
    return this.#tap;
  }

  /** A TAP takes frames exactly while it is up. So this holds, too, when the interface was moved to another network namespace. */
  linkUp(): boolean {
    if (this.#tap < 0) return false;
    const request = Buffer.alloc(8); // struct pollfd, asm-generic/poll.h
    request.writeInt32LE(this.#tap, 0);
    request.writeInt16LE(POLLOUT, 4);
    this.#system.poll(request, 1, 0);
    return (request.readInt16LE(6) & POLLOUT) !== 0;
  }

  receive(): number {
    const { vectors, vectorsEach, slots } = this.#receive;
    let count = 0;
    while (count < slots) {
      const length = this.#system.readv(this.#tap, vectors + count * vectorsEach * VECTOR, vectorsEach);
      if (length < 0) break;
      this.#receive.setLength(count++, length);
    }
    return this.#receive.describe(count);
  }

  transmit(count: number): number {
    const messages = this.#transmit.gather(count);
    let vectors = this.#transmit.vectors;
    let lost = 0;
    for (let message = 0; message < messages; message++) {
      const length = this.#transmit.vectorCount(message);
      if (this.#system.writev(this.#tap, vectors, length) < 0) {
        const frames = this.#transmit.framesIn(message, 1);
        this.#losses.count(this.#system.errno(), frames);
        lost += frames;
      }
      vectors += length * VECTOR;
    }
    return count - lost;
  }

  /** What found the interface's queue full is counted by the kernel, as transmission drops of the interface. */
  statistics(): DeviceStatistics {
    return { receiveDrops: 0, transmitDrops: this.#losses.byReason() };
  }

  close(): void {
    this.#tap = -1;
    this.#resources.dispose();
  }
}

/** @param headerLength  bytes of virtio_net_hdr @returns a descriptor; the interface goes with it, unless it was made to stay @throws SystemError */
function openTap(name: string, headerLength: number, resources: DisposableStack): number {
  const { close, ioctl, ioctlNumber, open } = systemCalls();
  const opened = checked(TUN_FILE, open(TUN_FILE, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  const tap = resources.adopt(opened, close);
  const request = requestFor(name);
  request.writeUInt16LE(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR, IFNAMSIZ);
  checked("TUNSETIFF", ioctl(tap, TUNSETIFF, request));
  checked("TUNSETVNETHDRSZ", ioctl(tap, TUNSETVNETHDRSZ, int(headerLength)));
  checked("TUNSETOFFLOAD", ioctlNumber(tap, TUNSETOFFLOAD, OFFLOADS));
  return tap;
}

const TUN_FILE = "/dev/net/tun";

function bringUp(name: string, notice: (text: string) => void): { mac: string; mtu: number } {
  using resources = new DisposableStack();
  const tap = new NetworkInterface(name, resources);
  try {
    tap.bringUp();
  } catch (error) {
    if (!(error instanceof SystemError && error.code === "EPERM")) throw error;
    notice(`interface '${name}' is down, and we may not change that: \`ip link set ${name} up\``);
  }
  return { mac: tap.mac, mtu: tap.mtu };
}
