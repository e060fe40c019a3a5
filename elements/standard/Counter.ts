import { Element } from "../kernel/element";
import type { Packet } from "../kernel/packet";

/** Draft. */
@element("1/1", "a/a")
export class Counter extends Element {
  /** Packets. */
  @handler("r") count: u64 = 0;

  route(p: Packet): i32 {
    this.count++;
    return 0;
  }
}
