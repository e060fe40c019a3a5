/**
 * The paths that are measured, as Click configurations: the same text runs under any Click driver. Each measures itself, from its first packet to its
 * last, and prints `RES SECONDS PACKETS`, the packets being those that reached the sink `d`; so starting and stopping are not counted.
 */
import { Random } from "../src/traffic/random.ts";
import { singleFrame } from "./frames.ts";

/** Where a path's packets come from: one frame again and again, or a capture of one or of ten thousand flows. */
export type Source = "one frame" | "one flow" | "many flows";

/** The hand-fused C of the same path, in bench/reference. */
export type Reference = "firewall" | "router" | "router-queue" | "nat";

export interface Path {
  readonly name: string;
  readonly source: Source;
  /** What the packets of `src` pass on their way to `d`. */
  readonly body: string;
  /** Packets of a run of usual length (a second or less in Click). */
  readonly packets: number;
  readonly reference?: Reference;
  /** Packets overflow a queue on this path. */
  readonly lossy?: true;
  /** Frame lengths, where not all. */
  readonly frames?: readonly number[];
}

/** Frame lengths without check sequence: the shortest, a middling one, and nearly the longest. */
export const FRAME_LENGTHS = [64, 512, 1500];

const USUAL_PACKETS = 2_000_000;
/** Packets that InfiniteSource and Unqueue handle each time they are scheduled. */
const BURST = 32;
const RULE_SEED = 1;

/** `count` rules of which every packet here meets the last, so that a linear search tries them all. */
function firewallRules(count: number, allowedSources: string): string {
  const random = new Random(RULE_SEED);
  const rules = Array.from({ length: count - 1 }, (_, index) => {
    const source = `10.${1 + Math.floor(index / 250)}.${index % 250}.0/24`;
    const destination = `172.${random.between(16, 31)}.${random.below(256)}.0/24`;
    return `deny src net ${source} && dst net ${destination} && udp && dst port ${random.between(1000, 20_999)}`;
  });
  const last = `allow src net ${allowedSources} && dst net 192.168.0.0/16 && udp && dst port 53`;
  return [...rules, last].join(",\n  ");
}

const CHECKED = "src -> Strip(14) -> CheckIPHeader";

function firewall(count: number, allowedSources = "10.0.0.0/24"): string {
  return `${CHECKED} -> IPFilter(${firewallRules(count, allowedSources)}) -> d;`;
}

/** Classifier -> Strip -> CheckIPHeader -> IPFilter -> DecIPTTL -> EtherEncap -> Counter -> sink. */
const FIREWALL_PATH = `
src -> c :: Classifier(12/0800, -);
c[1] -> Discard;
c[0] -> Strip(14) -> CheckIPHeader -> IPFilter(${firewallRules(10, "10.0.0.0/24")})
  -> ttl :: DecIPTTL -> EtherEncap(0x0800, 00:00:C0:CA:68:EF, 00:00:C0:3B:71:EF) -> Counter -> d;
ttl[1] -> Discard;`;

/** One interface's way through Click's standard IP router, with a fixed Ethernet header instead of ARP. */
function ipRouter(table: string, queue: string): string {
  return `
c :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
src -> c; c[0] -> Discard; c[1] -> Discard; c[3] -> Discard;
rt :: ${table}(18.26.4.92/32 0, 18.26.4.255/32 0, 1.0.0.1/32 0, 18.26.4.0/24 1, 192.168.1.0/24 2, 1.0.0.0/8 2,
  10.1.0.0/16 18.26.4.7 1, 0.0.0.0/0 18.26.4.1 1);
c[2] -> Paint(1) -> Strip(14) -> CheckIPHeader(INTERFACES 18.26.4.92/24 1.0.0.1/8) -> GetIPAddress(16) -> rt;
rt[0] -> Discard; rt[1] -> Discard;
rt[2] -> DropBroadcasts -> redirect :: PaintTee(2) -> options :: IPGWOptions(1.0.0.1) -> FixIPSrc(1.0.0.1)
  -> ttl :: DecIPTTL -> fragment :: IPFragmenter(1500) -> EtherEncap(0x0800, 00:00:C0:CA:68:EF, 00:00:C0:3B:71:EF)
  -> ${queue}d;
redirect[1] -> Discard; options[1] -> Discard; ttl[1] -> Discard; fragment[1] -> Discard;`;
}

