import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";

/**
 * Never produces a packet, and throws away what it is given: an Idle that does not tell those who pull from it to sleep.
 *
 * @input  any  packets to throw away, pushed; a pull input is never asked
 * @output any  nothing
 * @see Idle
 */
@element("-/-", "a/a", "x/y")
export class SimpleIdle extends Element {
  push(port: i32, p: Packet): void {
    kill(p);
  }

  pull(port: i32): Packet | null {
    return null;
  }
}
