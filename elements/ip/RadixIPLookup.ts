import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { complain, IpRouteTable } from "./ipRouteTable";

const complaints: usize = memory.data(4);

/**
 * Looks up IPv4 routes in a trie.
 *
 * Each argument is a route: `ADDRESS/MASK [GATEWAY] OUTPUT`, `-` or nothing for no gateway. A packet's destination annotation is
 * looked up, longest prefix first; the packet leaves on the route's output, its destination annotation set to the gateway if
 * there is one. Packets without a route are dropped; the first five are reported on the console.
 *
 * A lookup takes at most four memory accesses, whatever the size of the table. Routes may be added and removed while packets run.
 *
 * @input  0  IPv4 packets with a destination annotation
 * @output n  packets whose route names this output
 * @note   Differs from Click: any number of gateways (Click: 255); masks that are not prefixes match as they say.
 * @see StaticIPLookup, LinearIPLookup, DirectIPLookup, RangeIPLookup, GetIPAddress
 */
@element("1/-", "h/h", "x/x", "ROUTE raw rest: `ADDRESS/MASK [GATEWAY] OUTPUT`")
export class RadixIPLookup extends IpRouteTable {
  constructor() {
    super();
    this.routes.movesReplaced = true;
  }

  route(p: Packet): i32 {
    const output = this.follow(p);
    return output >= 0 ? output : complain(complaints, "IPRouteTable", p.destinationAnno);
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
