import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { match } from "../net/match";

/**
 * Sorts packets by the bytes at given offsets.
 *
 * There is one pattern for each output; a packet goes to the first whose pattern it meets, and is dropped when there is none. A pattern is a
 * list of clauses, all of which must hold: `OFFSET/VALUE` or `OFFSET/VALUE%MASK`, with OFFSET in bytes from the start of the packet and VALUE and MASK
 * in hexadecimal, two digits a byte; `?` in VALUE is a free digit, `!` in front negates a clause. `-` is met by every packet. A packet that is too short
 * for a clause does not meet it.
 *
 * The patterns become a decision tree; once the configuration is linked, code.
 *
 * @input  0  packets
 * @output any  those that meet the pattern of that number
 * @note   Where a packet ends within the bytes that a clause tests, the clause fails; Click's optimised program may decide otherwise.
 * @see IPClassifier, IPFilter
 */
@element("1/-", "h/h", "x/x", "PATTERN raw rest: a pattern, one for each output")
export class Classifier extends Element {
  @constant table: usize = 0;

  route(p: Packet): i32 {
    return match(this.table, p);
  }
}
