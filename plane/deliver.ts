/** Delivers the frames that were queued for ports: to guests by their movers, to devices through their tables. */
import { isTagged, leavesTagged, TAG_AT, TAG_BYTES, TPID, VLAN_BITS, vlanOfTag } from "./bridge";
import { coalesce, completeChecksum, segment, segmentCount } from "./offload";
import { Entry, GSO_NONE } from "./entry";
import {
  Fabric,
  Frame,
  Lane,
  limited,
  LOST_DEVICE,
  LOST_DOWN,
  LOST_OFFLOAD,
  LOST_RATE,
  LOST_RING_FULL,
  LOST_TOO_LONG,
  OWNER_DEVICE_OFFLOADS,
  OWNER_GUEST,
  Port,
  Segment,
  setBit,
  wholeLines,
} from "./state";
import { turn } from "./scheduler";
import { tapFrame, TAP_OUT } from "./tap";

/** Sends the first `count` entries of a device's table. @returns how many the device took */
@external("host", "transmit")
declare function transmit(device: u32, count: u32): u32;

export function deliverAll(fabric: Fabric): void {
  while (fabric.touched) {
    const port = changetype<Port>(fabric.touched);
    fabric.touched = port.nextTouched;
    const first = changetype<Frame>(port.first);
    port.first = 0;
    port.last = 0;
    const frames = fabric.framesEnd;
    const pool = fabric.poolEnd;
    const copies = fabric.copiesEnd;
    deliver(fabric, port, first);
    // What was made for this port alone has left with it, unless guests sent something meanwhile that lies behind.
    if (fabric.framesEnd == frames) fabric.poolEnd = pool;
    fabric.copiesEnd = copies;
  }
  fabric.copiesEnd = fabric.copies;
}

function deliver(fabric: Fabric, port: Port, first: Frame): void {
  if (!port.up || (port.owner == OWNER_GUEST && port.lanes == 0)) {
    for (let frame: Frame | null = first; frame; frame = frame.next) port.lose(LOST_DOWN);
    return;
  }
  const ready = prepare(fabric, port, first);
  if (!ready) return;
  if (port.owner == OWNER_GUEST) deliverToGuest(fabric, port, ready);
  else deliverToDevice(fabric, port, ready);
}

/** Takes out what a port must not get, and sets tags right. @returns the first of the list that is left */
function prepare(fabric: Fabric, port: Port, first: Frame): Frame | null {
  const segmentAddress = port.segment;
  const vlanAware = segmentAddress != 0 && changetype<Segment>(segmentAddress).vlanAware;
  if (!vlanAware && port.rateOut == 0 && port.sharedRateOut == 0 && port.tap == 0) return first;
  let head: Frame | null = null;
  let last: Frame | null = null;
  for (let frame: Frame | null = first; frame; ) {
    const next: Frame | null = frame.next;
    if (limited(port.rateOut, fabric.now) || limited(port.sharedRateOut, fabric.now)) port.lose(LOST_RATE);
    else if (vlanAware && !setTag(fabric, port, frame)) port.lose(LOST_RING_FULL);
    else {
      if (port.tap) tapFrame(fabric, port, frame, TAP_OUT);
      if (last) last.next = frame;
      else head = frame;
      last = frame;
    }
    frame = next;
  }
  if (last) last.next = null;
  return head;
}

