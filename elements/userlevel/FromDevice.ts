import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { EXTRA_LENGTH_ANNO, kill, Packet, PACKET_BROADCAST, PACKET_MULTICAST } from "../kernel/packet";
import { Ring, makeRing, releaseRing } from "../kernel/ring";
import { Task } from "../kernel/task";
import { ETHER_BROADCAST, isGroupAddress, loadEtherAddress } from "../net/ethernet";
import { forceIp } from "./forceIp";
import { mayGoOn } from "./turns";

/** Packets emitted in one run of the task while no other task waits. */
const LARGEST_BURST: u32 = 64;

/**
 * Receives packets from a device of the host.
 *
 * What the device is, the host decides by its name: an interface of a virtual machine, a network interface, or a capture file. Packets arrive in a
 * ring in the guest's memory, and are emitted without a copy. When the ring is full, the device keeps or drops what comes, as devices do.
 *
 * @output 0  the packets, MAC header set, packet type (broadcast, multicast) set; with FORCE_IP only those with a sound IP header
 * @output 1  with FORCE_IP, all others; dropped where nothing is connected
 * @note   Differs from Click: DEVNAME may be the number of an interface, as in ClickOS; `0` when it is not given. DEVID is another word for it.
 * @note   Differs from Click: PROMISC, SNIFFER, METHOD, CAPTURE, OUTBOUND and HEADROOM are read and checked, and left to the host's device.
 *   BPF_FILTER is ignored with a warning, as in a Click that has no libpcap.
 * @see ToDevice, FromDump
 */
@element(
  "0/1-2",
  "h/h",
  "x/x",
  "DEVNAME string positional: name or number of the device",
  "PROMISC bool positional: whether to receive what is meant for others",
  "SNAPLEN i32 positional: bytes of each packet to receive, at most: 14 to 65535. Default 2046",
  "DEVID u32: number of the device",
  "SNIFFER bool: whether the host's own network stack sees the packets, too",
  "METHOD word: LINUX or PCAP",
  "CAPTURE word: the same as METHOD",
  "BPF_FILTER string: ignored, with a warning",
  "OUTBOUND bool: whether to receive what the host sends",
  "HEADROOM u32: room in front of each packet's data",
  "ENCAP word: what the packets start with; default ETHER",
  "BURST i32: packets to emit each time it is scheduled, at most. Default 1",
)
export class FromDevice extends Element {
  /** Whether to emit only IP packets. */
  @arg("FORCE_IP bool") forceIp: bool = false;
  /** EtherType of the packets to receive; 0 = all. */
  @arg("PROTOCOL u16") protocol: u16 = 0;
  /** Whether packets carry the time at which they were received. */
  @arg("TIMESTAMP bool") timestamp: bool = true;

  /** Packets received. */
  @handler("r") count: u64 = 0;

  @constant snapLength: u32 = 2046;
  @constant burst: u32 = 1;
  @constant linkType: u32 = 1;
  /** Where packets arrive; made by the host. */
  @constant ring: Ring = changetype<Ring>(0);

  task: Task = new Task(this);

  /** Makes a ring. @returns its address, which the host stores: nothing else does, so that it is constant to linked code */
  @method
  attach(slots: u32): usize {
    return makeRing(slots, this.task, true).address;
  }

  initialize(): void {
    this.ring.provide();
  }

  runTask(): bool {
    const ring = this.ring;
    let ready = ring.ready;
    if (ready == 0) return false;
    let emitted: u32 = 0;
    do {
      const p = ring.take();
      ready--;
      if (p) this.receive(p);
      emitted++;
    } while (ready && (emitted < this.burst || (emitted < LARGEST_BURST && mayGoOn(this.task))));
    if (ready) this.task.reschedule();
    return true;
  }

  @inline
  private receive(p: Packet): void {
    if (this.timestamp) p.timestamp = now();
    p.macHeader = p.data;
    if (p.length > this.snapLength) {
      p.setAnno32(EXTRA_LENGTH_ANNO, p.length - this.snapLength);
      p.length = this.snapLength;
    }
    if (this.protocol != 0 && load<u16>(p.data, 12) != bswap<u16>(this.protocol)) {
      kill(p);
      return;
    }
    const destination = loadEtherAddress(p.data);
    if (isGroupAddress(destination)) p.packetType = destination == ETHER_BROADCAST ? PACKET_BROADCAST : PACKET_MULTICAST;
    this.count++;
    this.emit(this.forceIp && !forceIp(p, this.linkType) ? 1 : 0, p);
  }

  /** Sets the count to zero. */
  @write("reset_counts", "", "b")
  resetCounts(): void {
    this.count = 0;
  }

  takeState(old: FromDevice): void {
    this.count = old.count;
  }

  /** Empty buffers in the ring. */
  packetsHeld(): u32 {
    return this.ring.slots;
  }

  cleanup(): void {
    if (changetype<usize>(this.ring)) releaseRing(this.ring);
  }
}
