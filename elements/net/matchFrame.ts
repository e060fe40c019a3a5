/** Matching packets that come straight from a device, before any element has marked their headers. */
import { Packet } from "../kernel/packet";
import { ETHER_HEADER, ETHERTYPE_IP, ETHERTYPE_VLAN } from "./ethernet";
import { hasWholeIp4Header, ip4 } from "./ip4";
import { match } from "./match";

/** Bytes of an Ethernet header with a VLAN tag, IEEE 802.1Q §9. */
const VLAN_HEADER: u32 = 18;

/**
 * Decides a packet as `match` does. Where no network header is marked, an IPv4 header is looked for behind an Ethernet header, and at the start of the
 * data; the packet is unchanged afterwards.
 */
export function matchFrame(table: usize, p: Packet): i32 {
  if (p.networkHeader) return match(table, p);
  const transport = p.transportHeader;
  const mac = p.macHeader;
  markIp4(p);
  const output = match(table, p);
  p.networkHeader = 0;
  p.transportHeader = transport;
  p.macHeader = mac;
  return output;
}

function markIp4(p: Packet): void {
  const headers = linkHeaders(p);
  p.networkHeader = p.data + headers;
  if (!hasWholeIp4Header(p) || ip4(p).version != 4) {
    p.networkHeader = 0;
    return;
  }
  p.transportHeader = p.networkHeader + ip4(p).headerLength;
  if (headers) p.macHeader = p.data;
}

/** Bytes of the Ethernet header, if the packet has one that announces IPv4. */
function linkHeaders(p: Packet): u32 {
  if (announcesIp4(p, ETHER_HEADER)) return ETHER_HEADER;
  const isTagged = p.length >= VLAN_HEADER && load<u16>(p.data, ETHER_HEADER - 2) == bswap<u16>(ETHERTYPE_VLAN);
  return isTagged && announcesIp4(p, VLAN_HEADER) ? VLAN_HEADER : 0;
}

@inline
function announcesIp4(p: Packet, headers: u32): bool {
  return p.length >= headers && load<u16>(p.data + headers - 2) == bswap<u16>(ETHERTYPE_IP);
}