/** Gives a frame the tag that its port wants, or none. Others may have the same bytes: it gets its own. @returns false when there is no room for them */
function setTag(fabric: Fabric, port: Port, frame: Frame): bool {
  const tagged = isTagged(frame);
  const wanted = leavesTagged(port, frame.vlan);
  if (tagged == wanted) return !tagged || nameVlan(fabric, frame);
  const length = wanted ? frame.length + TAG_BYTES : frame.length - TAG_BYTES;
  if (fabric.poolEnd + length > fabric.poolLimit) return false;
  const to = fabric.poolEnd;
  const from = frame.data;
  fabric.poolEnd += wholeLines(length);
  memory.copy(to, from, TAG_AT);
  if (wanted) {
    store<u16>(to, TPID, TAG_AT);
    store<u16>(to, bswap(frame.vlan), TAG_AT + 2);
    memory.copy(to + TAG_AT + TAG_BYTES, from + TAG_AT, frame.length - TAG_AT);
  } else memory.copy(to + TAG_AT, from + TAG_AT + TAG_BYTES, length - TAG_AT);
  shiftOffload(frame, wanted ? TAG_BYTES : 0 - TAG_BYTES);
  frame.data = to;
  frame.length = length;
  frame.shared = false;
  return true;
}

/** Puts a frame's VLAN into its tag: one that only carried a priority would belong to another behind a trunk. @returns false when there is no room for the frame's own bytes */
function nameVlan(fabric: Fabric, frame: Frame): bool {
  if (vlanOfTag(frame) == frame.vlan) return true;
  if (!makeOwn(fabric, frame)) return false;
  const control = bswap(load<u16>(frame.data, TAG_AT + 2)) & ~(<u16>VLAN_BITS);
  store<u16>(frame.data, bswap<u16>(control | frame.vlan), TAG_AT + 2);
  return true;
}

/** Gives a frame bytes of its own, so that they may be changed. @returns false when there is no room for them */
function makeOwn(fabric: Fabric, frame: Frame): bool {
  if (!frame.shared) return true;
  if (fabric.poolEnd + frame.length > fabric.poolLimit) return false;
  memory.copy(fabric.poolEnd, frame.data, frame.length);
  frame.data = fabric.poolEnd;
  frame.shared = false;
  fabric.poolEnd += wholeLines(frame.length);
  return true;
}

/** What an unfinished frame's header says about places behind the tag: hdr_len u16 at 2, csum_start u16 at 6. */
function shiftOffload(frame: Frame, by: u32): void {
  const header = changetype<usize>(frame) + offsetof<Frame>("header");
  if (frame.header == 0) return;
  store<u16>(header, load<u16>(header, 2) + <u16>by, 2);
  store<u16>(header, load<u16>(header, 6) + <u16>by, 6);
}

function deliverToGuest(fabric: Fabric, port: Port, first: Frame): void {
  const frames = finishAll(fabric, port, first);
  if (!frames) return;
  for (let at = port.lanes; at != 0; at = changetype<Lane>(at).next) fill(fabric, changetype<Lane>(at), frames);
}

/** Puts frames into a guest's ring. When they are more than its slots, the guest gets turns in between: a switch has queues, and these are its. */
function fill(fabric: Fabric, lane: Lane, first: Frame): void {
  const guest = lane.guest;
  let rest = call_indirect<usize>(guest.push, lane, first);
  setBit(fabric.active, guest.number);
  while (rest && guest.runnable && !fabric.settling) {
    const before = rest;
    turn(fabric, guest);
    rest = call_indirect<usize>(guest.push, lane, changetype<Frame>(rest));
    setBit(fabric.active, guest.number);
    if (rest == before) break;
  }
  for (let frame = changetype<Frame | null>(rest); frame; frame = frame.next) lane.port.lose(LOST_RING_FULL);
}

/** Finishes checksums and cuts segments, for whoever wants plain frames. @returns the first of the list that is left */
function finishAll(fabric: Fabric, port: Port, first: Frame): Frame | null {
  if (!fabric.unfinished) return first;
  let head: Frame | null = null;
  let last: Frame | null = null;
  for (let frame: Frame | null = first; frame; ) {
    const next: Frame | null = frame.next;
    let start: Frame | null = frame;
    let end: Frame | null = frame;
    if (frame.header != 0) {
      start = finish(fabric, port, frame);
      end = lastOf(start);
    }
    if (start && end) {
      if (last) last.next = start;
      else head = start;
      last = end;
    }
    frame = next;
  }
  if (last) last.next = null;
  return head;
}

