import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { consoleText } from "../kernel/text";
import { Ip4Header, IP4_HEADER } from "../net/ip4";

/**
 * Computes the IPv4 header checksum and stores it in the header.
 *
 * The header is at the network header annotation or, where none is set, at the start of the data. A packet too short for the
 * header that it states is dropped; the first one is reported on the console.
 *
 * @input  0  IPv4 packets
 * @output 0  the same packets with a right header checksum
 * @see CheckIPHeader, SetTCPChecksum, SetUDPChecksum
 */
@element("1/1", "a/a")
export class SetIPChecksum extends Element {
  /** Packets dropped. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    const header = p.networkHeader ? p.networkHeader : p.data;
    const ip = changetype<Ip4Header>(header);
    const room = <i32>(p.end - header);
    if (room < <i32>IP4_HEADER || ip.headerLength < IP4_HEADER || <i32>ip.headerLength > room) return this.refuse();
    ip.setChecksum();
    return 0;
  }

  private refuse(): i32 {
    if (this.drops++ == 0) consoleText().put("SetIPChecksum: bad input packet").newline().toConsole();
    return DROP;
  }
}
