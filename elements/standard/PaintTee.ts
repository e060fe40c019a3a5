import { Element } from "../kernel/element";
import { clone, Packet, PAINT_ANNO } from "../kernel/packet";

/**
 * Passes packets on, and sends a copy of those of one color to output 1.
 *
 * @input  0  packets
 * @output 0  all packets
 * @output 1  a copy of each with that paint annotation
 * @see Paint, CheckPaint, Tee
 */
@element("1/2", "a/ah")
export class PaintTee extends Element {
  /** The color, a number. */
  @arg("COLOR u8 positional required") @handler("rw") color: u8 = 0;
  /** Annotation byte to look at. */
  @arg("ANNO anno(1) positional") anno: u32 = PAINT_ANNO;

  route(p: Packet): i32 {
    if (p.anno8(this.anno) == this.color) this.copy(p);
    return 0;
  }

  private copy(p: Packet): void {
    const copy = clone(p);
    if (copy) this.emit(1, copy);
  }
}
