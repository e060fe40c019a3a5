import { Element } from "../kernel/element";
import { clone, Packet } from "../kernel/packet";

/**
 * Gives each packet that is pulled through output 0 to every other output as well.
 *
 * @input  0    packets, pulled
 * @output 0    the same packets, pulled
 * @output any  a copy of each, pushed
 * @see Tee
 */
@element("1/1-", "l/lh", "x/x", "N u32 positional: number of outputs, if it is to be checked")
export class PullTee extends Element {
  pull(port: i32): Packet | null {
    const p = this.fetch(0);
    if (!p) return null;
    const n = this.nOutputs;
    for (let i = 1; i < n; i++) {
      const copy = clone(p);
      if (copy) this.emit(i, copy);
    }
    return p;
  }
}
