import { Element } from "../kernel/element";
import { EXTRA_LENGTH_ANNO, Packet } from "../kernel/packet";

/**
 * Cuts packets to a length.
 *
 * @input  0  packets
 * @output 0  the same packets, not longer than that
 * @see Strip, Pad, Resize
 */
@element("1/1", "a/a")
export class Truncate extends Element {
  /** Most bytes that a packet keeps. */
  @arg("LENGTH u32 positional required") @handler("rw", "nbytes") limit: u32 = 0;
  /** Whether the extra length annotation grows by what was cut. */
  @arg("EXTRA_LENGTH bool") extraLength: bool = true;

  route(p: Packet): i32 {
    if (p.length > this.limit) this.cut(p, p.length - this.limit);
    return 0;
  }

  private cut(p: Packet, n: u32): void {
    if (this.extraLength) p.setAnno32(EXTRA_LENGTH_ANNO, p.anno32(EXTRA_LENGTH_ANNO) + n);
    p.take(n);
  }
}
