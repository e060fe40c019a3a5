import { Bytes } from "../kernel/bytes";
import { callHandler } from "../kernel/calls";
import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Notifier } from "../kernel/notifier";
import { DATA_ALIGNMENT, EXTRA_LENGTH_ANNO, kill, makePacket, maximumLength, Packet } from "../kernel/packet";
import { random31 } from "../kernel/random";
import { allocate, kernel, release, stopDriver, yieldToHost } from "../kernel/state";
import { Stream } from "../kernel/stream";
import { Task } from "../kernel/task";
import { consoleText } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { forceIp } from "./forceIp";
import { captureTime, copyShort, MICROSECOND_FRACTION, NANOSECOND_FRACTION, RECORD_HEADER, SHORT } from "./pcapRecord";
import { mayGoOn } from "./turns";

/** Longest capture of a packet that a file may state: Click's bound. */
const MAXIMUM_CAPTURE: u32 = 65535;
/** Probabilities have 28 bits of fraction, as in Click. */
const CERTAIN: u32 = 1 << 28;
/** Records passed over in one run of the task, at most: Click's figure. */
const MAXIMUM_TRIES: i32 = 16;
/** Packets emitted in one run of the task while no other task waits: then nobody can tell it from one packet a run, as in Click. */
const BURST: i32 = 32;
/** A waiting task runs again this long before the packet's time, and polls from there: Click's figure. Simulated time needs none. */
const TIMER_LEAD: u64 = 500_000;

/** What `next` found, when it is not the address of a packet. */
const SKIPPED: usize = 0;
const ENDED: usize = 1;
/** Not yet: the host has to bring data, or make a handler call; or the packet's time has not come. */
const DRY: usize = 2;
const CALLING: usize = 3;
const EARLY: usize = 4;
const LAST_CODE: usize = 4;

/** What to do at the end: nothing, stop the driver, become inactive, or call a handler. */
const END_STOP: u32 = 1;
const END_INACTIVE: u32 = 2;
const END_CALL: u32 = 3;
/** See DATA_ALIGNMENT. */
const ALIGNMENT: u32 = <u32>DATA_ALIGNMENT;

/**
 * Reads packets from a capture file (pcap), and emits them in order.
 *
 * Reads files of either byte order, with times in micro- or nanoseconds, and the modified format that some old Linux versions
 * wrote. Files compressed by gzip, compress or bzip2 are decompressed by `zcat` or `bzcat`. A packet gets its time, its MAC header (the
 * start of the data), and an extra length annotation for the bytes that the capture left out.
 *
 * A record cut short by the end of the file ends the input without a word; a record that states an impossible length ends it with a
 * message.
 *
 * @output 0  the packets; with FORCE_IP only those with a sound IP header, IP header and destination address annotation set
 * @output 1  with FORCE_IP, all others; dropped where nothing is connected
 * @note   Differs from Click: a negative FILEPOS, and lengths of 2 GiB and more in a record, are reported as faults.
 * @note   Differs from Click: packets that are longer than a packet buffer are cut, with a message. Buffers are sized by the packets in
 *   the file, or by its snapshot length when the file is too large to look through, or not a regular file.
 * @note   Differs from Click: writing `filepos` always goes to that place; Click, when it has the place in its buffer, may go elsewhere.
 * @note   Differs from Click: a handler that END_CALL names is called after the task that found the end.
 * @see ToDump, FromIPSummaryDump
 */
@element(
  "0/1-2",
  "a/ah",
  "x/x",
  "FILENAME filename positional required: file to read; `-` = standard input",
  "STOP bool: whether to stop the driver at the end",
  "START timestamp: pass over packets before this time",
  "START_AFTER timestamp: pass over so many seconds from the first packet on; excludes START",
  "END timestamp: end at the first packet of this time or later",
  "END_AFTER timestamp: end so many seconds after the first packet; excludes END",
  "INTERVAL timestamp: end so many seconds after START; excludes END and END_AFTER",
  "END_CALL any: `HANDLER [VALUE]`: write handler to call at the end; excludes STOP",
  "FILEPOS i64: place in the file of the first record to read",
  "MMAP bool: accepted, without effect",
)
export class FromDump extends Element {
  /** Whether packets leave at the pace of their times. */
  @arg("TIMING bool positional") timing: bool = false;
  /** Whether to read packets. */
  @arg @handler("rc") active: bool = true;
  /** Probability with which a packet is taken. */
  @arg("SAMPLE fixed(28)") @handler("r", "sampling_prob", "fixed(28)") samplingProbability: u32 = CERTAIN;
  /** Whether to emit only IP packets. Always so for raw IP captures. */
  @arg("FORCE_IP bool") forceIp: bool = false;

