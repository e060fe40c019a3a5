/** The demo's domains: a source of packets, middleboxes on their way, and a sink. Frames are addressed to the next domain, so they find it on a switch and on a wire. */

/** Where a domain sends its packets. */
export interface Place {
  readonly mac: string;
  /** Address of whoever gets its packets. */
  readonly next: string;
  /** Number of the interface that leads there. */
  readonly out: number;
}

/** Nobody else uses this address on the demo's own switches: locally administered, and numbered. */
export function macOf(number: number): string {
  return `02:00:00:00:${hex(number >> 8)}:${hex(number & 0xff)}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** IEEE Std 802, Local Experimental Ethertype 1: a frame that only tells the switch where its sender is. */
const GREETING = "88b5";
const BROADCAST = "ffffffffffff";

/** What leaves, and what is counted as neither forwarded nor refused. */
function ends(mac: string, out: number): string {
  return `
    out :: Queue(256) -> ToDevice(${out});
    other :: Counter -> Discard;
    InfiniteSource(DATA \\<${BROADCAST} ${mac.replaceAll(":", "")} ${GREETING}>, LENGTH 60, LIMIT 1, STOP false) -> out;`;
}

/** UDP packets, 64 bytes with their frame's checksum, to the next ones in turn; one in four is for a port that firewalls refuse. It starts when `src.active` is written. */
export function source(mac: string, next: readonly string[]): string {
  const ports = [53, 53, 53, 23];
  return `${ends(mac, 0)}
    FromDevice(0) -> other;
    src :: InfiniteSource(LENGTH 18, ACTIVE false, STOP false) -> kind :: RandomSwitch;
    turn :: RoundRobinSwitch;
    ${ports.map((port, kind) => `kind[${kind}] -> UDPIPEncap(10.0.0.2, ${1024 + kind}, 192.0.2.2, ${port}) -> turn;`).join("\n")}
    ${next.map((each, index) => `turn[${index}] -> EtherEncap(0x0800, ${mac}, ${each}) -> out;`).join("\n")}`;
}

/** Sends what was for it to the next: its own address becomes the sender's. So its code is the same wherever it stands, and linked once for all. */
function middlebox({ mac, next, out }: Place, work: string): string {
  return `${ends(mac, out)}
    FromDevice(0) -> what :: Classifier(12/0800, -) -> EtherMirror -> StoreEtherAddress(${next}, dst)
      -> check :: CheckIPHeader(OFFSET 14) -> ${work} -> out;
    what[1] -> other; check[1] -> other;`;
}

/** Lets name lookups, web and mail pass. */
export function firewall(place: Place): string {
  return `refused :: Counter -> Discard;
    ${middlebox(place, "rules :: IPFilter(allow udp dst port 53, allow tcp dst port 80 or 443 or 25, 1 all)")}
    rules[1] -> refused;`;
}

/** Translates source addresses and ports. */
export function nat(place: Place): string {
  return middlebox(place, "IPRewriter(pattern 203.0.113.1 20000-65535 - - 0 0)");
}

/** Looks the way up, and counts the time to live down. */
export function router(place: Place): string {
  return middlebox(place, "StaticIPLookup(192.0.2.0/24 0, 198.51.100.0/24 0) -> DecIPTTL");
}

export function sink(mac: string): string {
  return `${ends(mac, 0)}
    FromDevice(0) -> what :: Classifier(12/0800, -) -> arrived :: Counter -> Discard;
    what[1] -> other;`;
}
