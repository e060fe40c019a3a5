/** The fabric as the host sees it: makes and changes its structures, takes frames from devices, and lets guests run. */
import { Address, forgetPort } from "./bridge";
import { DATA_VALID, Entry, GSO_NONE } from "./entry";
import { forwardPending, NO_SLOWDOWN, runActive, wakeWaiting } from "./scheduler";
import {
  clearBit,
  Fabric,
  Frame,
  Guest,
  Lane,
  Limit,
  LOST_FAULTY,
  Port,
  Segment,
  setBit,
  SHORTEST_FRAME,
  VLAN_IGNORED,
  wholeLines,
} from "./state";
import { Tap } from "./tap";
import { nextDue, wakeAt, NEVER } from "./timers";

/** The one of this instance. */
let fabric = changetype<Fabric>(0);
/** Nanoseconds since 1970 at which the host's clock started. */
let origin: u64 = 0;
/** Array of guests by number. */
let guests: usize = 0;

/** Bytes of each structure, for the host to allocate. */
export function fabricBytes(): u32 { return offsetof<Fabric>(); }
export function frameBytes(): u32 { return offsetof<Frame>(); }
export function portBytes(): u32 { return offsetof<Port>(); }
export function laneBytes(): u32 { return offsetof<Lane>(); }
export function guestBytes(): u32 { return offsetof<Guest>(); }
export function segmentBytes(): u32 { return offsetof<Segment>(); }
export function limitBytes(): u32 { return offsetof<Limit>(); }
export function tapBytes(): u32 { return offsetof<Tap>(); }
/** Bytes of an entry in the table of learned addresses. */
export function addressBytes(): u32 { return offsetof<Address>(); }

/** Takes memory for the fabric itself. All of it is zero. */
export function initialize(state: usize, guestTable: usize, active: usize, wanting: usize, timers: usize, epoch: u64): void {
  origin = epoch;
  fabric = changetype<Fabric>(state);
  fabric.now = epoch;
  guests = guestTable;
  fabric.active = active;
  fabric.wanting = wanting;
  fabric.timers = timers;
}

export function provideFrames(frames: usize, count: u32, copies: usize, copyCount: u32, pool: usize, poolBytes: u32): void {
  fabric.frames = frames;
  fabric.framesEnd = frames;
  fabric.forwarded = frames;
  fabric.framesLimit = frames + <usize>count * offsetof<Frame>();
  fabric.copies = copies;
  fabric.copiesEnd = copies;
  fabric.copiesLimit = copies + <usize>copyCount * offsetof<Frame>();
  fabric.pool = wholeLines(<u32>pool);
  fabric.poolEnd = fabric.pool;
  fabric.poolLimit = pool + poolBytes;
}

/** @param count  a power of two */
export function provideTables(addresses: usize, count: u32, segments: usize, segmentSlots: u32): void {
  fabric.addresses = addresses;
  fabric.addressMask = count - 1;
  fabric.segments = segments;
  fabric.segmentSlots = segmentSlots;
}

/** A switch or a wire. */
export function makeSegment(segment: Segment, isWire: bool, number: u32, ageing: u32): void {
  segment.isWire = isWire;
  segment.number = <u16>number;
  segment.ageing = ageing;
}

export function setAgeing(segment: Segment, seconds: u32): void {
  segment.ageing = seconds;
}

export function setVlanAware(segment: Segment, aware: bool): void {
  segment.vlanAware = aware;
}

export function makePort(port: Port, number: u32, owner: u32): void {
  port.number = number;
  port.owner = <u8>owner;
  port.up = true;
  port.vlanMode = VLAN_IGNORED;
}

/** @param table  of a device's frames to be sent */
export function setDevice(port: Port, device: u32, table: usize, slots: u32, longest: u32): void {
  port.device = device;
  port.table = table;
  port.tableSlots = slots;
  port.longest = longest;
}

export function setUp(port: Port, up: bool): void {
  port.up = up;
}

export function setVlan(port: Port, mode: u32, vlan: u32, allowed: usize): void {
  port.vlanMode = <u8>mode;
  port.vlan = <u16>vlan;
  port.allowedVlans = allowed;
}

