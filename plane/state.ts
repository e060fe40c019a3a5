/**
 * What the fabric knows, in the switch's memory: the fabric itself, frames on their way, ports, lanes, guests and segments. The host makes these
 * structures through the functions of fabric.ts; movers work on the same ones.
 */

/** Largest Ethernet frame that a slot can name, and that a device with offloads may bring: an IP packet of 65535 bytes, its header and two tags. */
export const LONGEST_FRAME: u32 = 65535 + 14 + 8;
/** Destination, source and type. */
export const SHORTEST_FRAME: u32 = 14;
/** Each frame in the pool starts on a cache line. */
export const CACHE_LINE: u32 = 64;

/** An address or a number of bytes, rounded up to whole cache lines. */
@inline
export function wholeLines(bytes: u32): u32 {
  return (bytes + CACHE_LINE - 1) & ~(CACHE_LINE - 1);
}


/** Set in what movers return: the ring was full, so that the guest may be waiting for room; frames were left in it. */
export const RING_WAS_FULL: u32 = 0x8000_0000;
export const FRAMES_LEFT: u32 = 0x4000_0000;
/** Frames, in what movers return. */
export const MOVED: u32 = 0x3fff_ffff;

/** Why frames are lost, in the order of a port's counters; the host has the names (src/fabric/port.ts). */
export const LOST_UNCONNECTED: u32 = 0;
export const LOST_RING_FULL: u32 = 1;
export const LOST_FAULTY: u32 = 2;
export const LOST_VLAN: u32 = 3;
export const LOST_STORM: u32 = 4;
export const LOST_RATE: u32 = 5;
export const LOST_DOWN: u32 = 6;
export const LOST_TOO_LONG: u32 = 7;
export const LOST_OFFLOAD: u32 = 8;
export const LOST_DEVICE: u32 = 9;
export const LOST_NO_BUFFER: u32 = 10;

/** The fabric: one a thread. */
@unmanaged
export class Fabric {
  /** Nanoseconds since 1970, as of the present step. */
  now: u64;
  /** Frames that were taken in and not yet forwarded: an array of Frame, and its end so far. */
  frames: usize;
  framesEnd: usize;
  framesLimit: usize;
  /** The first of them that was not sent on its way yet. */
  forwarded: usize;
  /** Copies of frame descriptions for floods. */
  copies: usize;
  copiesEnd: usize;
  copiesLimit: usize;
  /** Where the next frame's bytes go; what `pool` begins is free again once all frames are delivered. */
  pool: usize;
  poolEnd: usize;
  poolLimit: usize;
  /** First of the ports that have frames to be delivered, a list. */
  touched: usize;
  /** Bits of guests that have something to do, and how many words have been used. */
  active: usize;
  activeWords: u32;
  /** Bits of guests that want the host: text to print, handlers to call. */
  wanting: usize;
  /** The guest that is running; 0 = none. */
  current: usize;
  /** Table of learned addresses, its number of entries minus one, and how often it has changed what it says of any address. */
  addresses: usize;
  addressMask: u32;
  addressChanges: u32;
  /** Guests waiting for a time: a binary heap of Guest, by due. */
  timers: usize;
  timersPending: u32;
  /** Counts guest runs: every so often one is timed. */
  runs: u32;
  /** Entries for which frames are laid out when they are segmented. */
  segments: usize;
  segmentSlots: u32;
  /** Frames are delivered without letting guests run. */
  settling: bool;
  /** Among the frames on their way are some whose header says what is left to do. */
  unfinished: bool;
}

/** A frame on its way through the switch. */
@unmanaged
export class Frame {
  data: usize;
  length: u32;
  /** Where it came in. */
  port: Port;
  /** The next one for the same port. */
  next: Frame | null;
  /** virtio_net_hdr (linux/virtio_net.h), all zero unless a device brought an unfinished frame. */
  header: u64;
  headerRest: u32;
  /** The VLAN that it travels in; 0 in a switch without VLANs. */
  vlan: u16;
  /** Other ports are to get the same bytes: they must not be changed. */
  shared: bool;
}

/** How a port treats 802.1Q tags. */
export const VLAN_IGNORED: u8 = 0;
/** Frames without tag belong to one VLAN; tagged ones are refused. */
export const VLAN_ACCESS: u8 = 1;
/** Frames carry their tags; those without belong to the native VLAN if there is one. */
export const VLAN_TRUNK: u8 = 2;

/** Who takes frames that leave the switch at a port. */
export const OWNER_NONE: u8 = 0;
export const OWNER_GUEST: u8 = 1;
export const OWNER_DEVICE: u8 = 2;
export const OWNER_DEVICE_OFFLOADS: u8 = 3;

