import { Element } from "../kernel/element";
import { DROP, Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";
import { consoleText, Text } from "../kernel/text";
import { ARP_HARDWARE_ETHERNET, ARP_HEADER, ArpPacket } from "../net/arp";
import { ETHER_ADDRESS, ETHERTYPE_IP, ETHERTYPE_IP6 } from "../net/ethernet";

/** Why a packet is bad; the numbers are the lines of `drop_details`. */
const TINY: u32 = 0;
const NO_ADDRESSES: u32 = 1;
const BAD_HARDWARE: u32 = 2;
const BAD_PROTOCOL: u32 = 3;
const REASONS: u32 = 4;

/**
 * Checks that packets hold a whole ARP header with plausible lengths, and sets the network header annotation.
 *
 * A packet is bad when it is too short for the header or for the addresses that the header announces, when Ethernet
 * addresses are not 6 bytes long, IPv4 addresses not 4, or IPv6 addresses not 16. The first bad packet is reported;
 * with VERBOSE every one is.
 *
 * @input  0  packets with an ARP header at OFFSET
 * @output 0  good packets
 * @output 1  bad packets; dropped where nothing is connected
 * @see CheckIPHeader, ARPPrint
 */
@element("1/1-2", "a/ah")
export class CheckARPHeader extends Element {
  /** Where the ARP header starts, counted from the start of the packet. */
  @arg("OFFSET unsigned positional") offset: u32 = 0;
  /** Report every bad packet. */
  @arg("VERBOSE bool") verbose: bool = false;
  /** Count bad packets by reason: the `drop_details` handler exists. */
  @arg("DETAILS bool") details: bool = false;

  /** Bad packets. */
  @handler("r") drops: u64 = 0;

  private counts: usize = 0;

  initialize(): void {
    this.counts = allocate(REASONS << 2);
  }

  cleanup(): void {
    if (this.counts) release(this.counts, REASONS << 2);
  }

  route(p: Packet): i32 {
    if (this.offset > p.length || p.length - this.offset < ARP_HEADER) return this.bad(TINY);
    const room = p.length - this.offset;
    const at = p.data + this.offset;
    const arp = changetype<ArpPacket>(at);
    const length = ARP_HEADER + ((<u32>arp.hardwareLength + <u32>arp.protocolLength) << 1);
    if (room < length) return this.bad(NO_ADDRESSES);
    if (arp.hardwareType == ARP_HARDWARE_ETHERNET && arp.hardwareLength != ETHER_ADDRESS) return this.bad(BAD_HARDWARE);
    const protocol = arp.protocolType;
    if (protocol == ETHERTYPE_IP && arp.protocolLength != 4) return this.bad(BAD_PROTOCOL);
    if (protocol == ETHERTYPE_IP6 && arp.protocolLength != 16) return this.bad(BAD_PROTOCOL);
    p.setNetworkHeader(at, length);
    return 0;
  }

  private bad(reason: u32): i32 {
    if (this.drops == 0 || this.verbose)
      putReason(consoleText().put("ARP header check failed: "), reason).newline().toConsole();
    this.drops++;
    const count = this.counts + (<usize>reason << 2);
    store<u32>(count, load<u32>(count) + 1);
    return 1;
  }

  /** Bad packets by reason, one reason a line: count, tab, reason. */
  @read("drop_details", "", "details")
  dropDetails(out: Text): void {
    for (let reason: u32 = 0; reason < REASONS; reason++)
      putReason(out.unsigned(load<u32>(this.counts + (<usize>reason << 2))).byte(0x09), reason).newline();
  }
}

function putReason(out: Text, reason: u32): Text {
  if (reason == TINY) return out.put("tiny packet");
  if (reason == NO_ADDRESSES) return out.put("too small for addresses");
  if (reason == BAD_HARDWARE) return out.put("bad hardware type/length");
  return out.put("bad protocol type/length");
}
