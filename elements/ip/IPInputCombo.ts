import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { consoleText } from "../kernel/text";
import { checkIp4Header, GOOD } from "./ipHeaderCheck";

/** Bytes of an Ethernet header. */
const ETHER_HEADER: u32 = 14;

/**
 * Does what an IP router does first with each packet: Paint(COLOR), Strip(14), CheckIPHeader and GetIPAddress(16) in one.
 *
 * The first bad packet is reported on the console.
 *
 * @input  0  IPv4 over Ethernet
 * @output 0  IPv4 packets with a sound header, headers and destination annotation set
 * @see Paint, CheckIPHeader, GetIPAddress, Strip, IPOutputCombo
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "COLOR int positional required: the paint annotation",
  "BADSRC* IPAddress... positional: as BADSRC, with 0.0.0.0 and 255.255.255.255",
  "INTERFACES IPPrefix(bare-addr-ok)...: as for CheckIPHeader",
  "BADSRC IPAddress...: as for CheckIPHeader",
  "GOODDST IPAddress...: as for CheckIPHeader",
)
export class IPInputCombo extends Element {
  /** The paint annotation. */
  @constant color: u8 = 0;
  /** Tables of addresses, and how many are in them; the host fills both. */
  @constant badSources: usize = 0;
  @constant badSourceCount: u32 = 0;
  @constant goodDestinations: usize = 0;
  @constant goodDestinationCount: u32 = 0;
  /** Packets dropped. */
  @handler("r") drops: u64 = 0;

  route(p: Packet): i32 {
    p.paint = this.color;
    if (p.length < ETHER_HEADER) return this.refuse();
    p.pull(ETHER_HEADER);
    const fault = checkIp4Header(
      p, 0, true, u64.MAX_VALUE, this.badSources, this.badSourceCount, this.goodDestinations, this.goodDestinationCount,
    );
    return fault == GOOD ? 0 : this.refuse();
  }

  private refuse(): i32 {
    if (this.drops++ == 0) consoleText().put("IP checksum failed").newline().toConsole();
    return DROP;
  }
}
