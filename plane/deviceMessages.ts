/**
 * Frames as messages of packet sockets and TAP devices. Each has a virtio_net_hdr of ten bytes in front, which the kernel reads and writes in the entry itself:
 * the first vector of a message is the header in the entry, the next ones are the frame.
 *
 * A receive area is a table, its messages, vectors, control buffers and frames, one behind the other; a transmit area a table, messages and vectors. The
 * structures of the kernel are those of a 64-bit one.
 */
import { CACHE_LINE } from "./state";
import { ETHERTYPE_VLAN } from "../elements/net/ethernet";
import { VLAN_TAG } from "../elements/net/vlan";
import { ENTRY_SIZE, Entry, GSO_NONE, NEEDS_CHECKSUM } from "./entry";

/** Entries of the tables. */
export const RECEIVE_SLOTS: u32 = 64;
export const TRANSMIT_SLOTS: u32 = 256;
/** Bytes of struct virtio_net_hdr (linux/virtio_net.h), without the count of buffers that some forms have at the end. */
export const VIRTIO_HEADER: u32 = 10;

/**
 * From one received frame to the next: 65535 bytes of IP packet, its headers and two tags, rounded up to an odd number of cache lines, so that not all
 * frames begin in the same sets of the L1 cache.
 */
const STRIDE: u32 = 1027 * CACHE_LINE;
/** Room for a VLAN tag in front of the frame, and an IP header on a 16-byte boundary behind its Ethernet header. */
const HEADROOM: u32 = 18;

/** struct iovec, sys/uio.h. */
@unmanaged
class Vector {
  base: u64;
  length: u64;

  @inline get next(): Vector { return changetype<Vector>(changetype<usize>(this) + offsetof<Vector>()); }
  @inline set(base: u64, length: u64): void {
    this.base = base;
    this.length = length;
  }
}

/** struct mmsghdr, sys/socket.h. */
@unmanaged
class Message {
  private name: u64;
  private nameLength: u64;
  vectors: u64;
  vectorCount: u64;
  control: u64;
  controlLength: u64;
  flags: u32;
  private padding: u32;
  /** Bytes received. */
  length: u32;
  private padding2: u32;

  @inline get next(): Message { return changetype<Message>(changetype<usize>(this) + offsetof<Message>()); }
}

/** In the flags of a received message: the frame was longer than its buffer (sys/socket.h). */
const MSG_TRUNC: u32 = 0x20;

/** A control message (struct cmsghdr, sys/socket.h) with struct tpacket_auxdata (linux/if_packet.h). */
@unmanaged
class Control {
  length: u64;
  level: u32;
  type: u32;
  status: u32;
  private frameLength: u32;
  private captured: u32;
  private mac: u16;
  private network: u16;
  vlanTag: u16;
  vlanType: u16;
}

/** Level and type of a control message with auxiliary data: linux/socket.h, linux/if_packet.h. */
const SOL_PACKET: u32 = 263;
const PACKET_AUXDATA: u32 = 8;
/** In the status: the kernel took a tag out of the frame, and tells its type, too (linux/if_packet.h). */
const TP_STATUS_VLAN_VALID: u32 = 1 << 4;
const TP_STATUS_VLAN_TPID_VALID: u32 = 1 << 6;
/** Distance between control buffers: CMSG_SPACE of the 20 bytes of struct tpacket_auxdata. */
const CONTROL_SPACE: u32 = 40;

const TABLE_OF_RECEIVE: u32 = RECEIVE_SLOTS * ENTRY_SIZE;
const TABLE_OF_TRANSMIT: u32 = TRANSMIT_SLOTS * ENTRY_SIZE;
const RECEIVE_VECTORS: u32 = 2;

export function receiveMessages(area: usize): usize { return area + TABLE_OF_RECEIVE; }
export function receiveVectors(area: usize): usize { return receiveMessages(area) + RECEIVE_SLOTS * offsetof<Message>(); }
function receiveControls(area: usize): usize { return receiveVectors(area) + RECEIVE_SLOTS * RECEIVE_VECTORS * offsetof<Vector>(); }
function receiveFrames(area: usize): usize { return receiveControls(area) + RECEIVE_SLOTS * CONTROL_SPACE; }
export function receiveBytes(): u32 { return <u32>receiveFrames(0) + RECEIVE_SLOTS * STRIDE; }

export function transmitMessages(area: usize): usize { return area + TABLE_OF_TRANSMIT; }
export function transmitVectors(area: usize): usize { return transmitMessages(area) + TRANSMIT_SLOTS * offsetof<Message>(); }
/** Each entry has one vector, and at most one header. */
export function transmitBytes(): u32 { return <u32>transmitVectors(0) + TRANSMIT_SLOTS * 2 * offsetof<Vector>(); }

/** Where the frame of a message is received. */
@inline
function frameAt(area: usize, index: u32): u32 {
  return <u32>receiveFrames(area) + index * STRIDE + HEADROOM;
}

