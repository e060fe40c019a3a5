import { Packet } from "../kernel/packet";
import { IpHeaderCheck } from "./ipHeaderCheck";

/**
 * Checks IPv4 headers, but not their checksums.
 *
 * The same as CheckIPHeader with CHECKSUM false. Kept for old configurations.
 *
 * @input  0  packets
 * @output 0  packets with a sound header
 * @output 1  the others, unchanged; dropped where nothing is connected
 * @see CheckIPHeader
 */
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "INTERFACES IPPrefix(bare-addr-ok)...: as for CheckIPHeader",
  "BADSRC IPAddress...: as for CheckIPHeader",
  "GOODDST IPAddress...: as for CheckIPHeader",
)
export class CheckIPHeader2 extends IpHeaderCheck {
  /** Where the header starts, in bytes from the start of the data. */
  @arg("OFFSET unsigned positional") offset: u32 = 0;
  /** Check the header checksum. */
  @arg checksum: bool = false;

  route(p: Packet): i32 {
    return this.check(p, this.offset, this.checksum);
  }
}
