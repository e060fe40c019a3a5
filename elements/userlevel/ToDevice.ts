import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { clone, kill, Packet } from "../kernel/packet";
import { Ring, makeRing, releaseRing } from "../kernel/ring";
import { yieldToHost } from "../kernel/state";
import { Task } from "../kernel/task";
import { Text } from "../kernel/text";

/** The host should come while there still is room for what elements upstream make of one packet: copies, fragments. */
const ROOM_FOR_MORE: i32 = 8;

/**
 * Sends packets to a device of the host.
 *
 * What the device is, the host decides by its name, as for FromDevice. Packets leave in a ring in the guest's memory, without a copy. With a pull
 * input it pulls as often as it is scheduled, while the ring has room and something upstream has packets. With a push input, packets that find the
 * ring full are not sent.
 *
 * @input  0  packets with their link header
 * @output 0  copies of the packets that were sent, if it is connected
 * @output 1  packets that were not sent; dropped where nothing is connected
 * @note   Differs from Click: the input may be a push input, as in ClickOS. DEVNAME may be the number of an interface; `0` when it is not
 *   given. DEVID is another word for it.
 * @note   Differs from Click: DEBUG has no effect, and METHOD is left to the host's device.
 * @see FromDevice, ToDump
 */
@element(
  "1/0-2",
  "a/h",
  "x/x",
  "DEVNAME string positional: name or number of the device",
  "DEVID u32: number of the device",
  "METHOD word: LINUX or PCAP",
  "BURST i32: packets to pull each time it is scheduled, at most. Default 1",
)
export class ToDevice extends Element {
  /** Accepted, without effect. */
  @arg("DEBUG bool") @handler("rwc") debug: bool = false;

  /** Packets sent. */
  @handler("r") count: u64 = 0;
  /** Packets that a push input brought while the ring was full. */
  @handler("r") drops: u64 = 0;
  /** Attempts to pull. */
  @handler("r") pulls: u32 = 0;

  @constant burst: u32 = 1;
  /** Where packets leave; made by the host. */
  @constant ring: Ring = changetype<Ring>(0);
  /** A packet that was pulled and found the ring full; 0 = none. The task wakes when there is room. */
  waiting: usize = 0;

  @listens("input 0") upstream: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = true;

  /** Makes a ring. @returns its address, which the host stores: nothing else does, so that it is constant to linked code */
  @method
  attach(slots: u32): usize {
    return makeRing(slots, this.task, false).address;
  }

  initialize(): void {
    this.taskUsed = (this.pullInputs & 1) != 0;
    if (this.taskUsed) this.task.reschedule();
  }

  push(port: i32, p: Packet): void {
    if (this.send(p)) return;
    this.drops++;
    this.emit(1, p);
  }

  runTask(): bool {
    let sent: u32 = 0;
    let p = changetype<Packet | null>(this.waiting);
    this.waiting = 0;
    this.ring.roomWanted = false;
    do {
      if (!p) {
        this.pulls++;
        p = this.fetch(0);
        if (!p) break;
      }
      if (!this.send(p)) {
        this.waiting = changetype<usize>(p);
        this.ring.roomWanted = true;
        yieldToHost();
        return sent != 0;
      }
      p = null;
      sent++;
    } while (sent < this.burst);
    if (this.upstream.active) this.task.reschedule();
    return sent != 0;
  }

  /** @returns false when the ring is full: the packet stays the caller's */
  @inline
  private send(p: Packet): bool {
    const copy = this.nOutputs > 0 && this.ring.hasRoom ? clone(p) : null;
    const room = this.ring.put(p);
    if (room < 0) {
      yieldToHost();
      return false;
    }
    this.count++;
    if (room < ROOM_FOR_MORE) yieldToHost();
    if (copy) this.emit(0, copy);
    return true;
  }

  /** Whether something upstream has packets. */
  @read("signal")
  readSignal(out: Text): void {
    out.put(this.upstream.active ? "true" : "false");
  }

  /** Whether a packet waits for room. */
  @read("q")
  readWaiting(out: Text): void {
    out.put(this.waiting ? "true" : "false");
  }

  takeState(old: ToDevice): void {
    this.count = old.count;
  }

  /** Packets in the ring, and the one that waits. */
  packetsHeld(): u32 {
    return this.ring.slots + 1;
  }

  cleanup(): void {
    if (this.waiting) kill(changetype<Packet>(this.waiting));
    this.waiting = 0;
    if (changetype<usize>(this.ring)) releaseRing(this.ring);
  }
}
