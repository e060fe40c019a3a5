/** The headers that ICMPPingEncap and ICMPIPEncap put in front of packets. */
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { checksum } from "../net/checksum";
import { icmp } from "../net/icmp";
import { ip4, IP4_HEADER, IP_PROTO_ICMP, writeIp4Header } from "../net/ip4";

const TIME_TO_LIVE: u8 = 255;

export abstract class IcmpEncap extends Element {
  /** Source address. */
  @arg("SRC IPAddress positional required") source: u32 = 0;
  /** Destination address. */
  @arg("DST IPAddress positional required") destination: u32 = 0;
  /** IP identification and ICMP sequence number of the next packet; never 0. */
  protected next: u16 = 1;

  /** Source address. */
  @read("src", ".") src(out: Text): void {
    out.ipAddress(this.source);
  }
  @write("src", "IPAddress", "", "syntax error") setSrc(address: u32): void {
    this.source = address;
  }

  /** Destination address. */
  @read("dst", ".") dst(out: Text): void {
    out.ipAddress(this.destination);
  }
  @write("dst", "IPAddress", "", "syntax error") setDst(address: u32): void {
    this.destination = address;
  }

  /**
   * Puts both headers in front of the packet. The ICMP header is zero but for type, code and checksum.
   * @param length  of the ICMP header
   * @param identify  whether the message carries IDENTIFIER and a sequence number
   * @returns false, with the packet unchanged, when its buffer has no room
   */
  protected encapsulate(p: Packet, type: u8, code: u8, length: u32, identify: bool, identifier: u16): bool {
    if (!p.push(IP4_HEADER + length)) return false;
    p.setNetworkHeader(p.data, IP4_HEADER);
    this.writeIp(p);
    const message = icmp(p);
    memory.fill(message.address, 0, length);
    message.type = type;
    message.code = code;
    if (identify) {
      message.identifierBE = bswap<u16>(identifier);
      message.sequenceBE = bswap<u16>(this.next);
    }
    message.checksum = checksum(message.address, p.length - IP4_HEADER);
    p.destinationAnno = this.destination;
    this.next = this.next == 0xffff ? 1 : this.next + 1;
    return true;
  }

  @inline
  private writeIp(p: Packet): void {
    const ip = ip4(p);
    writeIp4Header(ip, IP4_HEADER, IP_PROTO_ICMP, TIME_TO_LIVE);
    ip.totalLength = p.length;
    ip.identificationBE = bswap<u16>(this.next);
    ip.source = this.source;
    ip.destination = this.destination;
    ip.setChecksum();
  }
}