/** @param each  limits of this port; 0 = none */
export function setLimits(port: Port, rateIn: usize, rateOut: usize, sharedIn: usize, sharedOut: usize, storm: usize): void {
  port.rateIn = rateIn;
  port.rateOut = rateOut;
  port.sharedRateIn = sharedIn;
  port.sharedRateOut = sharedOut;
  port.storm = storm;
}

/** @param interval  nanoseconds between two of them */
export function makeLimit(limit: Limit, interval: u64, burst: u64): void {
  limit.interval = interval;
  limit.burst = burst;
}

export function setTap(port: Port, tap: usize): void {
  port.tap = tap;
}

export function makeTap(tap: Tap, buffer: usize, size: u32, snapLength: u32): void {
  tap.buffer = buffer;
  tap.size = size;
  tap.snapLength = snapLength;
}

/** Address of a port's counters: packets in, bytes in, packets out, bytes out, then frames lost, by reason; u64 each. */
export function portCounters(port: Port): usize {
  return port.counters;
}

/** Connects a port with a segment. Two ports at most, when that is a wire. */
export function connect(port: Port, segment: Segment): void {
  port.segment = changetype<usize>(segment);
  port.nextOfSegment = segment.ports;
  if (segment.isWire && segment.ports) {
    const other = changetype<Port>(segment.ports);
    other.peer = changetype<usize>(port);
    port.peer = changetype<usize>(other);
  }
  segment.ports = changetype<usize>(port);
  segment.portCount++;
}

export function disconnect(port: Port): void {
  const segment = changetype<Segment>(port.segment);
  if (changetype<usize>(segment) == 0) return;
  let link = changetype<usize>(segment) + offsetof<Segment>("ports");
  while (load<usize>(link) != changetype<usize>(port)) link = load<usize>(link) + offsetof<Port>("nextOfSegment");
  store<usize>(link, port.nextOfSegment);
  segment.portCount--;
  if (port.peer) changetype<Port>(port.peer).peer = 0;
  port.peer = 0;
  port.segment = 0;
  port.nextOfSegment = 0;
  forgetPort(fabric, port);
}

export function makeGuest(guest: Guest, number: u32, run: u32, nextExpiry: u32, pull: u32, push: u32): void {
  guest.number = number;
  guest.run = run;
  guest.nextExpiry = nextExpiry;
  guest.pull = pull;
  guest.push = push;
  guest.due = NEVER;
  guest.slowdown = NO_SLOWDOWN;
  store<usize>(guests + (<usize>number << 2), changetype<usize>(guest));
  fabric.activeWords = max(fabric.activeWords, (number >> 5) + 1);
}

/** Takes a guest off the schedule for good. */
export function removeGuest(guest: Guest): void {
  setRunnable(guest, false);
  store<usize>(guests + (<usize>guest.number << 2), 0);
  clearBit(fabric.wanting, guest.number);
}

export function setRunnable(guest: Guest, runnable: bool): void {
  guest.runnable = runnable;
  if (runnable) setBit(fabric.active, guest.number);
  else {
    clearBit(fabric.active, guest.number);
    wakeAt(fabric, guest, NEVER);
    wakeWaiting(fabric, guest);
  }
}

export function setHosted(guest: Guest, hosted: bool): void {
  guest.hosted = hosted;
}

/** @param slowdown  1024 divided by the share of a core that it may take */
export function setSlowdown(guest: Guest, slowdown: u32): void {
  guest.slowdown = slowdown;
}

/** The guest has something to do: a handler was written, say. */
export function activate(guest: Guest): void {
  if (guest.runnable) setBit(fabric.active, guest.number);
}

export function guestNanoseconds(guest: Guest): f64 {
  return <f64>guest.nanoseconds;
}

/** A ring that the guest receives from (`receives`), or sends to. */
export function makeLane(lane: Lane, port: Port, guest: Guest, ring: u32, slots: u32, capacity: u32, index: u32): void {
  lane.port = port;
  lane.guest = guest;
  lane.ring = ring;
  lane.mask = slots - 1;
  lane.capacity = capacity;
  lane.index = index;
}

export function addReceivingLane(lane: Lane): void {
  lane.next = lane.port.lanes;
  lane.port.lanes = changetype<usize>(lane);
}

export function addSendingLane(lane: Lane): void {
  lane.next = lane.guest.lanes;
  lane.guest.lanes = changetype<usize>(lane);
}

