import { Packet } from "../kernel/packet";
import { IpHeaderCheck } from "./ipHeaderCheck";

/**
 * Checks that packets have sound IPv4 headers.
 *
 * Packets should have an IPv4 header OFFSET bytes behind the start of their data. Version, header length, total length and
 * checksum are checked, and, when any of INTERFACES, BADSRC and GOODDST is given, that the source address is not a broadcast address
 * (RFC 1812 §5.3.7). A good packet is cut to the length that its header states, which removes Ethernet's padding; its network
 * and transport headers are marked and its destination annotation is set.
 *
 * The first bad packet is reported on the console, all of them with VERBOSE.
 *
 * @input  0  packets
 * @output 0  packets with a sound header
 * @output 1  the others, unchanged; dropped where nothing is connected
 * @note   Differs from Click: a positional OFFSET that is no number is called that; Click says "too many arguments".
 * @see MarkIPHeader, SetIPChecksum, StripIPHeader, CheckTCPHeader, CheckUDPHeader, CheckICMPHeader
 */
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "INTERFACES IPPrefix(bare-addr-ok)...: addresses of this router's interfaces with their prefixes: their broadcast addresses, 0.0.0.0 and 255.255.255.255 join BADSRC, the addresses themselves GOODDST",
  "BADSRC IPAddress...: source addresses that no packet may have",
  "GOODDST IPAddress...: destination addresses for which any source will do",
)
export class CheckIPHeader extends IpHeaderCheck {
  /** Where the header starts, in bytes from the start of the data. */
  @arg("OFFSET unsigned positional") offset: u32 = 0;
  /** Check the header checksum. */
  @arg checksum: bool = true;

  route(p: Packet): i32 {
    return this.check(p, this.offset, this.checksum);
  }
}
