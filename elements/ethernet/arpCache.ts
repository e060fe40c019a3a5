/**
 * What ARPTable and ARPQuerier keep: Ethernet addresses of IP addresses, and packets that wait for one. Entries are
 * found through a chained hash table and stand in a list by age, oldest first. All of it is allocated before packets
 * run.
 */
import { MILLISECOND, now, SECOND } from "../kernel/clock";
import { kill, Packet } from "../kernel/packet";
import { allocate, kernel, release } from "../kernel/state";
import { Text } from "../kernel/text";
import { ETHER_BROADCAST } from "../net/ethernet";

/** Entries when ENTRY_CAPACITY does not say: what Linux allows a neighbour table by default (gc_thresh3). */
const DEFAULT_ENTRIES: u32 = 1024;
/** Most entries that a guest reserves memory for (about 1 MB). */
const MAXIMUM_ENTRIES: u32 = 16384;
/** Buffers that a table asks for in the pool; more are used while the pool has them. */
const RESERVED_PACKETS: u32 = 64;

/**
 * Click's limits on polling: time between two queries for one address, and the longer one after so many without an
 * answer.
 */
const QUERY_INTERVAL: u64 = 100 * MILLISECOND;
const SLOW_QUERY_INTERVAL: u64 = 2 * SECOND;
const FAST_QUERIES: u8 = 10;
/** Makes the first query go out at once. */
const LONG_AGO: u64 = SECOND;

/** A lifetime that never ends. */
const FOREVER: u64 = 1 << 62;
/** Seconds from which Click takes a time to mean "never": 2^32 milliseconds. */
export const NEVER_SECONDS: u64 = 4_294_967;

/** What `append` did with a packet. */
export const APPEND_REFUSED: i32 = -1;
export const APPEND_QUEUED: i32 = 0;
export const APPEND_QUERY: i32 = 1;

/**
 * One IP address. Times are multiples of a millisecond, as Click counts them: `t + period <= now` then means the same
 * whether `now` is rounded or not.
 */
@unmanaged
export class ArpEntry {
  ether: u64;
  /** When it was last heard of, and last asked for. */
  liveAt: u64;
  polledAt: u64;
  address: u32;
  hashNext: usize;
  older: usize;
  newer: usize;
  firstPacket: Packet | null;
  lastPacket: Packet | null;
  packets: u32;
  known: bool;
  pollsSinceReply: u8;
  /** Entries lie on whole words. */
  private reserved: u16;
}

export class ArpCache {
  /** Limits, 0 = none: packets in all, entries, packets for one entry. */
  packetCapacity: u32 = 2048;
  entryCapacity: u32 = 0;
  entryPacketCapacity: u32 = 0;
  /** This part of the capacity is freed when it is exceeded. */
  slimFactor: u32 = 2;
  /** Time after which an entry is not valid any more, one millisecond longer (see ArpEntry); FOREVER = never. */
  private lifetime: u64 = 300 * SECOND + MILLISECOND;

  entryCount: u32 = 0;
  packetCount: u32 = 0;
  drops: u32 = 0;

  private buckets: usize = 0;
  private bucketBits: u32 = 0;
  private pool: usize = 0;
  private room: u32 = 0;
  /** Entries that were given back, and the first that was never used. */
  private free: usize = 0;
  private fresh: usize = 0;
  private oldest: usize = 0;
  private newest: usize = 0;

  /** Allocates room for as many entries as the capacity says. Called in `initialize`. */
  reserve(): void {
    this.room = min(this.entryCapacity ? this.entryCapacity : DEFAULT_ENTRIES, MAXIMUM_ENTRIES);
    this.bucketBits = 32 - clz(this.room);
    this.buckets = allocate(4 << this.bucketBits);
    this.pool = allocate(<usize>this.room * offsetof<ArpEntry>());
    this.fresh = this.pool;
  }

  /** Gives everything back. */
  cleanup(): void {
    if (this.pool == 0) return; // the element was never initialized
    this.clear();
    release(this.buckets, 4 << this.bucketBits);
    release(this.pool, <usize>this.room * offsetof<ArpEntry>());
    this.pool = 0;
  }

  /** How many packets it counts on. */
  get packetsHeld(): u32 {
    return this.packetCapacity ? min(this.packetCapacity, RESERVED_PACKETS) : RESERVED_PACKETS;
  }

  /** @param timeout  nanoseconds; less than a millisecond or more than 49 days = entries never expire */
  setTimeout(timeout: u64): void {
    const milliseconds = timeout / MILLISECOND;
    this.lifetime = timeout / SECOND >= NEVER_SECONDS || milliseconds == 0 ? FOREVER : (milliseconds + 1) * MILLISECOND;
  }

  @inline get expires(): bool { return this.lifetime != FOREVER; }

  /** Time between two looks for expired entries; Click's: the timeout in whole seconds, and one more. */
  get sweepInterval(): u64 {
    return ((this.lifetime - MILLISECOND) / SECOND + 1) * SECOND;
  }

