import { Element } from "../kernel/element";
import { clone, Packet, PAINT_ANNO } from "../kernel/packet";

/** The color that goes everywhere. */
const EVERYWHERE: u8 = 255;

/**
 * Sends each packet to the output that its paint annotation names.
 *
 * @input  0    packets
 * @output any  packets of that color, and a copy of each with color 255; a color without an output is dropped
 * @see Paint, CheckPaint, Switch
 */
@element("1/-", "h/h")
export class PaintSwitch extends Element {
  /** Annotation byte to look at. */
  @arg("ANNO anno(1) positional") anno: u32 = PAINT_ANNO;

  push(port: i32, p: Packet): void {
    const color = p.anno8(this.anno);
    if (color == EVERYWHERE) this.spread(p);
    else this.emit(color, p);
  }

  private spread(p: Packet): void {
    const last = this.nOutputs - 1;
    for (let i = 0; i < last; i++) {
      const copy = clone(p);
      if (copy) this.emit(i, copy);
    }
    this.emit(last, p);
  }
}
