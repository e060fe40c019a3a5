/** Finds the IP header behind the link header of a captured packet, for the link types that captures commonly have. */
import { Packet } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_IP, ETHERTYPE_IP6, ETHERTYPE_VLAN } from "../net/ethernet";
import { IP4_HEADER, Ip4Header } from "../net/ip4";

/** Link types, numbered as in pcap files: https://www.tcpdump.org/linktypes.html. */
const LINK_NULL: u32 = 0;
const LINK_ETHERNET: u32 = 1;
const LINK_PPP: u32 = 9;
const LINK_FDDI: u32 = 10;
const LINK_PPP_HDLC: u32 = 50;
const LINK_ATM_RFC1483: u32 = 100;
const LINK_RAW: u32 = 101;
const LINK_C_HDLC: u32 = 104;
const LINK_802_11: u32 = 105;
const LINK_LINUX_SLL: u32 = 113;
const LINK_PRISM: u32 = 119;
const LINK_SUNATM: u32 = 123;
const LINK_802_11_RADIO: u32 = 127;

/** Bytes of link headers. */
const VLAN_HEADER: usize = 18;
const FDDI_HEADER: usize = 13;
const LLC_HEADER: usize = 3;
const LLC_SNAP_HEADER: usize = 8;
const C_HDLC_HEADER: usize = 4;
const NULL_HEADER: usize = 4;
const SUNATM_HEADER: usize = 4;
const PRISM_HEADER: usize = 144;
const LINUX_SLL_HEADER: usize = 16;
const WIFI_HEADER: usize = 24;
const WIFI_FOUR_ADDRESS_HEADER: usize = 30;
const IP6_HEADER: u32 = 40;

/** LLC service access points of IP and of SNAP (IEEE 802.2), and a SNAP header's first four bytes, lowest first. */
const LSAP_IP: u8 = 0x06;
const LSAP_SNAP: u8 = 0xaa;
const SNAP_ETHERNET: u32 = 0x0003aaaa;
/** Organization codes: encapsulated Ethernet, Cisco bridging, RFC 2684 bridging; and the latter's protocols. */
const OUI_ETHERNET: u32 = 0x000000;
const OUI_CISCO: u32 = 0x0000f8;
const OUI_RFC2684: u32 = 0x0080c2;
const BRIDGED_ETHERNET: u16 = 1;
const BRIDGED_ETHERNET_NO_CHECKSUM: u16 = 7;
const BRIDGED_FDDI: u16 = 4;
const BRIDGED_FDDI_NO_CHECKSUM: u16 = 10;

/** The bits of an FDDI frame control byte that tell LLC frames, and their value. */
const FDDI_LLC_MASK: u8 = 0xf0;
const FDDI_LLC: u8 = 0x50;

/** PPP in HDLC framing (RFC 1662), its protocol numbers (RFC 1332, RFC 5072), and Cisco HDLC addresses. */
const PPP_ADDRESS: u8 = 0xff;
const PPP_CONTROL: u8 = 0x03;
const PPP_IP: u8 = 0x21;
const PPP_IP6: u8 = 0x57;
const C_HDLC_UNICAST: u8 = 0x0f;
const C_HDLC_BROADCAST: u8 = 0x8f;

/**
 * Sets the network header of a packet that holds IP, and for IPv4 the destination annotation. The header must lie in the packet as a whole;
 * its content is not checked further.
 * @returns false, with the packet unchanged, when no IP header was found
 */
export function forceIp(p: Packet, linkType: u32): bool {
  const at = ipHeaderIn(p.data, p.end, linkType);
  if (at == 0 || at >= p.end) return false;
  const header = changetype<Ip4Header>(at);
  if (header.version == 6) {
    if (at + IP6_HEADER > p.end) return false;
    p.setNetworkHeader(at, IP6_HEADER);
    return true;
  }
  if (header.version != 4 || header.headerLength < IP4_HEADER || at + header.headerLength > p.end) return false;
  p.setNetworkHeader(at, header.headerLength);
  p.destinationAnno = header.destination;
  return true;
}

/** Where the IP header should be; 0 = there is none. It may lie outside of the packet. */
function ipHeaderIn(data: usize, end: usize, linkType: u32): usize {
  switch (linkType) {
    case LINK_ETHERNET:
      return behindEthernet(data, end);
    case LINK_RAW:
      return data;
    case LINK_NULL:
      return behindNull(data, end);
    case LINK_LINUX_SLL:
      return data + LINUX_SLL_HEADER <= end && isIp(data + LINUX_SLL_HEADER - 2) ? data + LINUX_SLL_HEADER : 0;
    case LINK_C_HDLC:
      return behindCiscoHdlc(data, end);
    case LINK_PPP_HDLC:
      return behindPppHdlc(data, end);
    case LINK_PPP:
      return behindPpp(data, end);
    case LINK_FDDI:
      return behindFddi(data, end);
    case LINK_SUNATM:
      return behindLlc(data + SUNATM_HEADER, end);
    case LINK_ATM_RFC1483:
      return behindLlc(data, end);
    case LINK_802_11:
      return behindWifi(data, end);
    case LINK_PRISM:
      return behindWifi(data + PRISM_HEADER, end);
    case LINK_802_11_RADIO:
      return behindRadiotap(data, end);
    default:
      return 0;
  }
}

