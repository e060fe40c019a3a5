import { Element } from "../kernel/element";
import { kill, type Packet } from "../kernel/packet";

/** Draft. */
@element("1/0", "h/h")
export class Discard extends Element {
  @handler("r") count: u64 = 0;
  push(port: i32, p: Packet): void {
    this.count++;
    kill(p);
  }
}
