/**
 * The flows of one rewriter, or of several that share a capacity.
 *
 * Finding a flow takes two cache lines: a slot of an open-addressed index (4 bytes: number of the flow, direction, 10
 * bits of the hash), and the flow itself. Nothing is kept in order per packet: a flow only notes the time. When the
 * table is full, or the timer comes, two heaps with lazy keys (flowHeap.ts) tell who goes first, as in Click: the flow
 * that expires first among those that are not guaranteed.
 */
import { allocate, kernel, release } from "../kernel/state";
import { FLOW_BOTH_DONE, FLOW_ESTABLISHED, FLOW_SIZE, Flow, Lifetimes } from "./flow";
import { FlowHeap, HEAP_ENTRY } from "./flowHeap";
import { InputSpec } from "./inputSpec";

/** Most flows that the slots of the index can number. */
const MAXIMUM_FLOWS: u32 = 1 << 20;
/** Hash bits in a slot; above them the direction, then the number of the flow, from 1. */
const TAG_BITS: u32 = 10;
const TAG_MASK: u32 = (1 << TAG_BITS) - 1;
/** Moves the number in a slot to where it counts in flows (of 64 bytes), and clears what was below it. */
const SLOT_TO_OFFSET: u32 = TAG_BITS + 1 - 6;

export class FlowTable {
  /** Flows in the table, and how many there may be. */
  size: u32 = 0;
  capacity: u32 = 0;

  private index: usize = 0;
  private indexMask: u32 = 0;
  private indexShift: u32 = 0;
  /** Address that the flow of number 0 would have; there is none. */
  private flowsBase: usize = 0;
  private key0: u64 = 0;
  private key1: u64 = 0;
  private key2: u64 = 0;
  private key3: u64 = 0;
  private key4: u64 = 0;

  private memory: usize = 0;
  private memorySize: usize = 0;
  /** Flows that memory was reserved for. */
  private room: u32 = 0;
  private firstFree: usize = 0;
  private guaranteed: FlowHeap = new FlowHeap();
  private bestEffort: FlowHeap = new FlowHeap();
  private users: u32 = 0;
  private maps: u32 = 0;

  /** Allocates room for `capacity` flows, and the one that is added before another one goes. */
  reserve(capacity: u32): void {
    this.capacity = min(capacity, MAXIMUM_FLOWS - 1);
    this.room = this.capacity + 1;
    // Two slots a flow, at most two thirds of all slots in use: a search looks at two slots on average.
    const indexBits: u32 = 32 - clz(this.room * 3);
    const flowBytes = <usize>this.room * FLOW_SIZE;
    const heapBytes = <usize>this.room * <usize>HEAP_ENTRY;
    this.memorySize = flowBytes + heapBytes + (<usize>4 << indexBits) + FLOW_SIZE;
    this.memory = allocate(this.memorySize);
    const flows = (this.memory + FLOW_SIZE - 1) & ~(FLOW_SIZE - 1);
    this.flowsBase = flows - FLOW_SIZE;
    this.guaranteed.place(flows + flowBytes, HEAP_ENTRY);
    this.bestEffort.place(flows + flowBytes + heapBytes - <usize>HEAP_ENTRY, -HEAP_ENTRY);
    this.index = flows + flowBytes + heapBytes;
    this.indexMask = (1 << indexBits) - 1;
    this.indexShift = 32 - indexBits;
    for (let at = flows + flowBytes; at > flows; at -= FLOW_SIZE) this.free(changetype<Flow>(at - FLOW_SIZE));
    this.chooseKeys();
  }

  /** The hash is keyed, so that nobody outside can aim packets at one place of the index. */
  private chooseKeys(): void {
    let seed = kernel.random;
    this.key0 = (seed = mix(seed));
    this.key1 = (seed = mix(seed));
    this.key2 = (seed = mix(seed));
    this.key3 = (seed = mix(seed));
    this.key4 = mix(seed);
  }

  /** A rewriter starts to use the table. @returns the number of its first map; the next one is its, too */
  join(): u32 {
    this.users++;
    const map = this.maps;
    this.maps += 2;
    return map;
  }

