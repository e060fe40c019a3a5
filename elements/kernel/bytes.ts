/** A string or block of bytes that the host put into the guest: a label, packet data, a file's name. */
@unmanaged
export class Bytes {
  length: u32;

  /** Address of the first byte. */
  @inline get start(): usize {
    return changetype<usize>(this) + sizeof<u32>();
  }
}
