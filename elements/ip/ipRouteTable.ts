/** What the elements that look up routes share: the table, its handlers, and the way of a packet through it. */
import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { consoleText, Text } from "../kernel/text";
import { Routes } from "./routes";

/** "No route" is reported this often, by all tables of a kind together. */
const MOST_COMPLAINTS: u32 = 5;

export abstract class IpRouteTable extends Element {
  @constant routes: Routes = new Routes();

  initialize(): void {
    this.routes.prepare();
  }

  cleanup(): void {
    this.routes.dispose();
  }

  /** Sends a packet to the output of its destination's route; the destination becomes the gateway, if there is one. DROP: no route. */
  @inline
  protected follow(p: Packet): i32 {
    const route = this.routes.find(p.destinationAnno);
    if (route.gateway) p.destinationAnno = route.gateway;
    return route.port;
  }

  /** The number of the route for exactly this prefix, 0 when there is none. */
  @method exactRoute(address: u32, mask: u32): u32 {
    this.routes.prepare();
    return this.routes.exact(address, mask);
  }

  /** Where the best route for an address lies; its port is -1 when there is none. */
  @method bestRoute(address: u32): usize {
    return changetype<usize>(this.routes.find(address));
  }

  /** Where route `number` lies; see Route. */
  @method routeAt(number: u32): usize {
    return changetype<usize>(this.routes.at(number));
  }

  @method putRoute(address: u32, mask: u32, gateway: u32, port: i32): void {
    this.routes.prepare();
    this.routes.put(address, mask, gateway, port);
  }

  @method removeRoute(number: u32): void {
    this.routes.remove(number);
  }

  /** One route a line: prefix, gateway or `-`, and output, in columns. */
  protected putTable(out: Text): void {
    for (let number: u32 = 1; number < this.routes.limit; number++) {
      const route = this.routes.at(number);
      if (route.port < 0) continue;
      let start = out.length;
      out.ipAddress(route.address).byte(0x2f);
      if (route.length >= 0) out.unsigned(route.length);
      else out.ipAddress(route.mask);
      endColumn(out, start, 16);
      start = out.length;
      if (route.gateway) out.ipAddress(route.gateway);
      else out.byte(0x2d);
      endColumn(out, start, 8);
      out.unsigned(route.port).newline();
    }
  }
}

/** A tab, and another one when the column's text is shorter than `width`. */
function endColumn(out: Text, start: u32, width: u32): void {
  const length = out.length - start;
  out.byte(0x09);
  if (length < width) out.byte(0x09);
}

/**
 * Reports a packet without a route.
 * @param complaints  address of the counter of such reports
 * @param reporter  what the line starts with
 */
export function complain(complaints: usize, reporter: string, address: u32): i32 {
  const count = load<u32>(complaints);
  if (count < MOST_COMPLAINTS) {
    store<u32>(complaints, count + 1);
    consoleText().put(reporter).put(": no route for ").ipAddress(address).newline().toConsole();
  }
  return DROP;
}
