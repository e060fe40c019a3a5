import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { IpRouteTable } from "./ipRouteTable";
import { complainLinear } from "./linearComplaints";

/**
 * Looks up IPv4 routes in a table that never changes.
 *
 * The same as LinearIPLookup without the handlers that add and remove routes.
 *
 * @input  0  IPv4 packets with a destination annotation
 * @output n  packets whose route names this output
 * @note   Differs from Click: lookups go through a trie, so that large tables are as fast as small ones.
 * @see RadixIPLookup, LinearIPLookup
 */
@element("1/-", "h/h", "x/x", "ROUTE raw rest: `ADDRESS/MASK [GATEWAY] OUTPUT`")
export class StaticIPLookup extends IpRouteTable {
  route(p: Packet): i32 {
    const output = this.follow(p);
    return output >= 0 ? output : complainLinear(p);
  }

  /** All routes, in the order in which they were given. */
  @read("table") table(out: Text): void {
    this.putTable(out);
  }
}
