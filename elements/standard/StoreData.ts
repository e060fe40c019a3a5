import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Overwrites bytes of packets with fixed data.
 *
 * Data that would reach beyond the packet's end is cut.
 *
 * @input  0  packets
 * @output 0  the same packets, changed
 * @see Strip, Paint
 */
@element("1/1", "a/a")
export class StoreData extends Element {
  /** Where the data goes, from the start of the packet. */
  @arg("OFFSET u32 positional required") offset: u32 = 0;
  /** What is written there. */
  @arg("DATA string positional required") data: Bytes = changetype<Bytes>(0);

  route(p: Packet): i32 {
    if (p.length > this.offset) memory.copy(p.data + this.offset, this.data.start, min(this.data.length, p.length - this.offset));
    return 0;
  }
}