  /** A rewriter stops using it. Its flows go, and with the last user the memory. */
  leave(map: u32): void {
    this.removeMaps(map);
    if (--this.users != 0 || this.memory == 0) return;
    release(this.memory, this.memorySize);
    this.memory = 0;
  }

  /**
   * Multiply-shift hashing of pairs (Dietzfelbinger; Thorup, "High Speed Hashing for Integers and Strings", 2015):
   * strongly universal, two products.
   */
  @inline
  private hash(addresses: u64, ports: u32, map: u32): u32 {
    const pair = (this.key0 + (addresses >> 32)) * (this.key1 + (addresses & 0xffff_ffff));
    const rest = (this.key2 + <u64>map) * (this.key3 + <u64>ports);
    return <u32>((pair + rest + this.key4) >> 32);
  }

  /**
   * Looks an identifier up.
   * @returns address of the flow plus the direction (0 forward, 1 reply); 0 = none
   */
  @inline
  find(addresses: u64, ports: u32, map: u32): usize {
    const hash = this.hash(addresses, ports, map);
    let place = hash >> this.indexShift;
    let slot = load<u32>(this.index + (<usize>place << 2));
    while (slot != 0) {
      if (((slot ^ hash) & TAG_MASK) == 0) {
        const flow = changetype<Flow>(this.flowAt(slot));
        const direction: usize = (slot >> TAG_BITS) & 1;
        if (flow.addressesOf(direction) == addresses && flow.portsOf(direction) == ports && <u32>flow.map == map)
          return changetype<usize>(flow) + direction;
      }
      place = (place + 1) & this.indexMask;
      slot = load<u32>(this.index + (<usize>place << 2));
    }
    return 0;
  }

  @inline
  private flowAt(slot: u32): usize {
    return this.flowsBase + (<usize>(slot >> SLOT_TO_OFFSET) & ~(FLOW_SIZE - 1));
  }

  @inline
  private slotFor(flow: Flow, direction: usize, hash: u32): u32 {
    const number = <u32>((changetype<usize>(flow) - this.flowsBase) / FLOW_SIZE);
    return (((number << 1) | <u32>direction) << TAG_BITS) | (hash & TAG_MASK);
  }

  /** A flow to be filled in and given to `add`. There always is one: the table has room for one more than it keeps. */
  take(): Flow {
    const flow = changetype<Flow>(this.firstFree);
    this.firstFree = flow.nextFree;
    memory.fill(changetype<usize>(flow), 0, FLOW_SIZE);
    return flow;
  }

  private free(flow: Flow): void {
    flow.input = 0;
    flow.nextFree = this.firstFree;
    this.firstFree = changetype<usize>(flow);
  }

  /**
   * Adds a flow. One whose replies look the same goes. In a full table the flow goes that expires first among those
   * that are not guaranteed, and if all are guaranteed, the new one.
   * @returns whether the new flow is still there
   */
  add(flow: Flow, time: u64): bool {
    this.enter(flow, 0);
    const same = this.find(flow.replyAddresses, flow.replyPorts, flow.map);
    if (same == 0) this.enter(flow, 1);
    else if ((same & ~1) == changetype<usize>(flow)) this.reverse(flow);
    else {
      this.remove(changetype<Flow>(same & ~1));
      this.enter(flow, 1);
    }
    this.size++;
    changetype<InputSpec>(flow.input).count++;
    const lifetimes = lifetimesOf(flow);
    flow.guaranteed = lifetimes.guarantee != 0;
    if (flow.guaranteed) this.guaranteed.add(flow, flow.lastUsed + lifetimes.guarantee);
    else this.bestEffort.add(flow, expiryOf(flow));
    if (this.size <= this.capacity) return true;
    this.endGuarantees(time, u32.MAX_VALUE);
    const first = this.firstToExpire(time);
    const victim = first == 0 ? flow : changetype<Flow>(first);
    const stays = victim != flow;
    this.remove(victim);
    return stays;
  }

