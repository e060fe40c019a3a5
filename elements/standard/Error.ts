import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";

/**
 * Stands for an element that could not be declared. It takes any arguments and ports, so that the rest of the
 * configuration can be checked; it drops what it gets.
 */
@element("-/-", "a/a", "x/y", "ANYTHING raw rest: ignored")
export class Error extends Element {
  push(port: i32, p: Packet): void {
    kill(p);
  }

  pull(port: i32): Packet | null {
    return null;
  }
}
