import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { consoleText } from "../kernel/text";

/**
 * Removes bytes from the front of packets.
 *
 * A shorter packet loses all it has, and the console says so.
 *
 * @input  0  packets
 * @output 0  the same packets, shorter
 * @see Unstrip, StripToNetworkHeader, Truncate
 */
@element("1/1", "a/a")
export class Strip extends Element {
  /** Bytes to remove. */
  @arg("LENGTH u32 positional required") count: u32 = 0;

  route(p: Packet): i32 {
    if (p.length < this.count) stripAll(p, this.count);
    else p.pull(this.count);
    return 0;
  }
}

function stripAll(p: Packet, wanted: u32): void {
  consoleText().put("Packet::pull ").signed(<i32>wanted).put(" > length ").unsigned(p.length).newline().toConsole();
  p.pull(p.length);
}
