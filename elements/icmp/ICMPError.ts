import { now } from "../kernel/clock";
import { Element } from "../kernel/element";
import { FIX_IP_SRC_ANNO, ICMP_PARAMPROB_ANNO, kill, makePacket, maximumLength, Packet, PACKET_BROADCAST, PACKET_MULTICAST } from "../kernel/packet";
import { checksum } from "../net/checksum";
import {
  icmp,
  ICMP_HEADER,
  ICMP_PARAMETER_PROBLEM,
  ICMP_PARAMETER_PROBLEM_AT_POINTER,
  ICMP_REDIRECT,
  ICMP_UNREACHABLE,
  ICMP_UNREACHABLE_NEED_FRAGMENT,
  IcmpHeader,
  isIcmpErrorType,
} from "../net/icmp";
import {
  hasWholeIp4Header,
  ip4,
  Ip4Header,
  IP4_HEADER,
  IP_PROTO_ICMP,
  IPOPT_END,
  IPOPT_NOP,
  isSourceRoute,
  optionLength,
  writeIp4Header,
} from "../net/ip4";

/** Time to live of the errors; RFC 1812 §4.3.2.2 leaves it open. */
const TIME_TO_LIVE: u8 = 200;

/** The identification of the next error; all ICMPErrors count together. */
const nextIdentification: usize = memory.data(4);

/**
 * Answers packets with ICMP error messages.
 *
 * The message, of type TYPE and code CODE, goes to the packet's sender and quotes as much of the packet as fits into MTU bytes (RFC
 * 1812 §4.3.2.3). Parameter problems point to the byte that the packet's annotation names (IPGWOptions sets it); redirects name the
 * destination annotation as the gateway; "fragmentation needed" tells PMTU (RFC 1191). A source route is reversed and used (§4.3.2.6).
 * The message's destination annotation is set, and so is its "fix IP source" annotation, unless SET_FIX_ANNO is false: FixIPSrc
 * then puts in the address of the interface by which it leaves.
 *
 * No message is made (RFC 1812 §4.3.2.7, RFC 1122 §3.2.2) about ICMP errors; about packets to broadcast or multicast addresses, on
 * the link or in IP; about packets whose source is not a single host; about fragments other than the first; and no redirect about
 * source-routed packets. In any case the packet is dropped.
 *
 * @input  0  IPv4 packets, network header set
 * @output 0  ICMP error messages, network header set
 * @see DecIPTTL, IPFragmenter, IPGWOptions, FixIPSrc, ICMPPingResponder
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "SRC IPAddress positional required: source address of the messages",
  "TYPE named-int(icmp_type) positional required: their type, number or name: `unreachable`, `sourcequench`, `redirect`, `timeexceeded` or `parameterproblem`",
  "CODE word positional: their code, number or name; 0 by default",
  "BADADDRS IPAddress... positional: broadcast addresses: packets from or to them get no answer",
)
export class ICMPError extends Element {
  /** Source address of the messages. */
  @handler("rw", "src", "IPAddress") source: u32 = 0;
  /** Type and code of the messages; the host reads them, since the names of codes depend on the type. */
  type: u8 = 0;
  code: u8 = 0;
  /** The longest message, IP header included. */
  @arg("MTU unsigned") @handler("rw", "mtu") mtu: u32 = 576;
  /** What "fragmentation needed" messages tell as the next hop's MTU. */
  @arg("PMTU unsigned") @handler("rw", "pmtu") pathMtu: u32 = 0;
  /** Set the "fix IP source" annotation. */
  @arg("SET_FIX_ANNO bool") setFixAnno: bool = true;
  /** Table of BADADDRS, and how many there are; the host fills it. */
  badAddresses: usize = 0;
  badAddressCount: u32 = 0;

  push(port: i32, p: Packet): void {
    const q = this.answer(p);
    kill(p);
    if (q) this.emit(0, q);
  }

  pull(port: i32): Packet | null {
    const p = this.fetch(0);
    if (!p) return null;
    const q = this.answer(p);
    kill(p);
    return q;
  }

  /** The message about a packet; null when there may be none. */
  private answer(p: Packet): Packet | null {
    if (!this.mayAnswer(p)) return null;
    const cause = ip4(p);
    let route = sourceRoute(cause);
    if (route && this.type == ICMP_REDIRECT) return null;
    if (route && this.pointsInto(route, p)) route = 0;
    return this.makeMessage(p, cause, route);
  }

  private mayAnswer(p: Packet): bool {
    if (!hasWholeIp4Header(p)) return false;
    const cause = ip4(p);
    if (cause.protocol == IP_PROTO_ICMP && this.mayBeError(p, cause)) return false;
    if (!this.isUnicast(cause.destination)) return false;
    if (p.packetType == PACKET_BROADCAST || p.packetType == PACKET_MULTICAST) return false;
    return this.isHost(cause.source) && cause.isFirstFragment;
  }

  private mayBeError(p: Packet, cause: Ip4Header): bool {
    if (cause.headerLength + 4 > p.networkLength) return true;
    return isIcmpErrorType(changetype<IcmpHeader>(cause.address + cause.headerLength).type);
  }

  /** Not broadcast, multicast (224.0.0.0/4), or one of BADADDRS. Addresses have their first byte lowest. */
  private isUnicast(address: u32): bool {
    if (address == 0xffff_ffff || (address & 0xf0) == 0xe0) return false;
    for (let i: u32 = 0; i < this.badAddressCount; i++) if (load<u32>(this.badAddresses + (i << 2)) == address) return false;
    return true;
  }

  /** An address that a single host may have as its own, RFC 1812 §5.3.7: not network 0, loopback, or class E either. */
  private isHost(address: u32): bool {
    const network = address & 0xff;
    return this.isUnicast(address) && network != 0 && network != 127 && (network & 0xf0) != 0xf0;
  }

  /** Whether the message is about a byte of that option: then the route is not to be trusted. */
  private pointsInto(option: usize, p: Packet): bool {
    if (this.type != ICMP_PARAMETER_PROBLEM || this.code != ICMP_PARAMETER_PROBLEM_AT_POINTER) return false;
    const fault = p.networkHeader + p.anno8(ICMP_PARAMPROB_ANNO);
    return option <= fault && fault < option + load<u8>(option, 1);
  }

  /** @param route  the packet's source route option; 0 = none */
  private makeMessage(p: Packet, cause: Ip4Header, route: usize): Packet | null {
    const headerLength = IP4_HEADER + (route ? reversedLength(route) : 0);
    const fixed = headerLength + ICMP_HEADER;
    const quoted = min(p.networkLength, max(this.mtu, fixed) - fixed);
    const q = makePacket(min(fixed + quoted, maximumLength()));
    if (!q) return null;
    q.setNetworkHeader(q.data, headerLength);
    this.writeIcmp(q, p, q.length - fixed);
    const ip = ip4(q);
    writeIp4Header(ip, headerLength, IP_PROTO_ICMP, TIME_TO_LIVE);
    ip.identificationBE = takeIdentification();
    ip.totalLength = q.length;
    ip.source = this.source;
    ip.destination = cause.source;
    if (route) writeReversed(q.data + IP4_HEADER, route);
    ip.setChecksum();
    q.destinationAnno = ip.destination;
    if (this.setFixAnno) q.setAnno8(FIX_IP_SRC_ANNO, 1);
    q.timestamp = now();
    return q;
  }

  private writeIcmp(q: Packet, p: Packet, quoted: u32): void {
    const message = icmp(q);
    memory.fill(message.address, 0, ICMP_HEADER);
    message.type = this.type;
    message.code = this.code;
    if (this.type == ICMP_PARAMETER_PROBLEM && this.code == ICMP_PARAMETER_PROBLEM_AT_POINTER) {
      message.identifierBE = p.anno8(ICMP_PARAMPROB_ANNO);
    }
    if (this.type == ICMP_REDIRECT) store<u32>(message.address, p.destinationAnno, 4);
    if (this.type == ICMP_UNREACHABLE && this.code == ICMP_UNREACHABLE_NEED_FRAGMENT) {
      message.sequenceBE = bswap<u16>(<u16>this.pathMtu);
    }
    memory.copy(message.address + ICMP_HEADER, p.networkHeader, quoted);
    message.checksum = checksum(message.address, ICMP_HEADER + quoted);
  }
}