export function removeReceivingLane(lane: Lane): void {
  unlink(changetype<usize>(lane.port) + offsetof<Port>("lanes"), lane);
}

export function removeSendingLane(lane: Lane): void {
  unlink(changetype<usize>(lane.guest) + offsetof<Guest>("lanes"), lane);
}

function unlink(head: usize, lane: Lane): void {
  let link = head;
  while (load<usize>(link) != 0 && load<usize>(link) != changetype<usize>(lane)) link = load<usize>(link) + offsetof<Lane>("next");
  if (load<usize>(link) != 0) store<usize>(link, lane.next);
}

/** Has a lane's frames moved straight into another guest's ring; 0 = by way of the switch. */
export function setWire(lane: Lane, receiver: usize, move: u32): void {
  if (lane.waits) wakeWaiting(fabric, changetype<Lane>(lane.wireTo).guest);
  lane.wireTo = receiver;
  lane.wireMove = move;
}

/**
 * Takes frames in that a device received.
 * @param entries  the device's table
 */
export function receive(port: Port, entries: usize, count: u32): void {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = changetype<Entry>(entries + <usize>i * offsetof<Entry>());
    if (entry.length < SHORTEST_FRAME) {
      port.lose(LOST_FAULTY);
      continue;
    }
    if (fabric.framesEnd == fabric.framesLimit) forwardPending(fabric);
    const frame = changetype<Frame>(fabric.framesEnd);
    fabric.framesEnd += offsetof<Frame>();
    // That a checksum was found right is no work left to do.
    if (entry.flags == DATA_VALID && entry.gsoType == GSO_NONE) entry.setFrame(entry.data, entry.length);
    const header = changetype<usize>(entry) + offsetof<Entry>("flags");
    frame.data = entry.data;
    frame.length = entry.length;
    frame.port = port;
    frame.header = load<u64>(header);
    frame.headerRest = load<u32>(header, 8);
    if (frame.header != 0) fabric.unfinished = true;
    frame.vlan = 0;
    frame.shared = false;
    bytes += entry.length;
    port.packetsIn++;
  }
  port.bytesIn += bytes;
  forwardPending(fabric);
}

/**
 * Before devices receive: time has moved on, and what a trap left on its way is forwarded, for it may lie in the devices' buffers.
 * @param elapsed  nanoseconds since the epoch
 */
export function beforeReceiving(elapsed: f64): void {
  fabric.now = origin + <u64>elapsed;
  forwardPending(fabric);
}

/** Forwards what a trap left on its way, without letting guests run: the ports of these frames may go then. */
export function settle(): void {
  fabric.settling = true;
  forwardPending(fabric);
  fabric.settling = false;
}

/**
 * One turn for each guest that has something to do.
 * @param elapsed  nanoseconds since the epoch
 * @returns how many had
 */
export function step(elapsed: f64): u32 {
  fabric.now = origin + <u64>elapsed;
  return runActive(fabric, guests);
}

/** The guest that was running when it trapped; 0 = none was. */
export function takeCurrent(): usize {
  const current = fabric.current;
  fabric.current = 0;
  return current;
}

export function guestNumber(guest: Guest): u32 {
  return guest.number;
}

/** Nanoseconds from the last step until the next guest is due; infinity = none is. */
export function timeLeft(): f64 {
  const due = nextDue(fabric);
  return due == NEVER ? f64.POSITIVE_INFINITY : due > fabric.now ? <f64>(due - fabric.now) : 0;
}

/** Whether any guest has something to do now, or frames are on their way. */
export function isBusy(): bool {
  if (fabric.framesEnd != fabric.frames || fabric.touched != 0) return true;
  for (let word: u32 = 0; word < fabric.activeWords; word++)
    if (load<u32>(fabric.active + (<usize>word << 2)) != 0) return true;
  return false;
}

/**
 * The next guest that wants the host, from a number on; it wants no more.
 * @returns its number; -1 = none
 */
export function takeWanting(from: u32): i32 {
  for (let word = from >> 5; word < fabric.activeWords; word++) {
    let bits = load<u32>(fabric.wanting + (<usize>word << 2));
    if (word == from >> 5) bits &= ~0 << (from & 31);
    if (bits == 0) continue;
    const number = (word << 5) + ctz(bits);
    clearBit(fabric.wanting, number);
    return <i32>number;
  }
  return -1;
}
