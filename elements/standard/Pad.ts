import { Element } from "../kernel/element";
import { DROP, EXTRA_LENGTH_ANNO, Packet } from "../kernel/packet";

/**
 * Lengthens packets that are too short.
 *
 * Without a length, each packet gets back as many bytes as its extra length annotation says: what Truncate cut off, or a capture did
 * not keep. The annotation becomes zero. A packet whose buffer has no room for them is dropped.
 *
 * @input  0  packets
 * @output 0  the same packets, not shorter than that
 * @see Truncate, Resize
 */
@element("1/1", "a/a")
export class Pad extends Element {
  /** Shortest length; 0 = what the extra length annotation asks for. */
  @arg("LENGTH u32 positional") minimum: u32 = 0;
  /** Whether bytes that are added are zero, rather than anything. */
  @arg("ZERO bool") zero: bool = true;

  route(p: Packet): i32 {
    let missing = p.anno32(EXTRA_LENGTH_ANNO);
    if (this.minimum) missing = p.length < this.minimum ? this.minimum - p.length : 0;
    if (missing) {
      if (!p.put(missing)) return DROP;
      if (this.zero) memory.fill(p.end - missing, 0, missing);
    }
    p.setAnno32(EXTRA_LENGTH_ANNO, 0);
    return 0;
  }
}
