import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { match } from "../net/match";

/**
 * Sorts IPv4 packets by expressions.
 *
 * There is one expression for each output, in the language of IPFilter; a packet goes to the first that it meets, and is dropped when there is none.
 * `-` is met by every packet.
 *
 * @input  0  IPv4 packets, network header set (after CheckIPHeader or MarkIPHeader)
 * @output any  those that meet the expression of that number
 * @note   Where a packet ends within a field, the test of the field fails; Click's optimised program may decide otherwise.
 * @see IPFilter, Classifier
 */
@element("1/-", "h/h", "x/x", "PATTERN raw rest: an expression, one for each output")
export class IPClassifier extends Element {
  @constant table: usize = 0;

  route(p: Packet): i32 {
    return match(this.table, p);
  }
}
