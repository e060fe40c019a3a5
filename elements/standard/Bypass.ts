import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Sends packets through a detour, or past it.
 *
 * While it is active, packets from input 0 leave through output 1, and come back through input 1; otherwise they go straight from
 * input 0 to output 0.
 *
 * @input  0  packets
 * @input  1  packets that come back from the detour
 * @output 0  packets
 * @output 1  packets for the detour
 * @note   Differs from Click: INLINE changes nothing; the linker makes the way past an inactive detour as short as it can be.
 * @see Switch
 */
@element("1-2/1-2", "a/a", "xy/[xy]x", "INLINE bool: whether not to change the ports around it")
@reads("ACTIVE INLINE")
export class Bypass extends Element {
  /** Whether packets take the detour. */
  @arg("ACTIVE bool positional") @handler("r") active: bool = false;

  push(port: i32, p: Packet): void {
    this.emit(this.active && port == 0 && this.nOutputs > 1 ? 1 : 0, p);
  }

  pull(port: i32): Packet | null {
    return this.fetch(this.active && port == 0 && this.nInputs > 1 ? 1 : 0);
  }

  @write("active", "bool", "", "syntax error")
  setActive(active: bool): void {
    this.active = active;
  }
}
