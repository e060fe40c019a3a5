/**
 * Observation of packets inside a router: a trace follows packets from element to element to their end, a capture copies what leaves an output port.
 * Both write records into streams that the host reads between slices (src/router/observe.ts). A record that finds no room is counted; nothing waits for one.
 *
 * Emissions are noted by observedPorts.ts. The pool tells of packets that are killed or cloned, where `kernel.trace` is not zero, which linked code takes
 * for granted: only dynamic dispatch can be observed.
 */
import { matchFrame } from "../net/matchFrame";
import { Element } from "./element";
import { Packet } from "./packet";
import { allocate, kernel, KernelState, release, yieldToHost } from "./state";
import { makeStream, releaseStream, Stream } from "./stream";

/** What happened to a packet. */
const EMITTED: u32 = 0;
const DROPPED: u32 = 1;
const KEPT: u32 = 2;
const CONSUMED: u32 = 3;

/** Bytes of a packet in a record of a trace: the headers that its summary is made of. */
const TRACED_BYTES: u32 = 128;
/** Bytes: records of two thousand short packets, or of some 150 long ones. */
const STREAM_SIZE: u32 = 1 << 18;
/** Number of a packet that no trace follows. */
const IGNORED: u32 = 0;
/** Network offset of a packet without a network header. */
const NO_HEADER: i32 = i32.MIN_VALUE;

/** What stands in front of a packet's bytes. Little-endian, as all of guest memory; the host's end is src/machine/observedPackets.ts. */
@unmanaged
class ObservedPacket {
  /** Bytes of the whole record, this header included. */
  length: u32;
  /** Number of the packet in its trace, from 1; 0 in captures. */
  number: u32;
  /** Nanoseconds since 1970. */
  time: u64;
  element: usize;
  /** Output port, for EMITTED. */
  port: i32;
  event: u32;
  packetLength: u32;
  /** Offset of the network header from the start of the data, or NO_HEADER. */
  networkOffset: i32;
  private reserved: u32;
}

const HEADER: u32 = offsetof<ObservedPacket>();
const record: ObservedPacket = changetype<ObservedPacket>(memory.data(offsetof<ObservedPacket>(), 8));

/** What traces and captures have in common. */
@unmanaged
class Observation {
  stream: Stream;
  /** Records that found no room. */
  lost: u32;
  /** Packets to observe, and how many there have been. */
  wanted: u32;
  seen: u32;
  /** All wanted packets have been seen, to their end. */
  done: bool;

  /** @returns false, with nothing written, when there is no room */
  write(number: u32, event: u32, element: usize, port: i32, p: Packet, most: u32): bool {
    const captured = min(p.length, most);
    if (HEADER + captured > this.stream.writable) {
      this.lost++;
      yieldToHost();
      return false;
    }
    record.length = HEADER + captured;
    record.number = number;
    record.time = kernel.now;
    record.element = element;
    record.port = port;
    record.event = event;
    record.packetLength = p.length;
    record.networkOffset = p.networkHeader ? <i32>(p.networkHeader - p.data) : NO_HEADER;
    this.stream.write(changetype<usize>(record), HEADER);
    this.stream.write(p.data, captured);
    return true;
  }
}

/** Copies what leaves one output port. */
@unmanaged
class Capture extends Observation {
  /** Address of the next capture; 0 = none. */
  next: usize;
  element: usize;
  port: i32;
  /** Bytes of each packet. */
  snapLength: u32;

  /** A packet that leaves an output port: is it this one? */
  meet(from: usize, port: i32, p: Packet): void {
    if (this.element != from || this.port != port || this.done) return;
    if (!this.write(IGNORED, EMITTED, this.element, this.port, p, this.snapLength)) return;
    this.seen++;
    this.done = this.seen == this.wanted;
  }
}

/**
 * Follows packets. What it knows of a packet stands in the packet's header, so that a clone is followed under the number of the original; a mark of an
 * earlier trace has another epoch.
 */
@unmanaged
class Trace extends Observation {
  /** Packets and clones that have not come to their end. */
  alive: u32;
  /** A table of rules (elements/net/match.ts) and its length: packets with output 0 are followed. No table = all are. */
  filter: usize;
  filterLength: u32;
  epoch: u16;

  /** Whether the packet's marks are of this trace, and say that it is followed. */
  @inline
  follows(p: Packet): bool {
    return p.traceEpoch == this.epoch && p.traceNumber != IGNORED;
  }

  /** A packet that appears: is it to be followed? */
  meet(p: Packet): void {
    p.traceEpoch = this.epoch;
    p.traceNumber = IGNORED;
    if (this.seen == this.wanted || !this.accepts(p)) return;
    p.traceNumber = ++this.seen;
    this.alive++;
  }

  private accepts(p: Packet): bool {
    return this.filter == 0 || matchFrame(this.filter, p) == 0;
  }

  private note(event: u32, element: usize, port: i32, p: Packet): void {
    this.write(p.traceNumber, event, element, port, p, TRACED_BYTES);
  }

