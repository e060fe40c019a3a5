import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Notifier } from "../kernel/notifier";
import { kill, Packet } from "../kernel/packet";
import { fitsBuffer, nextRecord, PacketRecord, RECORD_HEADER, takePacket, TEXT_RECORD } from "../kernel/packetRecords";
import { random31 } from "../kernel/random";
import { kernel, stopDriver, yieldToHost } from "../kernel/state";
import { Stream } from "../kernel/stream";
import { Task } from "../kernel/task";
import { consoleText, Text } from "../kernel/text";
import { Timer } from "../kernel/timer";

/** Probabilities have 28 bits of fraction, as in Click. */
const CERTAIN: u32 = 1 << 28;
/** A waiting task runs again this long before the packet's time, and polls from there: Click's figure. Simulated time needs none. */
const TIMER_LEAD: u64 = 500_000;

/** What `next` found, when it is not the address of a packet. */
const ENDED: usize = 0;
/** Not yet: the host has to bring records, or a buffer must come free; or the packet's time has not come. */
const DRY: usize = 1;
const EARLY: usize = 2;
const LAST_CODE: usize = 2;

/**
 * Makes packets from the lines of an IP summary dump.
 *
 * A dump is a text file with a line for each packet, or binary records with `!binary`; lines that start with `!` say what the columns are
 * (`!data FIELD...`) and set what lines do not give (`!flowid`, `!proto`, `!aggregate`); `#` starts a comment. ToIPSummaryDump writes such
 * files, and lists the fields. What neither line nor header gives is zero, so that any packet is as complete as its fields make it. Files
 * compressed by gzip, compress or bzip2 are decompressed by `zcat` or `bzcat`.
 *
 * Packets have their IP and transport headers and the destination address annotation set. Bytes that the packet ought to have but the line
 * does not give are counted in the extra length annotation, except with CHECKSUM.
 *
 * A line that makes no sense is reported once for the file, and skipped.
 *
 * @output 0  the packets, pushed as fast as the element is scheduled, or pulled
 * @note   Differs from Click: `!flowid` and `!aggregate` count; Click reads them and gives all packets zeros.
 * @note   Differs from Click: FLOWID takes `SOURCE PORT DESTINATION PORT`; Click passes over its first word.
 * @note   Differs from Click: packets are always zeroed, whatever ZERO says.
 * @note   Differs from Click: a dump from a pipe or terminal does not stop the driver while it waits. What its first line lacks is told when it comes.
 * @see ToIPSummaryDump, FromDump
 */
@reads(
  "FILENAME STOP ACTIVE ZERO TIMING CHECKSUM SAMPLE PROTO MULTIPACKET DEFAULT_CONTENTS DEFAULT_FIELDS DEFAULT_FLOWID CONTENTS FIELDS FLOWID ALLOW_NONEXISTENT DATA",
)
@element(
  "0/1",
  "a/a",
  "x/x",
  "FILENAME filename positional: file to read; `-` = standard input",
  "ZERO bool: accepted, without effect",
  "CHECKSUM bool: whether to make packets as long as their IP headers say, and set IP, TCP, UDP and ICMP checksums",
  "PROTO u8: IP protocol of lines that do not give one; default 6, TCP",
  "MULTIPACKET bool: whether a line with a packet count becomes that many packets",
  "DEFAULT_CONTENTS any: another name of FIELDS",
  "DEFAULT_FIELDS any: another name of FIELDS",
  "CONTENTS any: another name of FIELDS",
  "FIELDS any: columns of a dump without `!data`, separated by spaces",
  "DEFAULT_FLOWID any: another name of FLOWID",
  "FLOWID any: `SOURCE PORT DESTINATION PORT [PROTOCOL]` of a dump without `!flowid`",
  "ALLOW_NONEXISTENT bool: whether a missing or empty file is like one without packets, not a fault",
  "DATA string: the dump itself, instead of FILENAME",
)
export class FromIPSummaryDump extends Element {
  /** Whether to stop the driver at the end. */
  @arg stop: bool = false;
  /** Whether to emit packets. */
  @arg @handler("rc") active: bool = true;
  /** Whether packets leave at the pace of their times. */
  @arg timing: bool = false;
  /** Probability with which a packet is taken. */
  @arg("SAMPLE fixed(28)") @handler("r", "sampling_prob", "fixed(28)") samplingProbability: u32 = CERTAIN;

  /** Place in the file behind what was read. */
  @handler("r", "filepos") position: u64 = 0;

  /** Records of packets and messages. */
  @constant stream: Stream = changetype<Stream>(0);
  /** Below so many bytes the host is asked for more. */
  @constant lowWater: u32 = 0;
  /** Records come when they come (a terminal, another program): the host wakes this element. */
  @constant live: bool = false;