  /** Moves a flow of a table, perhaps of this one, to a map and a specification of this table. */
  move(from: FlowTable, old: Flow, map: u16, input: usize, time: u64): void {
    const flow = this.take();
    memory.copy(changetype<usize>(flow), changetype<usize>(old), FLOW_SIZE);
    flow.map = map;
    flow.input = input;
    from.remove(old);
    this.add(flow, time);
  }

  private enter(flow: Flow, direction: usize): void {
    const hash = this.hash(flow.addressesOf(direction), flow.portsOf(direction), flow.map);
    let place = hash >> this.indexShift;
    while (load<u32>(this.index + (<usize>place << 2)) != 0) place = (place + 1) & this.indexMask;
    store<u32>(this.index + (<usize>place << 2), this.slotFor(flow, direction, hash));
  }

  /** A flow that is its own reply counts as one. */
  private reverse(flow: Flow): void {
    const slot = this.slotOf(flow, 0);
    store<u32>(slot, load<u32>(slot) | (1 << TAG_BITS));
  }

  /** Address of the slot that holds a direction of a flow; 0 = none does. */
  private slotOf(flow: Flow, direction: usize): usize {
    const hash = this.hash(flow.addressesOf(direction), flow.portsOf(direction), flow.map);
    const wanted = this.slotFor(flow, direction, hash);
    let place = hash >> this.indexShift;
    let at = this.index + (<usize>place << 2);
    while (load<u32>(at) != 0) {
      if (load<u32>(at) == wanted) return at;
      place = (place + 1) & this.indexMask;
      at = this.index + (<usize>place << 2);
    }
    return 0;
  }

  /** Whether packets can find a direction of a flow: not the forward one of a flow that is its own reply. */
  hasDirection(flow: Flow, direction: usize): bool {
    return this.slotOf(flow, direction) != 0;
  }

  /** Empties a slot, and moves later ones of its run forward into the hole (Knuth 6.4, algorithm R). */
  private erase(slot: usize): void {
    let hole = <u32>((slot - this.index) >> 2);
    let place = hole;
    for (;;) {
      place = (place + 1) & this.indexMask;
      const moved = load<u32>(this.index + (<usize>place << 2));
      if (moved == 0) break;
      const flow = changetype<Flow>(this.flowAt(moved));
      const direction: usize = (moved >> TAG_BITS) & 1;
      const home = this.hash(flow.addressesOf(direction), flow.portsOf(direction), flow.map) >> this.indexShift;
      if (((place - home) & this.indexMask) < ((place - hole) & this.indexMask)) continue;
      store<u32>(this.index + (<usize>hole << 2), moved);
      hole = place;
    }
    store<u32>(this.index + (<usize>hole << 2), 0);
  }

  remove(flow: Flow): void {
    if (flow.guaranteed) this.guaranteed.remove(flow);
    else this.bestEffort.remove(flow);
    for (let direction: usize = 0; direction < 2; direction++) {
      const slot = this.slotOf(flow, direction);
      if (slot != 0) this.erase(slot);
    }
    changetype<InputSpec>(flow.input).count--;
    this.size--;
    this.free(flow);
  }

  /** The flow has another state, and perhaps expires earlier for it. */
  changeState(flow: Flow, state: u8): void {
    flow.state = state;
    if (!flow.guaranteed) this.bestEffort.hasten(flow, flow.lastUsed);
  }

  /**
   * Moves flows whose guarantee has ended to the other heap.
   * @param limit  how many flows to look at
   * @returns how many looks are left
   */
  private endGuarantees(time: u64, limit: u32): u32 {
    let left = limit;
    while (left != 0 && this.guaranteed.count != 0 && this.guaranteed.firstKey <= time) {
      left--;
      const flow = this.guaranteed.first;
      const end = flow.lastUsed + lifetimesOf(flow).guarantee;
      if (end > time) {
        this.guaranteed.delayFirst(end);
        continue;
      }
      this.guaranteed.remove(flow);
      flow.guaranteed = false;
      this.bestEffort.add(flow, expiryOf(flow));
    }
    return left;
  }

  /** Address of the flow that expires first among those that are not guaranteed at `time`; 0 = none. */
  private firstToExpire(time: u64): usize {
    while (this.bestEffort.count != 0) {
      if (this.settleFirst(time)) return changetype<usize>(this.bestEffort.first);
    }
    return 0;
  }