  /** Packets emitted on output 0. */
  @handler("r") count: u64 = 0;
  /** Place in the file of the record read last. */
  @handler("r", "packet_filepos") recordPosition: i64 = 0;
  /** Place in the file behind what was read. */
  @handler("r", "filepos") position: i64 = 0;

  /** The file, from where the host half began to read it. */
  @constant stream: Stream = changetype<Stream>(0);
  /** Where the host is to go on, after the old element of this name; -1 = where it is. */
  resumeAt: i64 = -1;
  /** Below so many bytes the host is asked for more. */
  @constant lowWater: u32 = 0;
  /** Bytes come when they come (a terminal, another program): the host wakes this element. */
  @constant live: bool = false;
  /** What the file's header says. */
  @constant swapped: bool = false;
  @constant nanoseconds: bool = false;
  @constant extraHeader: u32 = 0;
  @constant minorVersion: u32 = 4;
  @constant linkType: u32 = 0;
  /** File name, for messages. */
  @constant fileName: Bytes = changetype<Bytes>(0);

  /** One of the END_ constants, and the call for END_CALL. */
  @constant endAction: u32 = 0;
  @constant endCall: u32 = 0;
  /** Length of the record that reached the end time, while the handler call for it is under way; 0 = none is. */
  private endingLength: u32 = 0;

  /** The times to keep to, and whether each is to be understood relative to the first packet, the last one also to the first time. */
  hasFirstTime: bool = false;
  firstTime: i64 = 0;
  firstRelative: bool = false;
  hasLastTime: bool = false;
  lastTime: i64 = 0;
  lastRelative: bool = false;
  lastAfterFirst: bool = false;
  private timesKnown: bool = false;
  /** Clock minus packet time. */
  private timingOffset: i64 = 0;

  /** A packet whose time has not come; 0 = none. */
  private pending: usize = 0;
  /** Packets that were cut because no buffer holds them. */
  private cut: u64 = 0;
  /** Room for a record's header that lies across the end of the ring. */
  @constant private scratch: usize = 0;

  @notifies("output 0") notifier: Notifier = new Notifier();
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = true;
  timer: Timer = new Timer(this);

  initialize(): void {
    this.scratch = allocate(RECORD_HEADER);
    this.taskUsed = (this.pullOutputs & 1) == 0;
    if (this.taskUsed && this.active) this.task.reschedule();
  }

  runTask(): bool {
    if (!this.active) return false;
    let emitted = 0;
    let tries = 0;
    do {
      this.task.unschedule(); // as it is when a run begins
      const found = this.next();
      if (found > LAST_CODE) {
        this.task.reschedule();
        this.count++;
        this.emit(0, changetype<Packet>(found));
        emitted++;
      } else if (found != SKIPPED) {
        this.pause(found);
        break;
      } else {
        this.task.reschedule();
        if (++tries == MAXIMUM_TRIES) break;
      }
    } while (emitted == 0 || (emitted < BURST && mayGoOn(this.task)));
    return emitted != 0;
  }

  /** No packet now. */
  private pause(reason: usize): void {
    if (reason == ENDED) this.end();
    else if (reason == CALLING || (reason == DRY && !this.live)) this.task.reschedule();
  }