function lastOf(first: Frame | null): Frame | null {
  let frame = first;
  while (frame && frame.next) frame = frame.next;
  return frame;
}

/** @returns what an unfinished frame becomes: itself, or a list of segments; null when it is malformed or does not fit */
function finish(fabric: Fabric, port: Port, frame: Frame): Frame | null {
  const entry = changetype<Entry>(fabric.segments);
  toEntry(frame, entry);
  if (entry.gsoType != GSO_NONE) return cut(fabric, port, frame, entry);
  frame.next = null;
  if (makeOwn(fabric, frame)) {
    entry.data = <u32>frame.data;
    if (completeChecksum(entry)) {
      frame.header = 0;
      return frame;
    }
  }
  port.lose(LOST_OFFLOAD);
  return null;
}

function cut(fabric: Fabric, port: Port, frame: Frame, entry: Entry): Frame | null {
  const out = fabric.segments + offsetof<Entry>();
  const count = segmentCount(entry);
  const room = <i32>((fabric.copiesLimit - fabric.copiesEnd) / offsetof<Frame>());
  if (count <= 0 || count > room || count > <i32>fabric.segmentSlots - 1) {
    port.lose(LOST_OFFLOAD);
    return null;
  }
  const made = segment(entry, changetype<Entry>(out), fabric.segmentSlots - 1, <u32>fabric.poolEnd, <u32>fabric.poolLimit);
  if (made <= 0) {
    port.lose(LOST_OFFLOAD);
    return null;
  }
  const first = fabric.copiesEnd;
  for (let i = 0; i < made; i++) {
    const cutEntry = changetype<Entry>(out + <usize>i * offsetof<Entry>());
    const piece = changetype<Frame>(fabric.copiesEnd);
    fabric.copiesEnd += offsetof<Frame>();
    memory.copy(changetype<usize>(piece), changetype<usize>(frame), offsetof<Frame>());
    piece.data = cutEntry.data;
    piece.length = cutEntry.length;
    piece.header = 0;
    piece.headerRest = 0;
    piece.shared = false;
    piece.next = i + 1 < made ? changetype<Frame>(fabric.copiesEnd) : null;
    fabric.poolEnd = wholeLines(cutEntry.data + cutEntry.length);
  }
  return changetype<Frame>(first);
}

@inline
function toEntry(frame: Frame, entry: Entry): void {
  entry.data = <u32>frame.data;
  entry.length = frame.length;
  const at = changetype<usize>(entry) + 8;
  store<u64>(at, frame.header);
  store<u32>(at, frame.headerRest, 8);
  store<u64>(at, 0, 12);
  store<u32>(at, 0, 20);
}

function deliverToDevice(fabric: Fabric, port: Port, first: Frame): void {
  const offloads = port.owner == OWNER_DEVICE_OFFLOADS;
  let frame: Frame | null = offloads ? first : finishAll(fabric, port, first);
  while (frame) {
    let count: u32 = 0;
    let bytes: u64 = 0;
    while (frame && count < port.tableSlots) {
      // Frames to be cut are longer than what they are cut into.
      if (frame.header == 0 && frame.length > port.longest) port.lose(LOST_TOO_LONG);
      else if (offloads && !makeOwn(fabric, frame)) port.lose(LOST_DEVICE);
      else {
        toEntry(frame, changetype<Entry>(port.table + <usize>count * offsetof<Entry>()));
        bytes += frame.length;
        count++;
      }
      frame = frame.next;
    }
    if (count == 0) continue;
    if (offloads && count > 1) coalesce(changetype<Entry>(port.table), count);
    const sent = transmit(port.device, count);
    port.packetsOut += sent;
    port.bytesOut += sent == count ? bytes : (bytes * sent) / count;
    for (let lost = count - sent; lost > 0; lost--) port.lose(LOST_DEVICE);
  }
}
