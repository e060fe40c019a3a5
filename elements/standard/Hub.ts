import { Element } from "../kernel/element";
import { clone, kill, Packet } from "../kernel/packet";

/**
 * Sends a copy of each packet to every output except that of the port where it came in, as an Ethernet hub does.
 *
 * @input  any  packets
 * @output any  a copy of those from all other ports
 * @see Tee, EtherSwitch
 */
@element("-/=", "h/h", "#/[^#]")
export class Hub extends Element {
  push(port: i32, p: Packet): void {
    const n = this.nOutputs;
    const last = port == n - 1 ? n - 2 : n - 1;
    if (last < 0) {
      kill(p);
      return;
    }
    for (let i = 0; i < last; i++) {
      if (i == port) continue;
      const copy = clone(p);
      if (copy) this.emit(i, copy);
    }
    this.emit(last, p);
  }
}
