/** The packet that a source sends again and again: its bytes, from which each packet is made. */
import { Bytes } from "../kernel/bytes";
import { DATA_ALIGNMENT, makePacket, Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";

/** Up to this length 16-byte steps beat `memory.copy`, which is a call out of the compiled code. */
const SHORT: u32 = 256;

export class Template {
  /** Address of the bytes, as far behind a 16-byte boundary as packet data; the room from the boundary on is a multiple of 16. */
  private start: usize = 0;
  private room: u32 = 0;
  length: u32 = 0;

  /**
   * Takes `data` as the packet's bytes, cut or repeated to `size` bytes; its own length when `size` is negative. Zeros, if there
   * is no data to repeat.
   */
  assign(data: Bytes, size: i32): void {
    if (this.start) release(this.start - DATA_ALIGNMENT, this.room);
    this.length = size < 0 ? data.length : <u32>size;
    this.room = (<u32>DATA_ALIGNMENT + this.length + 15) & ~15;
    this.start = allocate(this.room) + DATA_ALIGNMENT;
    for (let done: u32 = 0; done < this.length && data.length != 0; done += data.length) {
      memory.copy(this.start + done, data.start, min(data.length, this.length - done));
    }
  }

  /** A new packet; null when the pool is dry, or a buffer too short. */
  @inline
  make(): Packet | null {
    const length = this.length;
    const p = makePacket(length);
    if (p) copyTemplate(p.data, this.start, length);
    return p;
  }

  /** A new packet with so much headroom, as far as the buffer has that much. */
  makeWithHeadroom(headroom: u32): Packet | null {
    const p = this.make();
    if (!p || headroom == p.headroom) return p;
    const data = p.buffer + min(headroom, p.headroom + p.tailroom);
    memory.copy(data, this.start, this.length);
    p.data = data;
    return p;
  }
}

/**
 * Copies from boundary to boundary: a load that straddles two stores must wait until both are done (some 12 cycles), and the first that
 * come are those of the IP header.
 */
@inline
function copyTemplate(to: usize, from: usize, length: u32): void {
  if (length > SHORT) memory.copy(to, from, length);
  else for (let i: u32 = 0; i < length + DATA_ALIGNMENT; i += 16) v128.store(to - DATA_ALIGNMENT + i, v128.load(from - DATA_ALIGNMENT + i));
}