/** In memory order. The first message has number 1. */
function takeIdentification(): u16 {
  const identification = load<u32>(nextIdentification) + 1;
  store<u32>(nextIdentification, identification);
  return bswap<u16>(<u16>identification);
}

/** The first source route option with a sound pointer; 0 when there is none. */
function sourceRoute(ip: Ip4Header): usize {
  const header = ip.address;
  const end = ip.headerLength;
  let at = IP4_HEADER;
  while (at < end) {
    const type = load<u8>(header + at);
    if (type == IPOPT_END) return 0;
    if (type == IPOPT_NOP) {
      at++;
      continue;
    }
    const length = optionLength(header + at, end - at);
    if (length == 0) return 0;
    if (isSourceRoute(type) && length > 2 && hasSoundPointer(header + at, length)) return header + at;
    at += length;
  }
  return 0;
}

/** The pointer counts from one, to the next address in the route; past the end when the route is used up. */
@inline
function hasSoundPointer(option: usize, length: u32): bool {
  const pointer: u32 = load<u8>(option, 2);
  return pointer >= 4 && (pointer & 3) == 0 && pointer <= length + 1;
}

/** Bytes of the option that leads back, with the END behind it, filled to a multiple of four: the addresses passed so far. */
@inline
function reversedLength(option: usize): u32 {
  return (<u32>load<u8>(option, 2) - 1 + 3) & ~3;
}

/** Writes the option that leads back through the addresses that the packet has passed, the last one first. */
function writeReversed(to: usize, option: usize): void {
  const length: u32 = load<u8>(option, 2) - 1;
  memory.fill(to, IPOPT_END, reversedLength(option));
  store<u8>(to, load<u8>(option));
  store<u8>(to, <u8>length, 1);
  store<u8>(to, 4, 2);
  for (let at: u32 = 3; at < length; at += 4) store<u32>(to + at, load<u32>(option + length - at - 1));
}