  /** The packet's last record. */
  end(event: u32, p: Packet): void {
    this.note(event, p.traceHolder, -1, p);
    p.traceNumber = IGNORED;
    this.alive--;
    this.done = this.seen == this.wanted && this.alive == 0;
  }

  /** An element without outputs passes nothing on: what it is given has come to its end. */
  emitted(from: usize, port: i32, to: usize, p: Packet): void {
    this.note(EMITTED, from, port, p);
    p.traceHolder = to;
    p.traceKept = false;
    if (changetype<Element>(to).nOutputs == 0) this.end(CONSUMED, p);
  }

  /** Nothing more has happened to a packet that an element was given, unless it has another holder, or this was said. */
  kept(by: usize, p: Packet): void {
    if (p.traceHolder != by || p.traceKept) return;
    p.traceKept = true;
    this.note(KEPT, by, -1, p);
  }
}

@inline
function runningTrace(): Trace | null {
  return changetype<Trace | null>(kernel.trace);
}

/**
 * A packet passes from an output port to the next element.
 * @returns its number in the trace if it is followed beyond, or IGNORED
 */
export function noteEmission(from: usize, port: i32, to: usize, p: Packet): u32 {
  for (let address = kernel.captures; address; address = changetype<Capture>(address).next)
    changetype<Capture>(address).meet(from, port, p);
  const trace = runningTrace();
  if (!trace) return IGNORED;
  if (p.traceEpoch != trace.epoch) trace.meet(p);
  if (!trace.follows(p)) return IGNORED;
  trace.emitted(from, port, to, p);
  return p.traceNumber;
}

/** The element that a packet was pushed to has returned. If nothing else has happened to the packet, the element keeps it. */
export function noteReturn(element: usize, p: Packet, number: u32): void {
  const trace = runningTrace();
  if (trace && trace.follows(p) && p.traceNumber == number) trace.kept(element, p);
}

/** A packet goes back to the pool. */
export function noteKill(p: Packet): void {
  const trace = runningTrace();
  if (!trace) return;
  if (trace.follows(p)) trace.end(DROPPED, p);
  p.traceEpoch = 0;
}

/** A packet has a copy, marks included. */
export function noteClone(copy: Packet): void {
  const trace = runningTrace();
  if (trace && trace.follows(copy)) trace.alive++;
}

/**
 * Begins to follow packets. There must be no other trace.
 * @param wanted  packets to follow
 * @param filterLength  bytes of the filter, which the host puts into the trace's `filter` before the guest runs; 0 = follow all packets
 * @returns the trace's address
 */
export function startTrace(wanted: u32, filterLength: u32): usize {
  const trace = changetype<Trace>(allocate(offsetof<Trace>()));
  trace.stream = makeStream(STREAM_SIZE);
  trace.wanted = wanted;
  trace.filterLength = filterLength;
  if (filterLength) trace.filter = allocate(filterLength);
  // Packets that no trace has looked at have epoch 0.
  kernel.traceEpoch = kernel.traceEpoch == u16.MAX_VALUE ? 1 : kernel.traceEpoch + 1;
  trace.epoch = kernel.traceEpoch;
  kernel.trace = changetype<usize>(trace);
  return changetype<usize>(trace);
}

/** Ends the trace, if there is one, and gives its memory back. */
export function stopTrace(): void {
  const trace = runningTrace();
  if (!trace) return;
  kernel.trace = 0;
  if (trace.filter) release(trace.filter, trace.filterLength);
  releaseStream(trace.stream);
  release(changetype<usize>(trace), offsetof<Trace>());
}

/**
 * Begins to copy what leaves an output port.
 * @param wanted  packets to capture, at most
 * @param snapLength  bytes of each packet, at most 65535
 * @returns the capture's address
 */
export function startCapture(element: usize, port: i32, wanted: u32, snapLength: u32): usize {
  const capture = changetype<Capture>(allocate(offsetof<Capture>()));
  capture.stream = makeStream(STREAM_SIZE);
  capture.wanted = wanted;
  capture.element = element;
  capture.port = port;
  capture.snapLength = snapLength;
  capture.next = kernel.captures;
  kernel.captures = changetype<usize>(capture);
  return changetype<usize>(capture);
}

/** Ends a capture, and gives its memory back. An address that is none is ignored. */
export function stopCapture(address: usize): void {
  let link = changetype<usize>(kernel) + offsetof<KernelState>("captures");
  while (load<usize>(link) != address) {
    if (load<usize>(link) == 0) return;
    link = load<usize>(link) + offsetof<Capture>("next");
  }
  const capture = changetype<Capture>(address);
  store<usize>(link, capture.next);
  releaseStream(capture.stream);
  release(address, offsetof<Capture>());
}

/** Ends all observations: those that a saved guest still had. */
export function stopObservations(): void {
  stopTrace();
  while (kernel.captures) stopCapture(kernel.captures);
}
