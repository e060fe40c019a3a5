import { Element } from "../kernel/element";
import { Notifier } from "../kernel/notifier";
import { kill, Packet } from "../kernel/packet";

/**
 * Never produces a packet, and throws away what it is given.
 *
 * Good for ports that must be connected but have nothing to do. It tells those who pull from it that nothing will ever come, so that
 * they sleep.
 *
 * @input  any  packets to throw away, pushed; a pull input is never asked
 * @output any  nothing
 * @see Discard, Null
 */
@element("-/-", "a/a", "x/y")
export class Idle extends Element {
  @notifies("output") notifier: Notifier = new Notifier();

  initialize(): void {
    this.notifier.sleep();
  }

  push(port: i32, p: Packet): void {
    kill(p);
  }

  pull(port: i32): Packet | null {
    return null;
  }
}