const NAT = `${CHECKED} -> rw :: IPRewriter(pattern 1.2.3.4 1024-65535# - - 0 1, MAPPING_CAPACITY 65536);
rw[0] -> d; rw[1] -> Discard;`;

const SERVERS = [0, 1, 2, 3];

const HASH_BALANCER = [
  `${CHECKED} -> hash :: HashSwitch(12, 8);`,
  ...SERVERS.map(
    (k) =>
      `hash[${k}] -> rw${k} :: IPRewriter(pattern - - 10.9.0.${k + 1} - 0 1); rw${k}[0] -> d; rw${k}[1] -> Discard;`,
  ),
].join("\n");

const ROUND_ROBIN_BALANCER = `
servers :: RoundRobinIPMapper(${SERVERS.map((k) => `- - 10.9.0.${k + 1} - 0 1`).join(", ")});
${CHECKED} -> rw :: IPRewriter(servers); rw[0] -> d; rw[1] -> Discard;`;

function counted<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A classifier whose outputs all lead to the sink; packets meet the last pattern but one. */
function classify(classifier: string, patterns: readonly string[], before: string): string {
  const outputs = patterns.map((_, index) => `c[${index}] -> d;`).join(" ");
  return `${before} -> c :: ${classifier}(${patterns.join(",\n  ")});\n${outputs}`;
}

const CLASSIFIER_PATTERNS = [
  ...counted(19, (k) => `12/0800 23/06 36/${(5000 + k).toString(16)}`),
  "12/0800 23/11 36/0035",
  "-",
];

const IP_CLASSIFIER_PATTERNS = [
  ...counted(10, (k) => `tcp dst port ${6000 + k} and src net 10.${k + 1}.0.0/16`),
  ...counted(9, (k) => `udp dst port ${7000 + k} and ip ttl < ${5 + k}`),
  "udp dst port 53",
  "-",
];

const QUEUE_CAPACITY = 1000;
const QUEUE = `Queue(${QUEUE_CAPACITY}) -> Unqueue(BURST ${BURST}) -> `;

function path(name: string, body: string, more: Partial<Path> = {}): Path {
  return { name, body, source: "one frame", packets: USUAL_PACKETS, ...more };
}

