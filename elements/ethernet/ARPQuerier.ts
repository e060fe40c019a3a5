import { MILLISECOND, recentNow, SECOND } from "../kernel/clock";
import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";
import { consoleText, Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { ARP_PACKET, ARP_REPLY, ARP_REQUEST, etherArp, isEtherArp, makeArp } from "../net/arp";
import { ETHER_BROADCAST, ETHER_HEADER, ETHERTYPE_IP, ethernet, isGroupAddress, pushMacHeader } from "../net/ethernet";
import { APPEND_QUERY, APPEND_REFUSED, ArpCache, ArpEntry, NEVER_SECONDS } from "./arpCache";

/** First half of the Ethernet addresses of IPv4 multicast groups, 01-00-5E, RFC 1112 §6.4. */
const MULTICAST_PREFIX: u64 = 0x5e0001;
/** Queries between which this much time must have passed since the last answer when POLL_TIMEOUT is off: for ever. */
const NO_POLL: u64 = 1 << 62;

/**
 * Puts Ethernet headers in front of IP packets, and finds the destination addresses by ARP (RFC 826).
 *
 * The destination IP address annotation of a packet says where it goes next. When its Ethernet address is known, the
 * packet goes out at once; otherwise it waits, and a query is sent. The answer, on input 1, lets all packets for that
 * address go, in the order in which they came. For one address at most one query is sent in 100 ms; after 10 queries
 * without an answer, one in 2 s. POLL_TIMEOUT asks again for an address in use that was not heard of for so long, so
 * that a working route does not break when its entry expires.
 *
 * Packets to BROADCAST and 255.255.255.255 go to FF-FF-FF-FF-FF-FF, packets to multicast groups to the Ethernet address
 * of the group (RFC 1112 §6.4). Packets for 0.0.0.0 are dropped; the first one is reported.
 *
 * @input  0  IP packets without a link header, destination annotation set
 * @input  1  Ethernet frames with ARP replies
 * @output 0  Ethernet frames with IP packets; with only one output, also queries
 * @output 1  Ethernet frames with ARP queries
 * @note Differs from Click: without ENTRY_CAPACITY there is room for 1024 entries, and at most for 16384; beyond that
 *       the oldest entries make room. Packets are dropped, oldest first, also when the guest's pool of buffers runs
 *       low.
 * @see ARPTable, ARPResponder, ARPFaker, AddressInfo, EtherEncap
 */
@element(
  "2/1-2",
  "h/h",
  "xy/x",
  "IP raw rest: this station's address or prefix, and then ETH, its Ethernet address; one name may stand for both",
  "CAPACITY u32: most packets that wait at a time, 0 = no limit; default 2048",
  "ENTRY_CAPACITY u32: most addresses that are kept, 0 = no limit of its own; default 0",
  "ENTRY_PACKET_CAPACITY u32: most packets that wait for one address, 0 = no limit; default 0",
  "CAPACITY_SLIM_FACTOR u32: when CAPACITY is exceeded, one part in so many of it is freed; default 2",
  "TIMEOUT timestamp: an address is valid for so long after an answer, 0 = for ever; default 5 minutes",
  "BROADCAST IPAddress: the network's broadcast address; default is that of IP, or 255.255.255.255",
  "TABLE word: an ARPTable, or an ARPQuerier whose table this one shares; capacities and TIMEOUT do not count then",
)
@reads("CAPACITY ENTRY_CAPACITY ENTRY_PACKET_CAPACITY CAPACITY_SLIM_FACTOR TIMEOUT BROADCAST TABLE POLL_TIMEOUT BROADCAST_POLL; IP")
export class ARPQuerier extends Element {
  /** Time since the last answer after which an address in use is asked for again; 0 = never. */
  @arg("POLL_TIMEOUT timestamp") pollTimeout: u64 = 60_000_000_000;
  /** Send these polls to the broadcast address instead of the host. */
  @arg("BROADCAST_POLL bool") broadcastPoll: bool = false;

  /** This station's address. */
  @handler("rw", "ipaddr", "IPAddress") address: u32 = 0;
  /** The network's broadcast address. */
  @handler("rw", "broadcast", "IPAddress") broadcast: u32 = 0;
  ether: u64 = 0;
  /** Limits for a table of its own; the host fills them in. */
  capacity: u32 = 2048;
  entryCapacity: u32 = 0;
  entryPacketCapacity: u32 = 0;
  slimFactor: u32 = 2;
  timeout: u64 = 300_000_000_000;

  /** Queries sent. */
  @handler("r") queries: u32 = 0;
  /** Answers that came in. */
  @handler("r") responses: u32 = 0;
  /** Packets dropped here; the table counts its own. */
  @handler("r") drops: u32 = 0;

  /** The table in use; the host puts another element's here. */
  @constant cache: ArpCache = new ArpCache();
  @constant sharesTable: bool = false;
  /** `NAME :: CLASS`, for messages. */
  declaration: Bytes | null = null;
  private pollAfter: u64 = NO_POLL;
  private warned: bool = false;
  private timer: Timer = new Timer(this);

  initialize(): void {
    this.configured();
    if (this.sharesTable) return;
    this.cache.reserve();
    if (this.cache.expires) this.timer.scheduleAfter(this.cache.sweepInterval - SECOND);
  }

  /** Acts on the arguments. The host calls it after a live reconfiguration. */
  @method
  configured(): void {
    const whole = this.pollTimeout - (this.pollTimeout % MILLISECOND);
    this.pollAfter = whole == 0 || whole / SECOND >= NEVER_SECONDS ? NO_POLL : whole;
    if (this.sharesTable) return;
    this.cache.packetCapacity = this.capacity;
    this.cache.entryCapacity = this.entryCapacity;
    this.cache.entryPacketCapacity = this.entryPacketCapacity;
    this.cache.slimFactor = this.slimFactor;
    this.cache.setTimeout(this.timeout);
  }

  cleanup(): void {
    if (!this.sharesTable) this.cache.cleanup();
  }

  packetsHeld(): u32 {
    return this.sharesTable ? 0 : this.cache.packetsHeld;
  }

  takeState(old: ARPQuerier): void {
    if (this.address != old.address || this.ether != old.ether || this.broadcast != old.broadcast) return;
    if (!this.sharesTable && !old.sharesTable) this.cache.takeFrom(old.cache);
    this.queries = old.queries;
    this.responses = old.responses;
    this.drops = old.drops;
  }

  onTimer(timer: Timer): void {
    this.cache.slim(recentNow());
    if (this.cache.expires) timer.scheduleAfter(this.cache.sweepInterval);
  }

  push(port: i32, p: Packet): void {
    if (port == 0) {
      this.encapsulate(p);
    } else {
      this.receive(p);
      kill(p);
    }
  }

  private encapsulate(p: Packet): void {
    if (this.address == 0 || !pushMacHeader(p, ETHER_HEADER)) {
      this.drops++;
      kill(p);
      return;
    }
    ethernet(p).type = ETHERTYPE_IP;
    this.forward(p);
  }

  /** Sends a packet that has its header but for the addresses, or keeps it. */
  private forward(p: Packet): void {
    const next = p.destinationAnno;
    const time = recentNow();
    const found = this.cache.find(next);
    const ether = ethernet(p);
    if (found != 0 && this.cache.isKnown(changetype<ArpEntry>(found), time)) {
      const entry = changetype<ArpEntry>(found);
      ether.destination = entry.ether;
      if (time >= entry.liveAt + this.pollAfter && this.cache.mayPoll(entry, time))
        this.query(p, this.broadcastPoll ? ETHER_BROADCAST : entry.ether);
    } else {
      const group = this.groupAddress(next);
      if (group == 0) {
        this.wait(p, next);
        return;
      }
      ether.destination = group;
    }
    // Last, so that packets which waited while the handler or configuration changed it go out with the new one.
    ether.source = this.ether;
    this.emit(0, p);
  }

  /** The Ethernet address of a broadcast or multicast address; 0 = it is neither. */
  private groupAddress(next: u32): u64 {
    if (next == u32.MAX_VALUE || next == this.broadcast) return ETHER_BROADCAST;
    if ((next & 0xf0) != 0xe0) return 0;
    return (
      MULTICAST_PREFIX |
      (<u64>((next >> 8) & 0x7f) << 24) |
      (<u64>((next >> 16) & 0xff) << 32) |
      (<u64>(next >> 24) << 40)
    );
  }

  /** Keeps a packet until the address is known, and asks for it. */
  private wait(p: Packet, next: u32): void {
    if (next == 0) {
      this.warnOfZero();
      this.drops++;
      kill(p);
      return;
    }
    const outcome = this.cache.append(next, p);
    if (outcome == APPEND_REFUSED) kill(p);
    else if (outcome == APPEND_QUERY) this.query(p, ETHER_BROADCAST);
  }

  private warnOfZero(): void {
    if (this.warned) return;
    this.warned = true;
    const text = consoleText();
    const declaration = this.declaration;
    if (declaration) text.bytes(declaration.start, declaration.length);
    text.put(": would query for 0.0.0.0; missing dest IP addr annotation?").newline().toConsole();
  }

  /** Asks for the next hop of `p`; the query has its timestamp and VLAN annotation. */
  private query(p: Packet, destination: u64): void {
    const q = makeArp(ARP_REQUEST, destination, this.ether, this.address, 0, p.destinationAnno, p);
    if (!q) return;
    q.timestamp = p.timestamp;
    this.queries++;
    this.emit(this.nOutputs - 1, q);
  }

  private receive(p: Packet): void {
    if (p.length < ETHER_HEADER + ARP_PACKET) return;
    this.responses++;
    const arp = etherArp(p);
    const ether = arp.senderHardware;
    if (!isEtherArp(p, ARP_REPLY) || isGroupAddress(ether)) return;
    let waiting = this.cache.insert(arp.senderAddress, ether);
    while (waiting) {
      const following = waiting.next;
      waiting.next = null;
      this.forward(waiting);
      waiting = following;
    }
  }

  /**
   * A line an entry, oldest first: IP address, 1 if it is valid, Ethernet address, seconds since it was last heard of.
   */
  @read("table")
  table(out: Text): void {
    this.cache.print(out);
  }

  /** Packets dropped, here and in the table, and queries sent, in words. */
  @read("stats")
  stats(out: Text): void {
    out.unsigned(this.drops + this.cache.drops).put(" packets killed\n");
    out.unsigned(this.queries).put(" ARP queries sent\n");
  }

  /** Entries in the table. */
  @read("count")
  count(out: Text): void {
    out.unsigned(this.cache.entryCount);
  }

  /** Packets that wait. */
  @read("length")
  length(out: Text): void {
    out.unsigned(this.cache.packetCount);
  }

  /** `insert` and `delete`, with the text already read. */
  @method
  note(address: u32, ether: u64): void {
    this.cache.note(address, ether);
  }

  /** Removes all entries of a table of its own: the addresses that were asked for changed. */
  @method
  forget(): void {
    if (!this.sharesTable) this.cache.clear();
  }

  /** Removes all entries, and sets all counts to zero. */
  @write("clear")
  clear(): void {
    this.queries = 0;
    this.responses = 0;
    this.drops = 0;
    this.cache.clear();
  }
}
