import { Element } from "../kernel/element";
import { DROP, Packet, VLAN_TCI_ANNO } from "../kernel/packet";
import { ARP_PACKET, ARP_REPLY, ARP_REQUEST, etherArp, isEtherArp } from "../net/arp";
import { ETHER_HEADER, ethernet, setMacHeader } from "../net/ethernet";

/** One entry of the table: addresses that match `address` under `mask` are at `ether`. */
@unmanaged
class ProxyEntry {
  address: u32;
  mask: u32;
  ether: u64;
}

/**
 * Answers ARP requests for some addresses (RFC 826).
 *
 * Each ENTRY is one or more IP addresses or prefixes and one Ethernet address: `18.26.4.24 00:00:C0:AE:67:EF`,
 * `1.0.0.0/8 2.0.0.1 EA:EA:EA:EA:EA:EA`. A name that stands for both an IP and an Ethernet address may stand alone. The
 * most specific prefix that contains the requested address decides; of several entries for one prefix the last counts.
 *
 * A request is turned into its reply in place. The reply keeps the VLAN annotation of the request; its other
 * annotations are clear.
 *
 * @input  0  Ethernet frames with ARP requests
 * @output 0  Ethernet frames with ARP replies
 * @output 1  everything else, unchanged; dropped where nothing is connected
 * @note Differs from Click: a prefix stands before those that contain it also when entries that have nothing to do with
 *       it come between.
 * @see ARPQuerier, ARPFaker, AddressInfo
 */
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "ENTRY raw rest: addresses or prefixes to answer for, and the Ethernet address that they have: `IP[/MASK]... ETH`",
)
export class ARPResponder extends Element {
  /** Entries, the most specific first, and how many. */
  entries: usize = 0;
  entryCount: u32 = 0;

  route(p: Packet): i32 {
    if (isEtherArp(p, ARP_REQUEST)) {
      const ether = this.lookup(etherArp(p).targetAddress);
      if (ether) {
        this.answer(p, changetype<ProxyEntry>(ether).ether);
        return 0;
      }
    }
    return 1;
  }

  /** Address of the entry for an IP address in memory order; 0 = none. */
  private lookup(address: u32): usize {
    const end = this.entries + <usize>this.entryCount * offsetof<ProxyEntry>();
    for (let at = this.entries; at < end; at += offsetof<ProxyEntry>()) {
      const entry = changetype<ProxyEntry>(at);
      if ((address & entry.mask) == entry.address) return at;
    }
    return 0;
  }

  private answer(p: Packet, ether: u64): void {
    const arp = etherArp(p);
    const asker = arp.senderHardware;
    arp.write(ARP_REPLY, ether, arp.targetAddress, asker, arp.senderAddress);
    const header = ethernet(p);
    header.destination = asker;
    header.source = ether;
    const tag = p.anno16(VLAN_TCI_ANNO);
    p.clearAnnotations();
    p.setAnno16(VLAN_TCI_ANNO, tag);
    p.length = ETHER_HEADER + ARP_PACKET;
    setMacHeader(p, ETHER_HEADER);
  }
}
