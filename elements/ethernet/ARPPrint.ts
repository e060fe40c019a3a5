import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { Stream } from "../kernel/stream";
import { consoleText, Text } from "../kernel/text";
import {
  ARP_HARDWARE_ETHERNET,
  ARP_PACKET,
  ARP_REPLY,
  ARP_REQUEST,
  ArpPacket,
  INARP_REPLY,
  INARP_REQUEST,
  RARP_REPLY,
  RARP_REQUEST,
} from "../net/arp";
import { ETHER_HEADER, ETHERTYPE_IP, ETHERTYPE_TRAIL, EtherHeader } from "../net/ethernet";

/**
 * Prints a line about each ARP packet.
 *
 * A line looks like `LABEL: TIME: arp who-has 1.0.0.2 tell 1.0.0.1` or `LABEL: TIME: arp reply 1.0.0.2 is-at
 * 00-01-02-03-04-05`. RARP (RFC 903) and inverse ARP (RFC 2390) are understood, too. Packets without a network header
 * annotation, and those that are about other protocols than IPv4, go through without a line.
 *
 * @input  0  packets whose network header annotation points to an ARP header
 * @output 0  the same packets
 * @note Differs from Click: a packet too short for its addresses prints as truncated.
 * @see Print, IPPrint, CheckARPHeader
 */
@element("1/1", "a/a")
export class ARPPrint extends Element {
  /** What each line starts with. */
  @arg("LABEL string positional") label: Bytes = changetype<Bytes>(0);
  /** Print the timestamp annotation. */
  @arg("TIMESTAMP bool") timestamp: bool = true;
  /** Print the Ethernet addresses. */
  @arg("ETHER bool") ether: bool = false;
  /** Print anything at all. */
  @arg("ACTIVE bool") @handler("rw") active: bool = true;
  /** A file to print to, instead of standard error. */
  @arg("OUTFILE filename") outfile: Bytes = changetype<Bytes>(0);

  /** Towards OUTFILE; 0 = console. The host makes it. */
  file: usize = 0;

  route(p: Packet): i32 {
    if (this.active && p.networkHeader != 0) this.print(p);
    return 0;
  }

  private print(p: Packet): void {
    const bytes = <i32>p.networkLength;
    const arp = changetype<ArpPacket>(p.networkHeader);
    if (bytes >= <i32>ARP_PACKET && !isAboutIp4(arp)) return;
    const out = consoleText();
    this.putStart(out, p);
    if (bytes < <i32>ARP_PACKET) out.put("truncated-arp (").signed(bytes).byte(0x29);
    else putArp(out, arp);
    out.newline();
    if (this.file) changetype<Stream>(this.file).write(out.buffer, out.length);
    else out.toConsole();
  }

  private putStart(out: Text, p: Packet): void {
    if (changetype<usize>(this.label) && this.label.length) out.bytes(this.label.start, this.label.length).put(": ");
    if (this.timestamp) out.timestamp(p.timestamp).put(": ");
    if (!this.ether) return;
    const start = p.macHeader ? p.macHeader : p.data;
    if (start + ETHER_HEADER > p.networkHeader || start + ETHER_HEADER > p.end) return;
    const ether = changetype<EtherHeader>(start);
    out.etherAddress(ether.address + 6).put(" > ").etherAddress(ether.address).put(": ");
  }
}

function isAboutIp4(arp: ArpPacket): bool {
  const protocol = arp.protocolType;
  if (protocol != ETHERTYPE_IP && protocol != ETHERTYPE_TRAIL) return false;
  return arp.protocolLength == 4 && arp.hardwareLength != 0;
}

function putArp(out: Text, arp: ArpPacket): void {
  if (arp.protocolType == ETHERTYPE_TRAIL) out.put("trailer-");
  const operation = arp.operation;
  if (operation == ARP_REQUEST) putRequest(out, arp);
  else if (operation == ARP_REPLY) putReply(out, arp);
  else if (operation == RARP_REQUEST) putReverseRequest(out.put("rarp"), arp);
  else if (operation == RARP_REPLY) putReverseReply(out.put("rarp"), arp);
  else if (operation == INARP_REQUEST) putReverseRequest(out.put("invarp"), arp);
  else if (operation == INARP_REPLY) putReverseReply(out.put("invarp"), arp);
  else out.put("arp-#").unsigned(operation);
  if (arp.hardwareType != ARP_HARDWARE_ETHERNET) out.put("hardware #").unsigned(arp.hardwareType);
}

function putRequest(out: Text, arp: ArpPacket): void {
  out.put("arp who-has ").ipAddress(arp.targetAddress);
  if (arp.targetHardware != 0) out.put(" (").etherAddress(arp.targetHardwareAt).byte(0x29);
  out.put(" tell ").ipAddress(arp.senderAddress);
}

function putReply(out: Text, arp: ArpPacket): void {
  out.put("arp reply ").ipAddress(arp.senderAddress).put(" is-at ").etherAddress(arp.senderHardwareAt);
}

function putReverseRequest(out: Text, arp: ArpPacket): void {
  out.put(" who-is ").etherAddress(arp.targetHardwareAt).put(" tell ").etherAddress(arp.senderHardwareAt);
}

function putReverseReply(out: Text, arp: ArpPacket): void {
  out.put(" reply ").etherAddress(arp.targetHardwareAt).put(" at ").ipAddress(arp.targetAddress);
}
