/** `packet:IFNAME`: the frames of a network interface, through a packet socket (packet(7)). The kernel's own network stack goes on to see them, too. */
import type { Device, DeviceMemory, DeviceStatistics } from "./device.ts";
import { NetworkInterface } from "./interfaces.ts";
import {
  AF_PACKET,
  EINVAL,
  EMSGSIZE,
  ENOBUFS,
  ETH_P_ALL,
  MSG_DONTWAIT,
  PACKET_AUXDATA,
  PACKET_IGNORE_OUTGOING,
  PACKET_STATISTICS,
  PACKET_VNET_HDR,
  SOL_PACKET,
} from "./linux/headers.ts";
import { growBuffers, int, joinPromiscuous, openPacketSocket, setSocketOption } from "./linux/sockets.ts";
import { checked, systemCalls } from "./linux/system.ts";
import { Losses } from "./losses.ts";
import { MESSAGE, ReceiveMessages, TransmitMessages } from "./messages.ts";

/** Why one frame is refused, and others may not be; the socket's full buffer and a link that is down concern all. */
const ONE_FRAME: ReadonlySet<number> = new Set([EINVAL, EMSGSIZE, ENOBUFS]);

export class PacketDevice implements Device {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly offloads = true;
  readonly receiveTable: number;
  readonly receiveSlots: number;
  readonly transmitTable: number;
  readonly transmitSlots: number;
  readonly #interface: NetworkInterface;
  readonly #receive: ReceiveMessages;
  readonly #transmit: TransmitMessages;
  readonly #resources: DisposableStack;
  readonly #system = systemCalls();
  readonly #losses = new Losses();
  #socket: number;
  #receiveDrops = 0;

  /**
   * @param name  as it was asked for
   * @throws DeviceError, SystemError
   */
  constructor(name: string, interfaceName: string, memory: DeviceMemory) {
    using resources = new DisposableStack();
    this.#interface = new NetworkInterface(interfaceName, resources);
    this.#socket = openReceivingSocket(this.#interface.index, resources);
    this.#receive = new ReceiveMessages(memory, resources);
    this.#transmit = new TransmitMessages(memory, resources);
    this.#resources = resources.move();
    this.name = name;
    this.mac = this.#interface.mac;
    this.mtu = this.#interface.mtu;
    this.receiveTable = this.#receive.table;
    this.receiveSlots = this.#receive.slots;
    this.transmitTable = this.#transmit.table;
    this.transmitSlots = this.#transmit.slots;
  }

  get descriptor(): number {
    return this.#socket;
  }

  linkUp(): boolean {
    return this.#socket >= 0 && this.#interface.linkUp();
  }

  receive(): number {
    const count = this.#system.recvmmsg(this.#socket, this.#receive.messages, this.#receive.slots, MSG_DONTWAIT, 0);
    if (count < 0) {
      // a frame that virtio_net_hdr has no words for; others tell of a link that went down
      if (this.#system.errno() === EINVAL) this.#receiveDrops++;
      return 0;
    }
    const frames = this.#receive.describe(count);
    this.#receiveDrops += count - frames;
    return frames;
  }

  transmit(count: number): number {
    const messages = this.#transmit.gather(count);
    let lost = 0;
    for (let done = 0; done < messages; ) {
      const sent = this.#system.sendmmsg(
        this.#socket,
        this.#transmit.messages + done * MESSAGE,
        messages - done,
        MSG_DONTWAIT,
      );
      if (sent > 0) {
        done += sent;
        continue;
      }
      const errno = this.#system.errno();
      const refused = ONE_FRAME.has(errno) ? 1 : messages - done;
      const frames = this.#transmit.framesIn(done, refused);
      this.#losses.count(errno, frames);
      lost += frames;
      done += refused;
    }
    return count - lost;
  }

  statistics(): DeviceStatistics {
    if (this.#socket >= 0) this.#receiveDrops += readDrops(this.#socket);
    return { receiveDrops: this.#receiveDrops, transmitDrops: this.#losses.byReason() };
  }

  close(): void {
    if (this.#socket < 0) return;
    this.statistics();
    this.#socket = -1;
    this.#resources.dispose();
  }
}

/** @returns a socket with all options set, bound to the interface @throws SystemError */
function openReceivingSocket(index: number, resources: DisposableStack): number {
  const socket = openPacketSocket(resources);
  // not PACKET_QDISC_BYPASS: with it, the kernel drops frames to be cut into segments where the interface does not cut them itself
  for (const option of [PACKET_VNET_HDR, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING])
    setSocketOption(socket, SOL_PACKET, option, int(1));
  growBuffers(socket);
  joinPromiscuous(socket, index);
  const address = Buffer.alloc(20); // struct sockaddr_ll, linux/if_packet.h
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ETH_P_ALL, 2);
  address.writeInt32LE(index, 4);
  checked("bind", systemCalls().bind(socket, address, address.length));
  return socket;
}

/** Frames that found the socket's buffer full since the last call. */
function readDrops(socket: number): number {
  const statistics = Buffer.alloc(8); // struct tpacket_stats, linux/if_packet.h: packets, drops
  const result = systemCalls().getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, statistics, int(statistics.length));
  checked("PACKET_STATISTICS", result);
  return statistics.readUInt32LE(4);
}
