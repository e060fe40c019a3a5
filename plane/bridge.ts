/**
 * The switch: where a frame that came in at one port goes out. Addresses are learned from senders and forgotten when they are silent (IEEE 802.1D §7.8, §7.9); frames to
 * unknown and group addresses go to every port of the same switch and VLAN but the one they came from.
 */
import { Fabric, Frame, limited, LOST_RATE, LOST_STORM, LOST_UNCONNECTED, LOST_VLAN, Port, Segment, VLAN_ACCESS, VLAN_IGNORED } from "./state";
import { deliverAll } from "./deliver";
import { tapFrame, TAP_IN } from "./tap";

/** A learned address. */
@unmanaged
export class Address {
  /** The address in the low 48 bits as it lies in memory, the VLAN in the high 16. */
  key: u64;
  port: usize;
  /** Second at which it was last heard of. */
  heard: u32;
}

const ADDRESS_BITS: u64 = 0xffff_ffff_ffff;
/** Places that an address may take, from the one that its hash names on. */
const PROBES: u32 = 8;
const NANOSECONDS: u64 = 1_000_000_000;
/** 802.1Q: tag protocol identifier, as it lies in memory, and where tag and type stand. */
export const TPID: u16 = 0x0081;
export const TAG_AT: u32 = 12;
export const TAG_BYTES: u32 = 4;
export const VLAN_BITS: u32 = 0xfff;

/**
 * Sends every frame that was taken in on its way, and delivers them. What guests send meanwhile follows, as long as there is room for it. When a guest traps in
 * between, the next call goes on behind what was sent.
 */
export function forwardAll(fabric: Fabric): void {
  const second = <u32>(fabric.now / NANOSECONDS);
  deliverAll(fabric);
  while (fabric.forwarded < fabric.framesEnd) {
    for (const end = fabric.framesEnd; fabric.forwarded < end; fabric.forwarded += offsetof<Frame>())
      forward(fabric, changetype<Frame>(fabric.forwarded), second);
    deliverAll(fabric);
  }
}

function forward(fabric: Fabric, frame: Frame, second: u32): void {
  const port = frame.port;
  if (port.tap) tapFrame(fabric, port, frame, TAP_IN);
  const segmentAddress = port.segment;
  if (segmentAddress == 0) {
    port.lose(LOST_UNCONNECTED);
    return;
  }
  if (limited(port.rateIn, fabric.now) || limited(port.sharedRateIn, fabric.now)) {
    port.lose(LOST_RATE);
    return;
  }
  const segment = changetype<Segment>(segmentAddress);
  if (segment.isWire) {
    if (port.peer) queueFor(fabric, changetype<Port>(port.peer), frame);
    else port.lose(LOST_UNCONNECTED);
    return;
  }
  if (segment.vlanAware && !enterVlan(port, frame)) {
    port.lose(LOST_VLAN);
    return;
  }
  const vlan = <u64>frame.vlan << 48;
  const sender = load<u64>(frame.data, 4) >> 16 | vlan;
  // A group address cannot be a sender's.
  if ((sender & 1) == 0) hear(fabric, sender, port, second);
  const destination = (load<u64>(frame.data) & ADDRESS_BITS) | vlan;
  if ((destination & 1) == 0) {
    const known = lookUp(fabric, segment, destination, port, second);
    if (known) {
      const out = changetype<Port>(known);
      if (out != port) queueFor(fabric, out, frame);
      return;
    }
  }
  flood(fabric, segment, frame);
}

/** Finds the VLAN of a frame. The tag stays where it is until the frame leaves. @returns whether the port lets it in */
function enterVlan(port: Port, frame: Frame): bool {
  const tagged = isTagged(frame);
  const vlan = tagged ? vlanOfTag(frame) : 0;
  if (port.vlanMode == VLAN_ACCESS) {
    frame.vlan = port.vlan;
    // A tag with VLAN 0 only carries a priority (802.1Q §6.9.1).
    return vlan == 0 || vlan == port.vlan;
  }
  if (vlan == 0) {
    frame.vlan = port.vlan;
    return port.vlan != 0;
  }
  frame.vlan = <u16>vlan;
  return carries(port, frame.vlan);
}

@inline
export function isTagged(frame: Frame): bool {
  return frame.length >= TAG_AT + TAG_BYTES && load<u16>(frame.data, TAG_AT) == TPID;
}

@inline
export function vlanOfTag(frame: Frame): u32 {
  return <u32>bswap(load<u16>(frame.data, TAG_AT + 2)) & VLAN_BITS;
}

@inline
function isAllowed(port: Port, vlan: u32): bool {
  return (load<u8>(port.allowedVlans + (vlan >> 3)) & (1 << (vlan & 7))) != 0;
}

/** Whether frames of a VLAN leave at a port. */
@inline
function carries(port: Port, vlan: u16): bool {
  return port.vlan == vlan || (port.allowedVlans != 0 && isAllowed(port, vlan));
}

