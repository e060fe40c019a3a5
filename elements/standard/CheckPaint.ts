import { Element } from "../kernel/element";
import { Packet, PAINT_ANNO } from "../kernel/packet";

/**
 * Passes on packets of one color.
 *
 * @input  0  packets
 * @output 0  packets with that paint annotation
 * @output 1  the others; dropped where nothing is connected
 * @see Paint, PaintTee, PaintSwitch
 */
@element("1/1-2", "a/ah")
export class CheckPaint extends Element {
  /** The color, a number. */
  @arg("COLOR u8 positional required") @handler("rw") color: u8 = 0;
  /** Annotation byte to look at. */
  @arg("ANNO anno(1) positional") anno: u32 = PAINT_ANNO;

  route(p: Packet): i32 {
    return p.anno8(this.anno) == this.color ? 0 : 1;
  }
}
