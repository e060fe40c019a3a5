import { Element } from "../kernel/element";
import { Notifier, signalAt } from "../kernel/notifier";
import { kill, Packet } from "../kernel/packet";
import { allocate, release, stopDriver } from "../kernel/state";

/** A packet that waits, and the input that it came from. */
@unmanaged
class Waiting {
  packet: usize;
  input: i32;
}

/**
 * Pulls from its inputs so that packets come out in the order of their timestamps.
 *
 * It keeps up to BUFFER packets of each input, and always sends the earliest of all. The order is perfect when each input's packets are in
 * order, or not further out of it than BUFFER packets. An input that has none now is not waited for.
 *
 * @input  any  packets with timestamps, pulled
 * @output 0    the same packets, pulled
 * @see RoundRobinSched, FromDump, FromIPSummaryDump
 */
@element("-/1", "l/l")
export class TimeSortedSched extends Element {
  /** Whether to stop the driver when all inputs have run dry. */
  @arg stop: bool = false;
  /** Packets of each input that are kept to find the earliest. */
  @arg buffer: i32 = 1;

  /** Whether packets came out in order so far. */
  @handler("rc") wellOrdered: bool = true;

  @notifies("output", "wake") notifier: Notifier = new Notifier();
  @listens("input") signals: usize = 0;

  /** A heap of the packets that wait, the earliest first; entries in use. */
  @constant private waiting: usize = 0;
  private count: i32 = 0;
  /** Of each input, how many more packets may wait. */
  @constant private room: usize = 0;
  /** The inputs with room, in the order in which they got it, which is the opposite of the order in which they are asked. */
  @constant private ready: usize = 0;
  private readyCount: i32 = 0;
  private lastTime: i64 = 0;

  initialize(): void {
    const n = this.nInputs;
    this.waiting = allocate(<usize>n * this.buffer * offsetof<Waiting>());
    this.room = allocate(<usize>n << 2);
    this.ready = allocate(<usize>n << 2);
    for (let input = 0; input < n; input++) {
      store<i32>(this.room + (<usize>input << 2), this.buffer);
      store<i32>(this.ready + (<usize>input << 2), input);
    }
    this.readyCount = n;
  }

  pull(port: i32): Packet | null {
    const isActive = this.fill();
    this.notifier.setActive(this.count > 0 || isActive);
    if (this.count == 0) {
      if (this.stop && !isActive) stopDriver();
      return null;
    }
    const first = this.at(0);
    const p = changetype<Packet>(first.packet);
    this.noteTime(p.timestamp);
    this.giveRoom(first.input);
    this.removeFirst();
    return p;
  }

  /** Takes what packets there are while there is room. @returns whether any input that was asked may have more */
  private fill(): bool {
    let isActive = false;
    for (let place = this.readyCount - 1; place >= 0; place--) {
      const input = load<i32>(this.ready + (<usize>place << 2));
      if (!signalAt(this.signals, input).active) continue;
      isActive = true;
      const room = this.room + (<usize>input << 2);
      while (load<i32>(room) > 0) {
        const p = this.fetch(input);
        if (!p) break;
        this.add(p, input);
        store<i32>(room, load<i32>(room) - 1);
      }
      if (load<i32>(room) == 0) {
        this.readyCount--;
        store<i32>(this.ready + (<usize>place << 2), load<i32>(this.ready + (<usize>this.readyCount << 2)));
      }
    }
    return isActive;
  }

  private giveRoom(input: i32): void {
    const room = this.room + (<usize>input << 2);
    const left = load<i32>(room);
    store<i32>(room, left + 1);
    if (left > 0) return;
    store<i32>(this.ready + (<usize>this.readyCount << 2), input);
    this.readyCount++;
  }

  private noteTime(time: i64): void {
    if (time == 0) return;
    if (this.lastTime != 0 && time < this.lastTime) this.wellOrdered = false;
    this.lastTime = time;
  }

  @inline
  private at(place: i32): Waiting {
    return changetype<Waiting>(this.waiting + <usize>place * offsetof<Waiting>());
  }

  @inline
  private timeAt(place: i32): i64 {
    return changetype<Packet>(this.at(place).packet).timestamp;
  }

  private add(p: Packet, input: i32): void {
    let place = this.count++;
    const entry = this.at(place);
    entry.packet = changetype<usize>(p);
    entry.input = input;
    while (place > 0 && this.timeAt(place) < this.timeAt((place - 1) >> 1)) {
      this.swap(place, (place - 1) >> 1);
      place = (place - 1) >> 1;
    }
  }

  private removeFirst(): void {
    const n = --this.count;
    if (n == 0) return;
    this.swap(0, n);
    let place = 0;
    for (;;) {
      let earliest = place;
      const child = (place << 1) + 1;
      if (child < n && this.timeAt(child) < this.timeAt(earliest)) earliest = child;
      if (child + 1 < n && this.timeAt(child + 1) < this.timeAt(earliest)) earliest = child + 1;
      if (earliest == place) return;
      this.swap(place, earliest);
      place = earliest;
    }
  }

  private swap(a: i32, b: i32): void {
    const one = this.at(a);
    const other = this.at(b);
    const packet = one.packet;
    const input = one.input;
    one.packet = other.packet;
    one.input = other.input;
    other.packet = packet;
    other.input = input;
  }

  packetsHeld(): u32 {
    return <u32>this.nInputs * this.buffer;
  }

  cleanup(): void {
    if (this.waiting == 0) return;
    for (let place = 0; place < this.count; place++) kill(changetype<Packet>(this.at(place).packet));
    this.count = 0;
    release(this.waiting, <usize>this.nInputs * this.buffer * offsetof<Waiting>());
    release(this.room, <usize>this.nInputs << 2);
    release(this.ready, <usize>this.nInputs << 2);
    this.waiting = 0;
  }
}
