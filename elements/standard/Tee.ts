import { Element } from "../kernel/element";
import { clone, Packet } from "../kernel/packet";

/**
 * Sends a copy of each packet to every output.
 *
 * The copies go out first, from output 0 on; the last output gets the packet itself.
 *
 * @input  0    packets
 * @output any  a copy of each
 * @see PullTee, PaintTee, Switch
 */
@element("1/1-", "h/h", "x/x", "N u32 positional: number of outputs, if it is to be checked")
export class Tee extends Element {
  push(port: i32, p: Packet): void {
    const last = this.nOutputs - 1;
    for (let i = 0; i < last; i++) {
      const copy = clone(p);
      if (copy) this.emit(i, copy);
    }
    this.emit(last, p);
  }
}