/** Every path, in the order of the report. */
export const PATHS: readonly Path[] = [
  path("source", "src -> d;"),
  path("counter", "src -> Counter -> d;"),
  path("store-data", "src -> StoreData(0, \\<00>) -> d;"),
  path("queue", `src -> ${QUEUE}d;`),
  path("null-10", `src ${"-> Null ".repeat(10)}-> d;`),
  path("capture", "src -> d;", { source: "many flows" }),
  path("capture-store-data", "src -> StoreData(0, \\<00>) -> d;", { source: "many flows" }),
  path("check-ip", `${CHECKED} -> d;`),
  path("check-udp", `${CHECKED} -> CheckUDPHeader -> d;`),
  path("set-checksums", `${CHECKED} -> SetIPChecksum -> SetUDPChecksum -> d;`),
  path("firewall-path", FIREWALL_PATH, { reference: "firewall" }),
  path("firewall-10", firewall(10)),
  path("firewall-100", firewall(100), { packets: 500_000 }),
  path("firewall-1000", firewall(1000), { packets: 100_000 }),
  path("firewall-1000-flows", firewall(1000, "10.0.0.0/8"), { source: "many flows", packets: 200_000, frames: [64] }),
  path("nat-1-flow", NAT, { reference: "nat" }),
  path("nat-1-flow-capture", NAT, { source: "one flow" }),
  path("nat-10k-flows", NAT, { source: "many flows", reference: "nat" }),
  path("balancer-hash-1-flow", HASH_BALANCER),
  path("balancer-hash-10k-flows", HASH_BALANCER, { source: "many flows" }),
  path("balancer-rr-10k-flows", ROUND_ROBIN_BALANCER, { source: "many flows" }),
  path("router", ipRouter("RadixIPLookup", ""), { reference: "router" }),
  path("router-queue", ipRouter("RadixIPLookup", QUEUE), { reference: "router-queue" }),
  path("router-static", ipRouter("StaticIPLookup", ""), { reference: "router" }),
  path("classifier-21", classify("Classifier", CLASSIFIER_PATTERNS, "src")),
  path("ip-classifier-21", classify("IPClassifier", IP_CLASSIFIER_PATTERNS, CHECKED)),
  path(
    "bandwidth-shaper",
    `src -> Queue(${QUEUE_CAPACITY}) -> BandwidthShaper(4000000000) -> Unqueue(BURST ${BURST}) -> d;`,
    {
      packets: 500_000,
      frames: [64],
      lossy: true,
    },
  ),
  path("delay-shaper", `src -> Queue(${QUEUE_CAPACITY}) -> DelayShaper(0.000001) -> Unqueue(BURST ${BURST}) -> d;`, {
    packets: 200_000,
    frames: [64],
    lossy: true,
  }),
];

/** A capture file for a frame length, and how many packets are in it. */
export interface CaptureFile {
  readonly path: string;
  readonly packets: number;
}

/** Packets that a run is made of: from a capture, whole passes. */
export function packetsSent(packets: number, captureFile: CaptureFile | undefined): number {
  return captureFile ? passesFor(packets, captureFile) * captureFile.packets : packets;
}

function passesFor(packets: number, captureFile: CaptureFile): number {
  return Math.max(1, Math.ceil(packets / captureFile.packets));
}

/**
 * Whether so many packets at the sink are right: all, but for what waits in a queue when the driver stops. A path that lost its packets would look fast.
 */
export function isComplete({ lossy }: Path, sent: number, arrived: number): boolean {
  return lossy ? arrived > 0 : arrived <= sent && arrived >= Math.max(1, sent - QUEUE_CAPACITY);
}

const MEASURE = `DriverManager(set a $(now), pause, set b $(now), print "RES $(sub $b $a) $(d.count)", stop);`;

/**
 * The text of a configuration that measures a path.
 * @param packets  how many are sent; from a capture, at least as many
 */
export function configurationText(
  { body, source }: Path,
  frame: number,
  packets: number,
  captureFile: CaptureFile | undefined,
): string {
  const src =
    source === "one frame" || !captureFile ? frameSource(frame, packets) : captureSource(captureFile, packets);
  return `src :: ${src};\nd :: Discard;\n${body.trim()}\n${MEASURE}\n`;
}

function frameSource(frame: number, packets: number): string {
  const bytes = Buffer.from(singleFrame(frame)).toString("hex");
  return `InfiniteSource(DATA \\<${bytes}>, LIMIT ${packets}, BURST ${BURST}, TIMESTAMP false, STOP true)`;
}

/** The capture as often as it takes, one reader after the other, since a reader ends with its file. */
function captureSource(captureFile: CaptureFile, packets: number): string {
  const { path: file } = captureFile;
  const passes = passesFor(packets, captureFile);
  if (passes === 1) return `FromDump(${file}, STOP true, TIMING false)`;
  const readers = counted(passes, (pass) => {
    const end = pass === passes - 1 ? "STOP true" : `END_CALL r${pass + 1}.active true`;
    return `r${pass} :: FromDump(${file}, TIMING false, ACTIVE ${pass === 0}, ${end}) -> output;`;
  });
  return `{ ${readers.join("\n  ")} }`;
}
