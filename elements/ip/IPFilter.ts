import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { match } from "../net/match";

/**
 * Filters IPv4 packets by rules.
 *
 * Each argument is a rule: an action and an expression. The first rule whose expression a packet meets decides: `allow` sends it to output 0, `deny`
 * and `drop` drop it, a number sends it to that output. A packet that meets no rule is dropped. Expressions test addresses (`src host 10.0.0.1`,
 * `dst net 10.0.0.0/8`), protocols, ports (`tcp dst port 80`), flags, header fields and bytes (`ip[8:1] < 5`), joined by `and`, `or`, `not` and
 * parentheses; a test without qualifiers takes them from the one before (`src port 80 or 443`). Ports and ICMP types are tested in first fragments only.
 *
 * The rules are compiled: small sets to code, large ones to decision diagrams, so that a thousand rules cost little more than ten.
 *
 * @input  0  IPv4 packets, network header set (after CheckIPHeader or MarkIPHeader)
 * @output any  packets that a rule sends there
 * @note   Where a packet ends within a field, the test of the field fails; Click's optimised program may decide otherwise.
 * @see IPClassifier, Classifier, CheckIPHeader
 */
@element("1/-", "h/h", "x/x", "RULE raw rest: an action (allow, deny, drop, or an output) and an expression")
export class IPFilter extends Element {
  @constant table: usize = 0;

  route(p: Packet): i32 {
    return match(this.table, p);
  }
}