  /** A packet whose time has not come; 0 = none. */
  private pending: usize = 0;
  /** Clock minus packet time, known from the first packet on. */
  private timingOffset: i64 = 0;
  private timingKnown: bool = false;
  /** Packets that no buffer holds. */
  private tooLong: u32 = 0;

  @notifies("output 0") notifier: Notifier = new Notifier();
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = true;
  timer: Timer = new Timer(this);

  initialize(): void {
    this.taskUsed = (this.pullOutputs & 1) == 0;
    if (this.taskUsed && this.active) this.task.reschedule();
  }

  runTask(): bool {
    if (!this.active) return false;
    const found = this.next();
    if (found > LAST_CODE) {
      this.emit(0, changetype<Packet>(found));
      this.task.reschedule();
      return true;
    }
    if (found == ENDED) this.end();
    else if (found == DRY && !this.live) this.task.reschedule();
    return false;
  }

  pull(port: i32): Packet | null {
    if (!this.active) return null;
    const found = this.next();
    if (found > LAST_CODE) {
      this.notifier.wake();
      return changetype<Packet>(found);
    }
    if (found == ENDED) {
      this.notifier.sleep();
      this.end();
    } else if (found == DRY && this.live) {
      this.notifier.sleep();
    }
    return null;
  }

  onTimer(timer: Timer): void {
    this.resume();
  }

  /** Goes on, if active: there is something to do again. */
  @method
  resume(): void {
    if (!this.active) return;
    if (this.taskUsed) this.task.reschedule();
    else this.notifier.wake();
  }

  /** The next packet, or why there is none now. */
  @inline
  private next(): usize {
    while (true) {
      const found = this.pending ? this.pending : this.read();
      if (found <= LAST_CODE) return found;
      const p = changetype<Packet>(found);
      if (this.timing) {
        this.pending = found;
        if (!this.isDue(p)) return EARLY;
        this.pending = 0;
      }
      if (this.samplingProbability >= CERTAIN || (random31() & (CERTAIN - 1)) < this.samplingProbability) return found;
      kill(p);
    }
  }

  /** Reads records up to a packet, and prints the messages between. @returns the packet, ENDED or DRY */
  private read(): usize {
    const stream = this.stream;
    while (true) {
      const record = nextRecord(stream);
      if (!record) {
        if (stream.closed) return ENDED;
        yieldToHost();
        return DRY;
      }
      this.position = record.position ? record.position : this.position;
      if (record.kind == TEXT_RECORD) this.print(record);
      else if (!fitsBuffer(record)) this.passOver(record);
      else break;
    }
    const p = takePacket(stream, changetype<PacketRecord>(nextRecord(stream)));
    if (stream.readable < this.lowWater && !stream.closed) yieldToHost();
    return p ? changetype<usize>(p) : DRY;
  }

  private print(record: PacketRecord): void {
    const text = consoleText();
    this.stream.skip(RECORD_HEADER);
    for (let left = record.dataLength; left > 0; ) {
      const n = min<u32>(left, sizeof<u64>());
      this.stream.peek(window, n);
      text.bytes(window, n);
      this.stream.skip(n);
      left -= n;
    }
    text.toConsole();
  }

  private passOver(record: PacketRecord): void {
    this.stream.skip(record.length);
    if (this.tooLong++) return;
    consoleText().put("FromIPSummaryDump: packet of ").unsigned(record.dataLength).put(" bytes dropped: longer than a buffer").newline().toConsole();
  }

  private end(): void {
    if (this.stop) stopDriver();
  }

  /** Whether it is time for `p` to leave; if not, sees to it that this is asked again in time. */
  private isDue(p: Packet): bool {
    const time = now();
    if (!this.timingKnown) {
      this.timingOffset = <i64>time - p.timestamp;
      this.timingKnown = true;
    }
    const due = <u64>(p.timestamp + this.timingOffset);
    if (time >= due) return true;
    const wake = kernel.simulated ? due : due - TIMER_LEAD;
    if (time < wake) {
      this.timer.scheduleAt(wake);
      if (!this.taskUsed) this.notifier.sleep();
    } else {
      if (this.taskUsed) this.task.reschedule();
      yieldToHost(); // the clock stands still until then
    }
    return false;
  }

  @write("active", "bool", "c", "type mismatch")
  setActive(active: bool): void {
    this.active = active;
    if (!this.taskUsed) this.notifier.setActive(active);
    else if (active) this.task.reschedule();
  }

  /** Becomes inactive, and stops the driver. */
  @write("stop", "", "b")
  stopNow(): void {
    this.active = false;
    stopDriver();
  }

  packetsHeld(): u32 {
    return 1;
  }

  cleanup(): void {
    if (this.pending) kill(changetype<Packet>(this.pending));
    this.pending = 0;
  }
}

const window: usize = memory.data(sizeof<u64>(), 8);
