import { Element } from "../kernel/element";
import { recentNow, SECOND } from "../kernel/clock";
import { Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { ArpCache } from "./arpCache";

/**
 * Keeps the Ethernet addresses of IP addresses, for several ARPQueriers that are to share them.
 *
 * It has no ports: ARPQueriers name it in their TABLE argument. One ARPQuerier alone needs none.
 *
 * @note Differs from Click: without ENTRY_CAPACITY there is room for 1024 entries, and at most for 16384; beyond that
 *       the oldest entries make room. Packets are dropped, oldest first, also when the guest's pool of buffers runs
 *       low.
 * @see ARPQuerier
 */
@element("0/0", "a/a")
export class ARPTable extends Element {
  /** Most packets that are kept at a time; 0 = no limit. */
  @arg("CAPACITY u32") capacity: u32 = 2048;
  /** Most entries; 0 = no limit of its own. */
  @arg("ENTRY_CAPACITY u32") entryCapacity: u32 = 0;
  /** Most packets that are kept for one address; 0 = no limit. */
  @arg("ENTRY_PACKET_CAPACITY u32") entryPacketCapacity: u32 = 0;
  /** When CAPACITY is exceeded, one part in so many of it is freed. */
  @arg("CAPACITY_SLIM_FACTOR u32") slimFactor: u32 = 2;
  /** An entry is valid for so long; 0 = for ever. */
  @arg("TIMEOUT timestamp") timeout: u64 = 300_000_000_000;

  @constant cache: ArpCache = new ArpCache();
  private timer: Timer = new Timer(this);

  initialize(): void {
    this.configured();
    this.cache.reserve();
    if (this.cache.expires) this.timer.scheduleAfter(this.cache.sweepInterval - SECOND);
  }

  /** Hands the arguments on to the table. The host calls it after a live reconfiguration. */
  @method
  configured(): void {
    this.cache.packetCapacity = this.capacity;
    this.cache.entryCapacity = this.entryCapacity;
    this.cache.entryPacketCapacity = this.entryPacketCapacity;
    this.cache.slimFactor = this.slimFactor;
    this.cache.setTimeout(this.timeout);
  }

  cleanup(): void {
    this.cache.cleanup();
  }

  packetsHeld(): u32 {
    return this.cache.packetsHeld;
  }

  takeState(old: ARPTable): void {
    this.cache.takeFrom(old.cache);
  }

  onTimer(timer: Timer): void {
    this.cache.slim(recentNow());
    if (this.cache.expires) timer.scheduleAfter(this.cache.sweepInterval);
  }

  /**
   * A line an entry, oldest first: IP address, 1 if it is valid, Ethernet address, seconds since it was last heard of.
   */
  @read("table")
  table(out: Text): void {
    this.cache.print(out);
  }

  /** Packets dropped because of timeouts or limits. */
  @read("drops")
  drops(out: Text): void {
    out.unsigned(this.cache.drops);
  }

  /** Entries. */
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

  /** Removes all entries. */
  @write("clear")
  clear(): void {
    this.cache.clear();
  }
}
