import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { EXTRA_LENGTH_ANNO, kill, Packet } from "../kernel/packet";
import { allocate, kernel, release, yieldToHost } from "../kernel/state";
import { Stream } from "../kernel/stream";
import { Task } from "../kernel/task";
import { copyShort, RECORD_HEADER, SHORT } from "./pcapRecord";

const SECOND: i64 = 1_000_000_000;

/**
 * Writes packets to a capture file (pcap), and passes them on.
 *
 * A packet without a time gets the current one in the file. Files whose names end in `.gz`, `.bz2` or `.Z` are compressed. With a
 * pull input and no output it pulls by itself, as often as it is scheduled, and sleeps while nothing upstream has packets.
 *
 * When the file cannot be written, it says so and becomes inactive: packets still pass through.
 *
 * @input  0  packets to write
 * @output 0  the same packets
 * @note   Differs from Click: what is written reaches the file each time the host looks, not when a buffer of the C library is full.
 * @see FromDump, ToIPSummaryDump
 */
@element(
  "1/0-1",
  "a/a",
  "x/x",
  "FILENAME filename positional required: file to write; `-` = standard output",
  "SNAPLEN u32 positional: bytes of each packet to write, at most; 0 = all. Default 2000",
  "ENCAP word positional: what the packets start with: ETHER (the default), IP, PPP, FDDI, 802_11, SLL ..., or `#N` for link type N",
  "USE_ENCAP_FROM any: names of elements with an `encap` handler, such as FromDump, whose encapsulation to use; excludes ENCAP",
)
export class ToDump extends Element {
  /** Whether the length in the file includes the extra length annotation. */
  @arg("EXTRA_LENGTH bool") extraLength: bool = true;
  /** Whether each packet is in the file before the next one is handled. */
  @arg("UNBUFFERED bool") unbuffered: bool = false;
  /** Whether times are written in nanoseconds; else microseconds. */
  @arg("NANO bool") nano: bool = true;

  /** Packets written. */
  @handler("r") count: u64 = 0;

  /** Whether the file can be written. */
  active: bool = true;
  /** Packets that found no room, because the host did not come in time. */
  lost: u64 = 0;
  @constant snapLength: u32 = 2000;
  /** Where the records go. */
  @constant stream: Stream = changetype<Stream>(0);
  /** The second of the last packet, in nanoseconds since 1970 and as written. */
  private secondStart: i64 = 0;
  private second: u32 = 0;
  /** Room for a record's header. */
  @constant private scratch: usize = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = false;

  initialize(): void {
    this.scratch = allocate(RECORD_HEADER);
    this.taskUsed = (this.pullInputs & 1) != 0 && this.nOutputs == 0;
    if (this.taskUsed) this.task.reschedule();
  }

  route(p: Packet): i32 {
    if (this.active) this.writePacket(p);
    return 0;
  }

  runTask(): bool {
    if (!this.active) return false;
    if (this.stream.writable < kernel.bufferStride) {
      yieldToHost();
      this.task.reschedule();
      return false;
    }
    const p = this.fetch(0);
    if (p) {
      this.writePacket(p);
      kill(p);
    } else if (!this.signal.active) {
      return false;
    }
    this.task.reschedule();
    return p !== null;
  }

  @inline
  private writePacket(p: Packet): void {
    const stream = this.stream;
    const length = min(p.length, this.snapLength);
    const recordLength = RECORD_HEADER + length;
    if (recordLength > stream.writable) {
      this.lost++;
      yieldToHost();
      return;
    }
    const place = stream.produced & (stream.size - 1);
    const roundedLength = RECORD_HEADER + ((length + 63) & ~63);
    if (length <= SHORT && place + roundedLength <= stream.size && roundedLength <= stream.writable && p.data + SHORT <= p.bufferEnd) {
      const at = stream.buffer + place;
      this.writeHeader(at, p, length);
      copyShort(at + RECORD_HEADER, p.data, length);
      stream.produced += recordLength;
    } else {
      this.writeHeader(this.scratch, p, length);
      stream.write(this.scratch, RECORD_HEADER);
      stream.write(p.data, length);
    }
    this.count++;
    if (this.unbuffered || stream.readable > stream.size >> 2) yieldToHost();
  }

  @inline
  private writeHeader(at: usize, p: Packet, length: u32): void {
    let time = p.timestamp;
    if (time == 0) time = <i64>now();
    if (<u64>(time - this.secondStart) >= <u64>SECOND) this.startSecond(time);
    const fraction = <u32>(time - this.secondStart);
    store<u32>(at, this.second);
    store<u32>(at, this.nano ? fraction : fraction / 1000, 4);
    store<u32>(at, length, 8);
    store<u32>(at, p.length + (this.extraLength ? p.anno32(EXTRA_LENGTH_ANNO) : 0), 12);
  }

  /** A division only where the second changes. */
  private startSecond(time: i64): void {
    let second = time / SECOND;
    if (second * SECOND > time) second--;
    this.second = <u32>second;
    this.secondStart = second * SECOND;
  }

  /** Sets the count to zero. */
  @write("reset_counts", "", "b")
  resetCounts(): void {
    this.count = 0;
  }

  takeState(old: ToDump): void {
    this.count = old.count;
  }

  cleanup(): void {
    if (this.scratch) release(this.scratch, RECORD_HEADER);
  }
}