  /** Looks at the first flow of the best-effort heap. @returns whether it belongs there; otherwise it was moved */
  private settleFirst(time: u64): bool {
    const flow = this.bestEffort.first;
    const end = flow.lastUsed + lifetimesOf(flow).guarantee;
    if (end > time) {
      this.bestEffort.remove(flow);
      flow.guaranteed = true;
      this.guaranteed.add(flow, end);
      return false;
    }
    const expiry = expiryOf(flow);
    if (expiry <= this.bestEffort.firstKey) return true;
    this.bestEffort.delayFirst(expiry);
    return false;
  }

  /**
   * Removes flows that have expired.
   * @param limit  how many flows to look at
   * @returns whether all were found
   */
  reap(time: u64, limit: u32): bool {
    let left = this.endGuarantees(time, limit);
    while (left != 0 && this.bestEffort.count != 0 && this.bestEffort.firstKey <= time) {
      left--;
      if (this.settleFirst(time) && this.bestEffort.firstKey <= time) this.remove(this.bestEffort.first);
    }
    return left != 0;
  }

  /** Changes the capacity. Expired flows go, then those that would expire next, until the rest fits. */
  setCapacity(capacity: u32, time: u64): void {
    this.capacity = min(capacity, this.room - 1);
    this.reap(time, u32.MAX_VALUE);
    while (this.size > this.capacity) {
      const first = this.firstToExpire(time);
      this.remove(first == 0 ? this.firstGuaranteed() : changetype<Flow>(first));
    }
  }

  /** The flow whose guarantee ends first. The caller knows that there is one. */
  private firstGuaranteed(): Flow {
    let flow = this.guaranteed.first;
    let end = flow.lastUsed + lifetimesOf(flow).guarantee;
    while (end > this.guaranteed.firstKey) {
      this.guaranteed.delayFirst(end);
      flow = this.guaranteed.first;
      end = flow.lastUsed + lifetimesOf(flow).guarantee;
    }
    return flow;
  }

  clear(): void {
    while (this.bestEffort.count != 0) this.remove(this.bestEffort.first);
    while (this.guaranteed.count != 0) this.remove(this.guaranteed.first);
  }

  /** Removes the flows that one input specification made. */
  removeFlowsOf(input: usize): void {
    for (let at = this.firstFlow(); at != 0; at = this.flowAfter(at)) {
      const flow = changetype<Flow>(at);
      if (flow.input == input) this.remove(flow);
    }
  }

  private removeMaps(map: u32): void {
    for (let at = this.firstFlow(); at != 0; at = this.flowAfter(at)) {
      const flow = changetype<Flow>(at);
      if ((<u32>flow.map & ~1) == map) this.remove(flow);
    }
  }

  /** Address of the first flow in memory; 0 = none. */
  firstFlow(): usize {
    return this.memory == 0 ? 0 : this.flowAfter(this.flowsBase);
  }

  /** Address of the next flow in memory; 0 = none. */
  flowAfter(at: usize): usize {
    const end = this.flowsBase + (<usize>this.room + 1) * FLOW_SIZE;
    for (let next = at + FLOW_SIZE; next < end; next += FLOW_SIZE) if (changetype<Flow>(next).input != 0) return next;
    return 0;
  }
}

/** How long the flow lives. */
@inline
export function lifetimesOf(flow: Flow): Lifetimes {
  return changetype<InputSpec>(flow.input).lifetimesOf(flow.map);
}

/** When the flow expires, its guarantee aside. */
export function expiryOf(flow: Flow): u64 {
  const lifetimes = lifetimesOf(flow);
  if ((flow.state & FLOW_BOTH_DONE) == FLOW_BOTH_DONE) return flow.lastUsed + lifetimes.done;
  if ((flow.state & FLOW_ESTABLISHED) == FLOW_ESTABLISHED) return flow.lastUsed + lifetimes.established;
  return flow.lastUsed + lifetimes.idle;
}

/** SplitMix64 (Steele, Lea & Flood 2014). */
function mix(seed: u64): u64 {
  let z = seed + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
