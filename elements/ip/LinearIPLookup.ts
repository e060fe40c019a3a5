import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { IpRouteTable } from "./ipRouteTable";
import { complainLinear } from "./linearComplaints";

/**
 * Looks up IPv4 routes; for small tables.
 *
 * Each argument is a route: `ADDRESS/MASK [GATEWAY] OUTPUT`, `-` or nothing for no gateway. A packet's destination annotation is
 * looked up, longest prefix first; the packet leaves on the route's output, its destination annotation set to the gateway if
 * there is one. Packets without a route are dropped; the first five are reported on the console.
 *
 * @input  0  IPv4 packets with a destination annotation
 * @output n  packets whose route names this output
 * @note   Differs from Click: lookups go through a trie, so that large tables are as fast as small ones; places of removed routes do not match
 *         0.0.0.0.
 * @see RadixIPLookup, StaticIPLookup
 */
@element("1/-", "h/h", "x/x", "ROUTE raw rest: `ADDRESS/MASK [GATEWAY] OUTPUT`")
export class LinearIPLookup extends IpRouteTable {
  route(p: Packet): i32 {
    const output = this.follow(p);
    return output >= 0 ? output : complainLinear(p);
  }

  /** All routes, in the order in which they were added. */
  @read("table", "$") table(out: Text): void {
    this.putTable(out);
  }
}