/** A place where frames enter and leave the switch. In and out are as the switch sees it. */
@unmanaged
export class Port {
  owner: u8;
  vlanMode: u8;
  /** Whether frames can be delivered: the guest runs, the device's link is up. */
  up: bool;
  vlan: u16;
  spare: u16;
  /** The switch or wire that it is part of; 0 = none. */
  segment: usize;
  /** The next port of the segment. */
  nextOfSegment: usize;
  /** The other end, of a wire; 0 = none. */
  peer: usize;
  /** The sender that was learned last, the receiver that was found last and its port, and as of when (`addressTime` of bridge.ts). */
  sender: u64;
  senderTime: u64;
  receiver: u64;
  receiverTime: u64;
  receiverPort: usize;
  /** Frames to be delivered here: first and last of a list, and the next port that has some. */
  first: usize;
  last: usize;
  nextTouched: usize;
  /** Lanes of a guest that take frames in; for a device its number. */
  lanes: usize;
  device: u32;
  /** 4096 bits: VLANs allowed on a trunk. */
  allowedVlans: usize;
  /** Limits; 0 = none. */
  rateIn: usize;
  rateOut: usize;
  sharedRateIn: usize;
  sharedRateOut: usize;
  storm: usize;
  /** Copies of frames go there; 0 = nobody looks. */
  tap: usize;
  number: u32;
  /** Table of a device's frames to be sent, and its room. */
  table: usize;
  tableSlots: u32;
  /** Longest frame that the owner takes. */
  longest: u32;
  packetsIn: u64;
  bytesIn: u64;
  packetsOut: u64;
  bytesOut: u64;
  /** By reason, LOST_... */
  lostUnconnected: u64;
  lostRingFull: u64;
  lostFaulty: u64;
  lostVlan: u64;
  lostStorm: u64;
  lostRate: u64;
  lostDown: u64;
  lostTooLong: u64;
  lostOffload: u64;
  lostDevice: u64;
  lostNoBuffer: u64;

  @inline get counters(): usize { return changetype<usize>(this) + offsetof<Port>("packetsIn"); }

  @inline lose(reason: u32): void {
    const at = changetype<usize>(this) + offsetof<Port>("lostUnconnected") + (<usize>reason << 3);
    store<u64>(at, load<u64>(at) + 1);
  }
}

/** A ring between a guest and the switch, one way. The host keeps the index that it owns here, out of the guest's reach. */
@unmanaged
export class Lane {
  port: Port;
  guest: Guest;
  /** The ring in the guest's memory (elements/kernel/ring.ts), its slots minus one, and the bytes that fit each buffer. */
  ring: u32;
  mask: u32;
  capacity: u32;
  /** Consumed of a ring that the guest sends to, produced of one that it receives from. */
  index: u32;
  /** The next lane of the same port (receiving), of the same guest (sending). */
  next: usize;
  /** Sending, when the other end of a wire is a guest of this thread: its receiving lane, and the place of the function that moves frames there. */
  wireTo: usize;
  wireMove: u32;
  /** It found no room there, and is in the list of those that wait for the receiver's next turn. */
  waits: bool;
  nextWaiting: usize;
}

@unmanaged
export class Guest {
  /** Places in the function table: run and nextExpiry of the guest, pull and push of its mover. */
  run: u32;
  nextExpiry: u32;
  pull: u32;
  push: u32;
  /** Lanes that it sends on. */
  lanes: usize;
  number: u32;
  /** Whether it takes part in the schedule: not paused, not stopped. */
  runnable: bool;
  /** Every run is the host's business: an element has a half there. */
  hosted: bool;
  spare: u16;
  /** When it is due, and where it stands in the heap of timers plus one; 0 = not in it. */
  due: u64;
  place: u32;
  /** Nanoseconds of processor time for each nanosecond that it may take, in 1/1024; 1024 = no limit. */
  slowdown: u32;
  /** Before then it has used up its share. */
  allowedFrom: u64;
  /** Processor time so far, from samples. */
  nanoseconds: u64;
  runs: u64;
  /** Lanes of others that wait for room in its rings, a list. */
  waiting: usize;
}

/** A switch or a wire. */
@unmanaged
export class Segment {
  ports: usize;
  portCount: u32;
  isWire: bool;
  vlanAware: bool;
  number: u16;
  /** Seconds after which an address is forgotten. */
  ageing: u32;
}

/** So many a second: the time at which the next is due moves on with each (generic cell rate algorithm, ITU-T I.371). */
@unmanaged
export class Limit {
  theoretical: u64;
  interval: u64;
  burst: u64;

  /** Whether one more is within the limit. */
  allows(now: u64): bool {
    const start = max(this.theoretical, now);
    if (start - now > this.burst) return false;
    this.theoretical = start + this.interval;
    return true;
  }
}

@inline
export function limited(limit: usize, now: u64): bool {
  return limit != 0 && !changetype<Limit>(limit).allows(now);
}

@inline
export function setBit(bits: usize, number: u32): void {
  const at = bits + <usize>((number >> 5) << 2);
  store<u32>(at, load<u32>(at) | (1 << (number & 31)));
}

@inline
export function clearBit(bits: usize, number: u32): void {
  const at = bits + <usize>((number >> 5) << 2);
  store<u32>(at, load<u32>(at) & ~(1 << (number & 31)));
}

/** Whether there is room for one more frame, longest possible, behind descriptions up to `framesEnd` and bytes up to `poolEnd`. */
@inline
export function hasRoom(fabric: Fabric, framesEnd: usize, poolEnd: usize): bool {
  return framesEnd < fabric.framesLimit && poolEnd + LONGEST_FRAME <= fabric.poolLimit;
}