/**
 * Makes messages into which the kernel can receive.
 * @param memory  address of this memory in the process
 */
export function prepareReceive(area: usize, memory: u64): void {
  let entry = changetype<Entry>(area);
  let message = changetype<Message>(receiveMessages(area));
  let vector = changetype<Vector>(receiveVectors(area));
  let control = receiveControls(area);
  for (let i: u32 = 0; i < RECEIVE_SLOTS; i++) {
    message.vectors = memory + changetype<usize>(vector);
    message.vectorCount = RECEIVE_VECTORS;
    message.control = memory + control;
    message.controlLength = CONTROL_SPACE;
    entry.setFrame(frameAt(area, i), 0);
    vector.set(memory + changetype<usize>(entry) + offsetof<Entry>("flags"), VIRTIO_HEADER);
    vector = vector.next;
    vector.set(memory + frameAt(area, i), STRIDE - HEADROOM);
    vector = vector.next;
    entry = entry.at(1);
    message = message.next;
    control += CONTROL_SPACE;
  }
}

/**
 * Makes entries of messages that the kernel has received, puts VLAN tags back that it took out, and makes the messages ready for the next time.
 * @returns how many entries there are: frames that were longer than their buffer are left out
 */
export function received(area: usize, count: u32): u32 {
  let message = changetype<Message>(receiveMessages(area));
  let control = changetype<Control>(receiveControls(area));
  let from = changetype<Entry>(area);
  let to = from;
  for (let i: u32 = 0; i < count; i++) {
    if (!(message.flags & MSG_TRUNC)) {
      store<u64>(changetype<usize>(to), load<u64>(changetype<usize>(from), offsetof<Entry>("flags")), offsetof<Entry>("flags"));
      // the last two bytes that the kernel wrote; behind them, what the fabric may have left
      store<u64>(changetype<usize>(to), load<u16>(changetype<usize>(from), offsetof<Entry>("checksumOffset")), offsetof<Entry>("checksumOffset"));
      to.data = frameAt(area, i);
      to.length = message.length - VIRTIO_HEADER;
      if (message.controlLength >= offsetof<Control>("vlanType") + sizeof<u16>()) restoreTag(to, control);
      to = to.at(1);
    }
    message.controlLength = CONTROL_SPACE;
    message = message.next;
    control = changetype<Control>(changetype<usize>(control) + CONTROL_SPACE);
    from = from.at(1);
  }
  return <u32>(changetype<usize>(to) - area) / ENTRY_SIZE;
}

/** Puts a VLAN tag back into a frame: the addresses move to the front. */
function restoreTag(entry: Entry, control: Control): void {
  if (control.level != SOL_PACKET || control.type != PACKET_AUXDATA || !(control.status & TP_STATUS_VLAN_VALID)) return;
  const type = control.status & TP_STATUS_VLAN_TPID_VALID ? control.vlanType : ETHERTYPE_VLAN;
  const data = entry.data;
  const first = load<u64>(data);
  const last = load<u32>(data, 8);
  store<u64>(data - VLAN_TAG, first);
  store<u32>(data - VLAN_TAG, last, 8);
  store<u16>(data, bswap<u16>(type), 8);
  store<u16>(data, bswap<u16>(control.vlanTag), 10);
  entry.data = data - VLAN_TAG;
  entry.length += VLAN_TAG;
  if (entry.flags & NEEDS_CHECKSUM) entry.checksumStart += <u16>VLAN_TAG;
  if (entry.gsoType != GSO_NONE) entry.headerLength += <u16>VLAN_TAG;
}

/**
 * Makes messages of the first `count` entries, one for each frame: entries that continue the frame before add their bytes to its message.
 * @returns how many messages there are
 */
export function gather(area: usize, count: u32, memory: u64): u32 {
  const messages = changetype<Message>(transmitMessages(area));
  let entry = changetype<Entry>(area);
  let vector = changetype<Vector>(transmitVectors(area));
  let message = messages;
  let next = messages;
  for (let i: u32 = 0; i < count; i++) {
    if (entry.merge == 0) {
      message = next;
      next = message.next;
      message.vectors = memory + changetype<usize>(vector);
      message.vectorCount = 1;
      vector.set(memory + changetype<usize>(entry) + offsetof<Entry>("flags"), VIRTIO_HEADER);
      vector = vector.next;
    }
    message.vectorCount++;
    vector.set(memory + entry.data + entry.merge, entry.length - entry.merge);
    vector = vector.next;
    entry = entry.at(1);
  }
  return <u32>(changetype<usize>(next) - changetype<usize>(messages)) / offsetof<Message>();
}

/** Entries that went into `count` messages, from the message `first` on. */
export function framesIn(area: usize, first: u32, count: u32): u32 {
  let frames: u32 = 0;
  const messages = transmitMessages(area);
  for (let i = first; i < first + count; i++) {
    frames += <u32>changetype<Message>(messages + i * offsetof<Message>()).vectorCount - 1;
  }
  return frames;
}
