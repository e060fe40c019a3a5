/** The pairs of hosts that AggregateIPFlows knows, and the flows of each: hash tables of fixed size. */
import { allocate, kernel, release } from "../kernel/state";

/** Flows that are remembered, and packets that may wait for the first fragment of theirs. */
export const FLOW_LIMIT: u32 = 1 << 16;
export const FRAGMENT_LIMIT: u32 = 512;
const PAIR_LIMIT: u32 = FLOW_LIMIT + FRAGMENT_LIMIT;
const BUCKETS: u32 = 1 << 16;
/** An odd number with its bits well mixed: 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/** Bits of `over`: FIN was seen forward, and in reply; RST counts as both. */
export const FLOW_OVER: u8 = 3;

/** Two hosts and a protocol. Addresses are ordered by their value in memory. */
@unmanaged
export class HostPair {
  low: u32;
  high: u32;
  protocol: u32;
  /** The next one of its bucket, or of the free ones. */
  next: usize;
  /** Its flows, the one used last first. */
  flows: usize;
  /** Packets that wait, in order. */
  firstFragment: usize;
  lastFragment: usize;
  isUsed: bool;
  private reserved: u8;
  private reserved2: u16;
}

@unmanaged
export class IpFlow {
  /** Source and destination port of packets from the lower to the higher address, as they lie in memory. */
  ports: u32;
  aggregate: u32;
  pair: usize;
  next: usize;
  over: u8;
  /** The flow's first packet went from the higher to the lower address. */
  reversed: bool;
  private reserved: u16;
  /** Packets forward and in reply. */
  packets: u32;
  replies: u32;
  private reserved2: u32;
  firstTime: i64;
  lastTime: i64;
}

export class IpFlows {
  private buckets: usize = 0;
  private pairs: usize = 0;
  private flows: usize = 0;
  private freePair: usize = 0;
  private freeFlow: usize = 0;
  /** Those that were never used yet. */
  private freshPairs: u32 = 0;
  private freshFlows: u32 = 0;
  /** Where the search for a flow to forget goes on. */
  private hand: u32 = 0;
  private key: u64 = 0;

  reserve(): void {
    this.buckets = allocate(<usize>BUCKETS << 2);
    this.pairs = allocate(<usize>PAIR_LIMIT * offsetof<HostPair>());
    this.flows = allocate(<usize>FLOW_LIMIT * offsetof<IpFlow>());
    this.key = kernel.random;
  }

  free(): void {
    if (this.buckets == 0) return;
    release(this.buckets, <usize>BUCKETS << 2);
    release(this.pairs, <usize>PAIR_LIMIT * offsetof<HostPair>());
    release(this.flows, <usize>FLOW_LIMIT * offsetof<IpFlow>());
    this.buckets = 0;
  }

  /** The pair of two addresses; a new one when there is none. */
  pairOf(low: u32, high: u32, protocol: u32): HostPair {
    const bucket = this.bucketOf(low, high, protocol);
    for (let at: usize = load<u32>(bucket); at; at = changetype<HostPair>(at).next) {
      const pair = changetype<HostPair>(at);
      if (pair.low == low && pair.high == high && pair.protocol == protocol) return pair;
    }
    const pair = this.takePair();
    pair.low = low;
    pair.high = high;
    pair.protocol = protocol;
    pair.flows = 0;
    pair.firstFragment = 0;
    pair.isUsed = true;
    pair.next = load<u32>(bucket);
    store<u32>(bucket, <u32>changetype<usize>(pair));
    return pair;
  }

  private bucketOf(low: u32, high: u32, protocol: u32): usize {
    const mixed = ((<u64>low << 32 | high) ^ this.key ^ protocol) * MULTIPLIER;
    return this.buckets + (<usize>((mixed ^ mixed >> 29) * MULTIPLIER >> 48) << 2);
  }

