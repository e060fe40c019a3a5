/**
 * A binary heap of flows by time. Keys are lower bounds: a packet makes its flow live longer without touching the heap,
 * so whoever takes the first flow looks at the flow's real time, and puts it back under that if it is later. A key that
 * might be too late is lowered at once.
 */
import { Flow } from "./flow";

/** Bytes of an entry: key, address of the flow. */
export const HEAP_ENTRY: isize = 16;

export class FlowHeap {
  count: u32 = 0;
  /** Address of the first entry, and the distance to the next: two heaps share an array, one from each end. */
  private base: usize = 0;
  private stride: isize = HEAP_ENTRY;

  place(base: usize, stride: isize): void {
    this.base = base;
    this.stride = stride;
  }

  @inline private entry(place: u32): usize { return this.base + <usize>(<isize>place * this.stride); }
  @inline private key(place: u32): u64 { return load<u64>(this.entry(place)); }
  @inline private flow(place: u32): Flow { return changetype<Flow>(<usize>load<u32>(this.entry(place), 8)); }

  @inline get first(): Flow { return this.flow(0); }
  @inline get firstKey(): u64 { return this.key(0); }

  add(flow: Flow, key: u64): void {
    this.put(this.count++, flow, key);
    this.siftUp(flow.place);
  }

  remove(flow: Flow): void {
    const hole = flow.place;
    const last = --this.count;
    if (hole == last) return;
    this.put(hole, this.flow(last), this.key(last));
    this.siftUp(hole);
    this.siftDown(hole);
  }

  /** Gives the first flow a later key. */
  delayFirst(key: u64): void {
    this.put(0, this.first, key);
    this.siftDown(0);
  }

  /** Gives a flow a key that is not later than its present one. */
  hasten(flow: Flow, key: u64): void {
    if (key >= this.key(flow.place)) return;
    this.put(flow.place, flow, key);
    this.siftUp(flow.place);
  }

  private put(place: u32, flow: Flow, key: u64): void {
    const entry = this.entry(place);
    store<u64>(entry, key);
    store<u32>(entry, changetype<u32>(flow), 8);
    flow.place = place;
  }

  private siftUp(start: u32): void {
    let place = start;
    const flow = this.flow(start);
    const key = this.key(start);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.key(parent) <= key) break;
      this.put(place, this.flow(parent), this.key(parent));
      place = parent;
    }
    this.put(place, flow, key);
  }

  private siftDown(start: u32): void {
    let place = start;
    const flow = this.flow(start);
    const key = this.key(start);
    for (;;) {
      let child = (place << 1) + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.key(child + 1) < this.key(child)) child++;
      if (this.key(child) >= key) break;
      this.put(place, this.flow(child), this.key(child));
      place = child;
    }
    this.put(place, flow, key);
  }
}