/** Whether the EtherType at `at` is that of IPv4 or IPv6. */
@inline
function isIp(at: usize): bool {
  const type = bswap<u16>(load<u16>(at));
  return type == ETHERTYPE_IP || type == ETHERTYPE_IP6;
}

function behindEthernet(data: usize, end: usize): usize {
  if (data + ETHER_HEADER > end) return 0;
  const type = data + ETHER_HEADER - 2;
  if (isIp(type)) return data + ETHER_HEADER;
  if (load<u16>(type) != bswap<u16>(ETHERTYPE_VLAN) || data + VLAN_HEADER > end) return 0;
  return isIp(data + VLAN_HEADER - 2) ? data + VLAN_HEADER : 0;
}

function behindFddi(data: usize, end: usize): usize {
  if (data + FDDI_HEADER + LLC_SNAP_HEADER > end || (load<u8>(data) & FDDI_LLC_MASK) != FDDI_LLC) return 0;
  return behindLlc(data + FDDI_HEADER, end);
}

/** An LLC header, with SNAP or without (RFC 2684, formerly 1483). Frames bridged by it may contain the same again, deeper. */
function behindLlc(data: usize, end: usize): usize {
  let at = data;
  while (at + LLC_HEADER < end) {
    const lsap = load<u8>(at);
    if (lsap == LSAP_IP && load<u8>(at, 1) == LSAP_IP) return at + LLC_HEADER + 1;
    if (at + LLC_SNAP_HEADER > end || lsap != LSAP_SNAP || load<u8>(at, 1) != LSAP_SNAP) return 0;
    const type = at + LLC_SNAP_HEADER - 2;
    if (load<u32>(at) == SNAP_ETHERNET && load<u16>(at, 4) == 0 && isIp(type)) return at + LLC_SNAP_HEADER;
    const organization = bswap<u32>(load<u32>(at, 2)) & 0xffffff;
    if (organization == OUI_ETHERNET || organization == OUI_CISCO) return behindEthernet(type + 2 - ETHER_HEADER, end);
    if (organization != OUI_RFC2684) return 0;
    const protocol = bswap<u16>(load<u16>(type));
    at += LLC_SNAP_HEADER;
    if (protocol == BRIDGED_ETHERNET || protocol == BRIDGED_ETHERNET_NO_CHECKSUM) return behindEthernet(at, end);
    if (protocol != BRIDGED_FDDI && protocol != BRIDGED_FDDI_NO_CHECKSUM) return 0;
    at += 1; // padding in front of the bridged frame
    if (at + FDDI_HEADER + LLC_SNAP_HEADER > end || (load<u8>(at) & FDDI_LLC_MASK) != FDDI_LLC) return 0;
    at += FDDI_HEADER;
  }
  return 0;
}

function behindCiscoHdlc(data: usize, end: usize): usize {
  return data + C_HDLC_HEADER <= end && isIp(data + C_HDLC_HEADER - 2) ? data + C_HDLC_HEADER : 0;
}

function behindPppHdlc(data: usize, end: usize): usize {
  if (data + 4 > end) return 0;
  const address = load<u8>(data);
  if (address == C_HDLC_UNICAST || address == C_HDLC_BROADCAST) return behindCiscoHdlc(data, end);
  return address == PPP_ADDRESS && load<u8>(data, 2) == 0 && isPppIp(load<u8>(data, 3)) ? data + 4 : 0;
}

/** Address and control may be left out, and the protocol be of one byte or two. */
function behindPpp(data: usize, end: usize): usize {
  let at = data;
  if (at + 2 <= end && load<u8>(at) == PPP_ADDRESS && load<u8>(at, 1) == PPP_CONTROL) at += 2;
  if (at + 2 > end) return 0;
  const first = load<u8>(at);
  if (isPppIp(first)) return at + 1;
  return first == 0 && isPppIp(load<u8>(at, 1)) ? at + 2 : 0;
}

@inline
function isPppIp(protocol: u8): bool {
  return protocol == PPP_IP || protocol == PPP_IP6;
}

/** IEEE 802.11 data frames; those between access points have four addresses. */
function behindWifi(data: usize, end: usize): usize {
  const isData = data + WIFI_HEADER <= end && (load<u8>(data) & 0x0c) == 0x08;
  if (!isData) return 0;
  const hasFourAddresses = (load<u8>(data, 1) & 3) == 3;
  return behindLlc(data + (hasFourAddresses ? WIFI_FOUR_ADDRESS_HEADER : WIFI_HEADER), end);
}

/** The radiotap header states its length. */
function behindRadiotap(data: usize, end: usize): usize {
  if (data + 4 > end) return 0;
  const length = <usize>load<u16>(data, 2);
  return length >= 8 ? behindWifi(data + length, end) : 0;
}

/** The address family of the BSD loopback header, in the byte order of the machine that captured. */
function behindNull(data: usize, end: usize): usize {
  if (data + NULL_HEADER > end) return 0;
  let family = <u32>load<u16>(data);
  if (family == 0) family = <u32>bswap<u16>(load<u16>(data, 2));
  // AF_INET, and AF_INET6 of NetBSD, FreeBSD and macOS
  const isFamily = family == 2 || family == 24 || family == 28 || family == 30;
  return isFamily ? data + NULL_HEADER : 0;
}
