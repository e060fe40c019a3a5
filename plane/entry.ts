/**
 * Entries of the tables in which devices and the fabric hand frames to each other: 32 bytes, laid out as `src/device/device.ts` says. From `flags` on they
 * contain a virtio_net_hdr (virtio 1.2 §5.1.6; linux/virtio_net.h), little-endian.
 */

/** Bytes of an entry. */
export const ENTRY_SIZE: u32 = 32;

/** Flags: the checksum is to be computed from `checksumStart` on; the checksum was found right. */
export const NEEDS_CHECKSUM: u8 = 1;
export const DATA_VALID: u8 = 2;

/** What a frame is to be cut into: nothing, TCP over IPv4 or IPv6, or UDP datagrams. With TCP's, a bit says that CWR is set (RFC 3168 §6.1.2). */
export const GSO_NONE: u8 = 0;
export const GSO_TCP4: u8 = 1;
export const GSO_TCP6: u8 = 4;
export const GSO_UDP: u8 = 5;
export const GSO_ECN: u8 = 0x80;

/** A view over table memory: nothing is copied, nothing is checked here. Whoever fills the table has made sure that the frame lies in memory. */
@unmanaged
export class Entry {
  /** Where the frame lies, and its bytes. */
  data: u32;
  length: u32;
  flags: u8;
  /** GSO_... */
  gsoType: u8;
  /** Bytes of all headers: a hint only. */
  headerLength: u16;
  /** Payload bytes of each segment but the last. */
  segmentSize: u16;
  /** Where the checksum's data begin, and where behind that it is stored. */
  checksumStart: u16;
  checksumOffset: u16;
  buffers: u16;
  /** Not 0: the bytes from here on continue the frame of the entry before. */
  merge: u16;
  private reserved: u16;
  /** Of use only while entries are put together (coalesce.ts): the entry that continues this one, and the place that this one goes to. */
  next: Entry | null;
  place: u32;

  /** The entry `index` places behind this one. */
  @inline at(index: u32): Entry { return changetype<Entry>(changetype<usize>(this) + index * ENTRY_SIZE); }

  /** Describes a finished frame. */
  @inline setFrame(data: u32, length: u32): void {
    this.data = data;
    this.length = length;
    store<u64>(changetype<usize>(this), 0, offsetof<Entry>("flags"));
    store<u64>(changetype<usize>(this), 0, offsetof<Entry>("checksumOffset"));
  }
}