@inline
function place(fabric: Fabric, key: u64): u32 {
  return <u32>((key * 0x9e37_79b9_7f4a_7c15) >> 40) & fabric.addressMask;
}

@inline
function addressAt(fabric: Fabric, place: u32): Address {
  return changetype<Address>(fabric.addresses + <usize>(place & fabric.addressMask) * offsetof<Address>());
}

/** Names a state of the table of addresses: as long as it is the same, so are answers to questions. */
@inline
function addressTime(fabric: Fabric, second: u32): u64 {
  return (<u64>fabric.addressChanges << 32) | second;
}

/** Learns a sender, unless its port has just done so: most frames come from the sender of the frame before. */
@inline
function hear(fabric: Fabric, key: u64, port: Port, second: u32): void {
  if (port.sender == key && port.senderTime == addressTime(fabric, second)) return;
  learn(fabric, key, port, second);
  port.sender = key;
  port.senderTime = addressTime(fabric, second);
}

/** Finds the port behind which an address is, for frames that come in at another one. @returns 0 = unknown */
@inline
function lookUp(fabric: Fabric, segment: Segment, key: u64, from: Port, second: u32): usize {
  if (from.receiver == key && from.receiverTime == addressTime(fabric, second)) return from.receiverPort;
  const found = find(fabric, segment, key, second);
  if (found) {
    from.receiver = key;
    from.receiverTime = addressTime(fabric, second);
    from.receiverPort = found;
  }
  return found;
}

/** Remembers where an address was heard; the oldest of its places gives way. Two switches may know the same address. */
function learn(fabric: Fabric, key: u64, port: Port, second: u32): void {
  const start = place(fabric, key);
  let oldest = addressAt(fabric, start);
  for (let probe: u32 = 0; probe < PROBES; probe++) {
    const address = addressAt(fabric, start + probe);
    if (address.port && address.key == key && changetype<Port>(address.port).segment == port.segment) {
      address.heard = second;
      if (address.port == changetype<usize>(port)) return;
      address.port = changetype<usize>(port);
      fabric.addressChanges++;
      return;
    }
    if (address.port == 0) oldest = oldest.port == 0 ? oldest : address;
    else if (oldest.port != 0 && address.heard < oldest.heard) oldest = address;
  }
  oldest.key = key;
  oldest.port = changetype<usize>(port);
  oldest.heard = second;
  fabric.addressChanges++;
}

/** @returns the port behind which an address is; 0 = unknown */
function find(fabric: Fabric, segment: Segment, key: u64, second: u32): usize {
  const start = place(fabric, key);
  for (let probe: u32 = 0; probe < PROBES; probe++) {
    const address = addressAt(fabric, start + probe);
    if (address.key == key && address.port && changetype<Port>(address.port).segment == changetype<usize>(segment))
      return second - address.heard <= segment.ageing ? address.port : 0;
  }
  return 0;
}

/** Forgets every address behind a port: it was disconnected. */
export function forgetPort(fabric: Fabric, port: Port): void {
  for (let at: u32 = 0; at <= fabric.addressMask; at++) {
    const address = addressAt(fabric, at);
    if (address.port == changetype<usize>(port)) address.port = 0;
  }
  fabric.addressChanges++;
}

/** A copy of the description for each port; the bytes are shared until a port wants them changed. */
function flood(fabric: Fabric, segment: Segment, frame: Frame): void {
  const from = frame.port;
  if (limited(from.storm, fabric.now)) {
    from.lose(LOST_STORM);
    return;
  }
  // Here, and not in between: should a guest trap, the frame is forwarded again.
  if (fabric.copiesEnd + <usize>segment.portCount * offsetof<Frame>() > fabric.copiesLimit) deliverAll(fabric);
  for (let at = segment.ports; at != 0; at = changetype<Port>(at).nextOfSegment) {
    const port = changetype<Port>(at);
    if (port == from) continue;
    if (segment.vlanAware && !carries(port, frame.vlan)) continue;
    if (fabric.copiesEnd == fabric.copiesLimit) deliverAll(fabric);
    const copy = changetype<Frame>(fabric.copiesEnd);
    fabric.copiesEnd += offsetof<Frame>();
    memory.copy(changetype<usize>(copy), changetype<usize>(frame), offsetof<Frame>());
    copy.shared = true;
    queueFor(fabric, port, copy);
  }
}

/** Adds a frame to those that leave at a port. */
function queueFor(fabric: Fabric, port: Port, frame: Frame): void {
  frame.next = null;
  if (port.last) changetype<Frame>(port.last).next = frame;
  else {
    port.first = changetype<usize>(frame);
    port.nextTouched = fabric.touched;
    fabric.touched = changetype<usize>(port);
  }
  port.last = changetype<usize>(frame);
}

/** Whether a VLAN's frames leave a port with a tag. */
export function leavesTagged(port: Port, vlan: u16): bool {
  return port.vlanMode != VLAN_IGNORED && port.vlanMode != VLAN_ACCESS && port.vlan != vlan;
}