  @inline
  private bucketOf(address: u32): usize {
    // Fibonacci hashing (Knuth 6.4): the host part of an address is in its upper bytes here, so the product is taken
    // from a swapped address.
    return this.buckets + (<usize>((bswap<u32>(address) * 0x9e3779b1) >> (32 - this.bucketBits)) << 2);
  }

  /** Address of the entry for an IP address; 0 = none. */
  @inline
  find(address: u32): usize {
    let at = <usize>load<u32>(this.bucketOf(address));
    while (at != 0 && changetype<ArpEntry>(at).address != address) at = changetype<ArpEntry>(at).hashNext;
    return at;
  }

  /** Whether the entry's Ethernet address may be used at `time`. */
  @inline
  isKnown(entry: ArpEntry, time: u64): bool {
    return entry.known && time < entry.liveAt + this.lifetime;
  }

  /** Whether a query for the entry may be sent now; if so, it is taken to be. */
  mayPoll(entry: ArpEntry, time: u64): bool {
    const interval = entry.pollsSinceReply >= FAST_QUERIES ? SLOW_QUERY_INTERVAL : QUERY_INTERVAL;
    if (time < entry.polledAt + interval) return false;
    entry.polledAt = wholeMilliseconds(time);
    if (entry.pollsSinceReply < u8.MAX_VALUE) entry.pollsSinceReply++;
    return true;
  }

  /**
   * Notes that `address` is at `ether` (broadcast: not known), and takes the packets off its queue.
   * @returns the first of them, linked by `next`
   */
  insert(address: u32, ether: u64): Packet | null {
    const entry = this.note(address, ether);
    const first = entry.firstPacket;
    this.packetCount -= entry.packets;
    entry.firstPacket = null;
    entry.lastPacket = null;
    entry.packets = 0;
    return first;
  }

  /** Notes that `address` is at `ether`; waiting packets stay. */
  note(address: u32, ether: u64): ArpEntry {
    const time = now();
    const entry = this.ensure(address, time);
    entry.ether = ether;
    entry.known = ether != ETHER_BROADCAST;
    entry.liveAt = wholeMilliseconds(time);
    entry.pollsSinceReply = 0;
    entry.polledAt = entry.liveAt - LONG_AGO;
    this.unlink(entry);
    this.linkBefore(entry, 0);
    return entry;
  }

  /**
   * Keeps a packet until `address` is known.
   * @returns APPEND_QUEUED, APPEND_QUERY when a query should be sent, APPEND_REFUSED when the packet is still the
   *       caller's
   */
  append(address: u32, p: Packet): i32 {
    const time = now();
    const entry = this.ensure(address, time);
    this.keepAlive(entry, time);
    if (this.entryPacketCapacity && entry.packets >= this.entryPacketCapacity) {
      this.drops++;
      return APPEND_REFUSED;
    }
    this.packetCount++;
    if (this.packetCapacity && this.packetCount > this.packetCapacity) this.slim(time);
    if (kernel.packetsFree < kernel.packets >> 3) this.dropOldestPackets(this.packetCount - 1);
    p.next = null;
    const last = entry.lastPacket;
    if (last) last.next = p;
    else entry.firstPacket = p;
    entry.lastPacket = p;
    entry.packets++;
    return this.mayPoll(entry, time) ? APPEND_QUERY : APPEND_QUEUED;
  }

  /**
   * An entry that packets still ask for stays just this side of expiring, so that `slim` does not take it from under
   * them.
   */
  private keepAlive(entry: ArpEntry, time: u64): void {
    const timeout = this.lifetime - MILLISECOND;
    const rounded = wholeMilliseconds(time);
    if (!this.expires || entry.liveAt + timeout >= rounded) return;
    entry.liveAt = rounded - timeout;
    let following = entry.newer;
    while (following != 0 && changetype<ArpEntry>(following).liveAt < entry.liveAt)
      following = changetype<ArpEntry>(following).newer;
    if (following == entry.newer) return;
    this.unlink(entry);
    this.linkBefore(entry, following);
  }

  private ensure(address: u32, time: u64): ArpEntry {
    const found = this.find(address);
    if (found != 0) return changetype<ArpEntry>(found);
    this.entryCount++;
    if (this.entryCapacity && this.entryCount > this.entryCapacity) this.slim(time);
    const entry = this.takeEntry();
    memory.fill(changetype<usize>(entry), 0, offsetof<ArpEntry>());
    entry.address = address;
    entry.ether = ETHER_BROADCAST;
    entry.liveAt = wholeMilliseconds(time);
    entry.polledAt = entry.liveAt - LONG_AGO;
    const bucket = this.bucketOf(address);
    entry.hashNext = <usize>load<u32>(bucket);
    store<u32>(bucket, changetype<usize>(entry));
    this.linkBefore(entry, 0);
    return entry;
  }

  /** An entry that is free, or the oldest one. */
  private takeEntry(): ArpEntry {
    if (this.free == 0 && this.fresh != this.pool + <usize>this.room * offsetof<ArpEntry>()) {
      const unused = this.fresh;
      this.fresh += offsetof<ArpEntry>();
      return changetype<ArpEntry>(unused);
    }
    if (this.free == 0) this.evictOldest();
    const entry = changetype<ArpEntry>(this.free);
    this.free = entry.hashNext;
    return entry;
  }