  /** There always is one: a pair without flows and waiting packets does not stay. */
  private takePair(): HostPair {
    const free = this.freePair;
    if (free == 0) return this.pairAt(this.freshPairs++);
    this.freePair = changetype<HostPair>(free).next;
    return changetype<HostPair>(free);
  }

  @inline
  private pairAt(number: u32): HostPair {
    return changetype<HostPair>(this.pairs + <usize>number * offsetof<HostPair>());
  }

  /** The pair numbered `number` of those that were ever used; null behind the last. It may be out of use. */
  pairNumbered(number: u32): HostPair | null {
    return number < this.freshPairs ? this.pairAt(number) : null;
  }

  /** Forgets a pair that has neither flows nor waiting packets; others stay. */
  dropIfEmpty(pair: HostPair): void {
    if (pair.flows || pair.firstFragment || !pair.isUsed) return;
    const bucket = this.bucketOf(pair.low, pair.high, pair.protocol);
    let link = bucket;
    while (load<u32>(link) != <u32>changetype<usize>(pair)) link = load<u32>(link) + offsetof<HostPair>("next");
    store<u32>(link, <u32>pair.next);
    pair.isUsed = false;
    pair.next = this.freePair;
    this.freePair = changetype<usize>(pair);
  }

  /** The flow of these ports, which comes to the front; null when there is none. */
  find(pair: HostPair, ports: u32): IpFlow | null {
    for (let at = pair.flows; at; at = changetype<IpFlow>(at).next) {
      if (changetype<IpFlow>(at).ports == ports) return this.toFront(pair, changetype<IpFlow>(at));
    }
    return null;
  }

  /** The flow of this number, which comes to the front; null when there is none. */
  findAggregate(pair: HostPair, aggregate: u32): IpFlow | null {
    for (let at = pair.flows; at; at = changetype<IpFlow>(at).next) {
      if (changetype<IpFlow>(at).aggregate == aggregate) return this.toFront(pair, changetype<IpFlow>(at));
    }
    return null;
  }

  private toFront(pair: HostPair, flow: IpFlow): IpFlow {
    this.unlink(pair, flow);
    flow.next = pair.flows;
    pair.flows = changetype<usize>(flow);
    return flow;
  }

  private unlink(pair: HostPair, flow: IpFlow): void {
    let link = changetype<usize>(pair) + offsetof<HostPair>("flows");
    while (load<u32>(link) != <u32>changetype<usize>(flow)) link = load<u32>(link) + offsetof<IpFlow>("next");
    store<u32>(link, <u32>flow.next);
  }

  /** The flow numbered `number` of those that were ever used; null behind the last. One that is free has no aggregate. */
  flowNumbered(number: u32): IpFlow | null {
    return number < this.freshFlows ? changetype<IpFlow>(this.flows + <usize>number * offsetof<IpFlow>()) : null;
  }

  /** Whether a new flow finds no room until `victim` is removed. */
  get isFull(): bool {
    return this.freeFlow == 0 && this.freshFlows == FLOW_LIMIT;
  }

  /** The flow that makes room for another one in a full table: they take turns. */
  victim(): IpFlow {
    const number = this.hand;
    this.hand = (number + 1) & (FLOW_LIMIT - 1);
    return changetype<IpFlow>(this.flows + <usize>number * offsetof<IpFlow>());
  }

  /** A new flow of a pair. The caller has made room. */
  add(pair: HostPair, ports: u32): IpFlow {
    let at = this.freeFlow;
    if (at) this.freeFlow = changetype<IpFlow>(at).next;
    else {
      at = this.flows + <usize>this.freshFlows * offsetof<IpFlow>();
      this.freshFlows++;
    }
    const flow = changetype<IpFlow>(at);
    flow.ports = ports;
    flow.pair = changetype<usize>(pair);
    flow.next = pair.flows;
    pair.flows = at;
    return flow;
  }

  remove(flow: IpFlow): void {
    flow.aggregate = 0;
    this.unlink(changetype<HostPair>(flow.pair), flow);
    flow.next = this.freeFlow;
    this.freeFlow = changetype<usize>(flow);
  }
}
