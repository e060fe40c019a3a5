/**
 * What every element is: an instance with ports. The linker replaces `emit` and `fetch` by direct calls along the graph's
 * edges; while nothing is linked yet, they go through the port tables that the host fills (dispatch.ts).
 */
import { Packet } from "./packet";

@external("link", "emit")
declare function linkEmit(element: usize, port: i32, p: Packet): void;
@external("link", "fetch")
declare function linkFetch(element: usize, port: i32): Packet | null;

export abstract class Element {
  /** Tables of the neighbours, one entry a port (dispatch.ts). */
  private outputTable: usize = 0;
  private inputTable: usize = 0;
  /** Ports in use. */
  @constant nOutputs: i32 = 0;
  @constant nInputs: i32 = 0;
  /** Number of this instance: index in the host's table of elements. */
  @constant id: i32 = 0;
  /** Places of `runTask` and `onTimer` of this class in the module's table, for dynamic dispatch. */
  private taskMethod: u32 = 0;
  private timerMethod: u32 = 0;
  /** Bit k is set when input (output) k is a pull port. Ports beyond 31 do not show here. */
  @constant pullInputs: u32 = 0;
  @constant pullOutputs: u32 = 0;

  /** Hands `p` to whatever is connected to output `port`; it is dropped where nothing is. The caller must not touch it again. */
  @inline
  emit(port: i32, p: Packet): void {
    linkEmit(changetype<usize>(this), port, p);
  }

  /** Asks whatever is connected to pull input `port` for a packet. */
  @inline
  fetch(port: i32): Packet | null {
    return linkFetch(changetype<usize>(this), port);
  }
}