  /** Removes expired entries, then those beyond the capacity, oldest first, then packets beyond the capacity. */
  slim(time: u64): void {
    while (this.oldest != 0 && this.mustGo(changetype<ArpEntry>(this.oldest), time)) this.evictOldest();
    if (this.packetCapacity == 0 || this.packetCount <= this.packetCapacity) return;
    // The packet that is about to be added is counted, but not in a queue yet.
    this.dropOldestPackets(max<u32>(this.packetCapacity - this.packetCapacity / this.slimFactor, 1));
  }

  private mustGo(entry: ArpEntry, time: u64): bool {
    return time >= entry.liveAt + this.lifetime || (this.entryCapacity != 0 && this.entryCount > this.entryCapacity);
  }

  /** Drops packets from the oldest entries on until at most `target` are counted. */
  private dropOldestPackets(target: u32): void {
    for (let at = this.oldest; at != 0 && this.packetCount > target; at = changetype<ArpEntry>(at).newer) {
      const entry = changetype<ArpEntry>(at);
      while (entry.firstPacket && this.packetCount > target) this.dropFirst(entry);
    }
  }

  private dropFirst(entry: ArpEntry): void {
    const p = entry.firstPacket;
    if (!p) return;
    entry.firstPacket = p.next;
    if (!entry.firstPacket) entry.lastPacket = null;
    entry.packets--;
    this.packetCount--;
    this.drops++;
    kill(p);
  }

  private evictOldest(): void {
    const entry = changetype<ArpEntry>(this.oldest);
    while (entry.firstPacket) this.dropFirst(entry);
    this.unlink(entry);
    this.unhash(entry);
    this.discard(changetype<usize>(entry));
    this.entryCount--;
  }

  private unhash(entry: ArpEntry): void {
    let link = this.bucketOf(entry.address);
    while (<usize>load<u32>(link) != changetype<usize>(entry))
      link = <usize>load<u32>(link) + offsetof<ArpEntry>("hashNext");
    store<u32>(link, entry.hashNext);
  }

  /** Puts an entry among the free ones. */
  private discard(at: usize): void {
    changetype<ArpEntry>(at).hashNext = this.free;
    this.free = at;
  }

  private unlink(entry: ArpEntry): void {
    if (entry.older != 0) changetype<ArpEntry>(entry.older).newer = entry.newer;
    else this.oldest = entry.newer;
    if (entry.newer != 0) changetype<ArpEntry>(entry.newer).older = entry.older;
    else this.newest = entry.older;
  }

  /** Enters an entry in the list by age, before `following`; 0 = as the newest. */
  private linkBefore(entry: ArpEntry, following: usize): void {
    const preceding = following != 0 ? changetype<ArpEntry>(following).older : this.newest;
    entry.older = preceding;
    entry.newer = following;
    if (preceding != 0) changetype<ArpEntry>(preceding).newer = changetype<usize>(entry);
    else this.oldest = changetype<usize>(entry);
    if (following != 0) changetype<ArpEntry>(following).older = changetype<usize>(entry);
    else this.newest = changetype<usize>(entry);
  }

  /** Removes all entries; their packets count as dropped. */
  clear(): void {
    while (this.oldest != 0) this.evictOldest();
  }

  /** Takes over entries, packets and counts of another table, which is empty afterwards. */
  takeFrom(old: ArpCache): void {
    for (let at = old.oldest; at != 0; at = changetype<ArpEntry>(at).newer) this.adopt(changetype<ArpEntry>(at));
    old.packetCount = 0;
    old.clear();
    this.drops = old.drops;
  }

  private adopt(from: ArpEntry): void {
    const entry = this.ensure(from.address, from.liveAt);
    entry.ether = from.ether;
    entry.known = from.known;
    entry.liveAt = from.liveAt;
    entry.polledAt = from.polledAt;
    entry.pollsSinceReply = from.pollsSinceReply;
    entry.firstPacket = from.firstPacket;
    entry.lastPacket = from.lastPacket;
    entry.packets = from.packets;
    this.packetCount += from.packets;
    from.firstPacket = null;
    from.lastPacket = null;
    from.packets = 0;
  }

  /**
   * A line an entry, oldest first: IP address, 1 if it is valid, Ethernet address, seconds since it was last heard of.
   */
  print(out: Text): void {
    const time = now();
    for (let at = this.oldest; at != 0; at = changetype<ArpEntry>(at).newer) {
      const entry = changetype<ArpEntry>(at);
      out.ipAddress(entry.address).byte(0x20).unsigned(this.isKnown(entry, time) ? 1 : 0).byte(0x20);
      out.etherAddress(at + offsetof<ArpEntry>("ether")).byte(0x20);
      out.timestamp(<i64>(wholeMilliseconds(time) - entry.liveAt)).newline();
    }
  }
}

function wholeMilliseconds(time: u64): u64 {
  return time - (time % MILLISECOND);
}
