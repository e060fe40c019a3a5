import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { IpRouteTable } from "./ipRouteTable";

/**
 * Looks up IPv4 routes by ranges of addresses.
 *
 * Arguments and behaviour are those of RadixIPLookup, but packets without a route are dropped without a word.
 *
 * @input  0  IPv4 packets with a destination annotation
 * @output n  packets whose route names this output
 * @note   Differs from Click: it is the same trie as RadixIPLookup's, which needs no 33 MB to be built from; `table` lists routes in the
 *         order in which they were added, Click in that of a hash table.
 * @see RadixIPLookup, DirectIPLookup
 */
@element("1/-", "h/h", "x/x", "ROUTE raw rest: `ADDRESS/MASK [GATEWAY] OUTPUT`")
export class RangeIPLookup extends IpRouteTable {
  route(p: Packet): i32 {
    return this.follow(p);
  }

  /** All routes, in the order in which they were added. */
  @read("table", "$") table(out: Text): void {
    this.putTable(out);
  }

  /** Removes all routes. */
  @write("flush", "", "b") flush(): void {
    this.routes.clear();
  }
}
