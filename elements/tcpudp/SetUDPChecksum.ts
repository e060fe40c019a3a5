import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { consoleText } from "../kernel/text";
import { hasIp4Header, ip4, transportBytes, transportChecksum } from "../net/ip4";
import { udp, UDP_HEADER } from "../net/udp";

/** Whether a refused packet was reported; all SetUDPChecksums report one together. */
const reported: usize = memory.data(4);

/**
 * Computes the checksum of UDP datagrams.
 *
 * The protocol is not looked at. Fragments, and packets shorter than their UDP header says, leave on output 1; where nothing is
 * connected, the first of them is reported on the console.
 *
 * @input  0  UDP over IPv4, network header set
 * @output 0  the same packets with a right checksum
 * @output 1  fragments and short packets, unchanged; dropped where nothing is connected
 * @see CheckUDPHeader, SetIPChecksum, SetTCPChecksum
 */
@element("1/1-2", "a/ah")
export class SetUDPChecksum extends Element {
  /** The element's declaration, for the message. */
  @constant label: Bytes = changetype<Bytes>(0);

  route(p: Packet): i32 {
    const room = hasIp4Header(p) ? transportBytes(p) : 0;
    if (room < UDP_HEADER || ip4(p).isFragment || udp(p).length > room) return this.refuse();
    const header = udp(p);
    header.checksum = 0;
    header.checksum = transportChecksum(ip4(p), header.address, header.length);
    return 0;
  }

  private refuse(): i32 {
    if (this.nOutputs == 1 && load<u32>(reported) == 0) {
      store<u32>(reported, 1);
      consoleText().bytes(this.label.start, this.label.length).put(": fragment or short packet").newline().toConsole();
    }
    return 1;
  }
}
