import { Element } from "../kernel/element";
import { Packet, PAINT_ANNO } from "../kernel/packet";

/**
 * Sets the paint annotation of packets.
 *
 * @input  0  packets
 * @output 0  the same packets, painted
 * @see CheckPaint, PaintTee, PaintSwitch
 */
@element("1/1", "a/a")
export class Paint extends Element {
  /** The color, a number. */
  @arg("COLOR u8 positional required") @handler("rw") color: u8 = 0;
  /** Annotation byte to set. */
  @arg("ANNO anno(1) positional") anno: u32 = PAINT_ANNO;

  route(p: Packet): i32 {
    p.setAnno8(this.anno, this.color);
    return 0;
  }
}