  pull(port: i32): Packet | null {
    if (!this.active) {
      this.notifier.sleep();
      return null;
    }
    const found = this.next();
    if (found > LAST_CODE) {
      this.notifier.wake();
      this.count++;
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

  /** The next packet to emit on output 0, or why there is none now. */
  @inline
  private next(): usize {
    let found = this.pending;
    if (found == 0) {
      found = this.readRecord();
      if (found <= LAST_CODE) return found;
    }
    if (this.timing) {
      this.pending = found;
      if (!this.isDue(changetype<Packet>(found))) return EARLY;
      this.pending = 0;
    }
    if (this.forceIp && !forceIp(changetype<Packet>(found), this.linkType)) {
      this.emit(1, changetype<Packet>(found));
      return SKIPPED;
    }
    return found;
  }

  /** Reads one record. @returns a packet, or SKIPPED, ENDED, DRY, CALLING */
  private readRecord(): usize {
    const stream = this.stream;
    const available = stream.readable;
    this.recordPosition = this.position;
    if (available < RECORD_HEADER) return this.starve();

    const place = stream.consumed & (stream.size - 1);
    let header = stream.buffer + place;
    if (place + RECORD_HEADER > stream.size) {
      header = this.scratch;
      stream.peek(header, RECORD_HEADER);
    }
    let captured = this.word(header + 8);
    let length = this.word(header + 12);
    // Files of versions up to 2.3 may have the two lengths the other way round.
    if (this.minorVersion < 3 || (this.minorVersion == 3 && captured > length)) {
      const other = captured;
      captured = length;
      length = other;
    }
    if (captured > MAXIMUM_CAPTURE || length > <u32>i32.MAX_VALUE) return this.giveUp();
    const recordLength = RECORD_HEADER + this.extraHeader + captured;
    if (available < recordLength && !stream.closed) return this.starve();

    const time = captureTime(
      this.word(header),
      this.word(header + 4),
      this.nanoseconds ? NANOSECOND_FRACTION : MICROSECOND_FRACTION,
    );
    if (!this.timesKnown || this.hasFirstTime || this.hasLastTime) {
      if (!this.timesKnown) this.learnTimes(time);
      const verdict = this.checkTimes(time, recordLength);
      if (verdict <= LAST_CODE) return verdict;
    }
    if (this.samplingProbability < CERTAIN && (random31() & (CERTAIN - 1)) >= this.samplingProbability) {
      return this.skip(recordLength);
    }
    return this.makeRecord(time, captured, length, available);
  }

  /** Makes the packet of the record at hand, and moves past it. */
  @inline
  private makeRecord(time: i64, captured: u32, length: u32, available: u32): usize {
    const stream = this.stream;
    const headerLength = RECORD_HEADER + this.extraHeader;
    // A captured length above the real one is a known fault of tcptrace; the surplus is padding.
    const present = min(captured, length);
    if (available < headerLength + present) return this.endTruncated();
    const kept = min(present, maximumLength());
    if (kept != present) this.reportCut(present, kept);

    const p = makePacket(kept);
    if (!p) return this.skip(headerLength + captured);
    stream.consumed += headerLength;
    const place = stream.consumed & (stream.size - 1);
    if (kept <= SHORT - ALIGNMENT && place + SHORT <= stream.size) {
      // From boundary to boundary, as sources do (elements/standard/template.ts).
      copyShort(p.data - ALIGNMENT, stream.buffer + place - ALIGNMENT, kept + ALIGNMENT);
    }
    else stream.peek(p.data, kept);
    p.macHeader = p.data;
    p.timestamp = time;
    p.setAnno32(EXTRA_LENGTH_ANNO, length - kept);

    const left = min(captured, available - headerLength);
    stream.consumed += left;
    this.position += headerLength + captured;
    if (available - headerLength - left < this.lowWater && !stream.closed) yieldToHost();
    return changetype<usize>(p);
  }

  /** A 32-bit number of the file. */
  @inline
  private word(at: usize): u32 {
    const value = load<u32>(at);
    return this.swapped ? bswap(value) : value;
  }

  /** Moves past a record of `length` bytes, of which the file may lack the last ones. */
  private skip(length: u32): usize {
    const stream = this.stream;
    stream.consumed += min(length, stream.readable);
    this.position += length;
    if (stream.readable < this.lowWater && !stream.closed) yieldToHost();
    return SKIPPED;
  }

  /** There is no whole record. */
  private starve(): usize {
    if (this.stream.closed) return this.endTruncated();
    yieldToHost();
    return DRY;
  }

  /** The file ends here, within a record or not. */
  private endTruncated(): usize {
    this.position += this.stream.readable;
    this.stream.consumed = this.stream.produced;
    return ENDED;
  }

  private giveUp(): usize {
    this.skip(RECORD_HEADER);
    consoleText().bytes(this.fileName.start, this.fileName.length).put(": bad packet header; giving up").newline().toConsole();
    return ENDED;
  }

  /** Says once that packets are cut. */
  private reportCut(present: u32, kept: u32): void {
    if (this.cut++) return;
    const text = consoleText().bytes(this.fileName.start, this.fileName.length);
    text.put(": packet of ").unsigned(present).put(" bytes cut to ").unsigned(kept).put(", the size of a buffer").newline().toConsole();
  }

  /** Fixes the times that are relative to the first packet. */
  private learnTimes(time: i64): void {
    if (this.firstRelative) this.firstTime += time;
    if (this.lastRelative) this.lastTime += time;
    else if (this.lastAfterFirst) this.lastTime += this.firstTime;
    if (this.timing) this.timingOffset = <i64>now() - time;
    this.timesKnown = true;
  }

  /** @returns SKIPPED, ENDED or CALLING, or something else when the record is to be read */
  private checkTimes(time: i64, recordLength: u32): usize {
    this.endingLength = 0;
    if (this.hasFirstTime) {
      if (time < this.firstTime) return this.skip(recordLength);
      this.hasFirstTime = false;
    }
    if (!this.hasLastTime || time < this.lastTime) return LAST_CODE + 1;
    this.hasLastTime = false;
    this.end();
    if (this.endAction == END_CALL) {
      this.endingLength = recordLength;
      return CALLING;
    }
    if (this.active) return LAST_CODE + 1;
    this.skip(recordLength);
    return ENDED;
  }

  private end(): void {
    if (this.endAction == END_CALL) {
      callHandler(this.endCall);
      return;
    }
    if (this.endAction != 0) this.active = false;
    if (this.endAction == END_STOP) stopDriver();
  }

  /** Whether it is time for `p` to leave; if not, sees to it that this is asked again in time. */
  private isDue(p: Packet): bool {
    const time = now();
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
    if (active || this.endingLength == 0) this.resume();
    else this.endAtRecord();
  }

  /** The handler that END_CALL names made an end of it: the record that came too late is gone, and the end is told once more, as in Click. */
  private endAtRecord(): void {
    this.skip(this.endingLength);
    this.endingLength = 0;
    this.end();
  }

  /** Becomes inactive, and stops the driver. */
  @write("stop", "", "b")
  stop(): void {
    this.setActive(false);
    stopDriver();
  }

  /** Moves the end time, and goes on. */
  @write("extend_interval", "timestamp(signed)", "", "'extend_interval' takes a time interval")
  extendInterval(interval: i64): void {
    this.lastTime += interval;
    if (this.endAction == 0) return;
    this.hasLastTime = true;
    this.setActive(true);
  }

  /** Sets the count to zero. */
  @write("reset_counts", "", "b")
  resetCounts(): void {
    this.count = 0;
  }

  /** Starts the pace of TIMING anew with the next packet. */
  @write("reset_timing", "", "b")
  resetTiming(): void {
    this.firstRelative = false;
    this.lastRelative = false;
    this.lastAfterFirst = false;
    this.timesKnown = false;
  }

  /** Forgets what is in the stream: the host goes on at another place of the file. */
  @method
  moveTo(position: i64): void {
    this.stream.consumed = this.stream.produced;
    this.stream.closed = false;
    this.position = position;
  }

  /** Goes on in the file where the old one was, when it is the same. The host brings the bytes from there. */
  takeState(old: FromDump): void {
    this.count = old.count;
    const length = this.fileName.length;
    if (length != old.fileName.length || memory.compare(this.fileName.start, old.fileName.start, length) != 0) return;
    this.resumeAt = old.position;
    this.pending = old.pending;
    old.pending = 0;
    this.timingOffset = old.timingOffset;
  }

  packetsHeld(): u32 {
    return 1;
  }

  cleanup(): void {
    if (this.pending) kill(changetype<Packet>(this.pending));
    this.pending = 0;
    if (this.scratch) release(this.scratch, RECORD_HEADER);
  }
}
