/**
 * What it costs to classify a packet: nanoseconds for each form of a rule set, by number of rules and kind of traffic, and
 * the time that it takes to build the form. Run it with `node bench/patterns.ts`.
 *
 * The rules have the character of access lists: address prefixes of varied lengths that share their upper bits, well-known
 * ports and ranges. Half of the packets are made to meet some rule, the others are random; there are 16,384 different ones,
 * so that the branches of the code are not learnt by heart.
 */
import { Diagnostics } from "../src/language/diagnostics.ts";
import { NameDatabases } from "../src/library/arguments/index.ts";
import { codeModule, compileWalkers, Guest, PACKETS_AT } from "../src/pattern/guest.testing.ts";
import { compileIpFilter, type Pattern } from "../src/pattern/index.ts";

const PACKETS = 16384;
const TABLE_AT = 0x1000000;
const LIST_AT = 0x1000;
const RESULTS_AT = LIST_AT + PACKETS * 4;
const FIRST_PACKET = PACKETS_AT * 4;
/** Each measurement repeats for this long; the best of several counts. */
const MEASURE_MS = 60;
const REPEATS = 5;

const TCP = 6;
const UDP = 17;
const ICMP = 1;

/** A generator of 32-bit numbers (Mulberry32), so that every run measures the same. */
function randomSource(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return { next, below, pick: <T>(choices: readonly T[]): T => choices[below(choices.length)]! };
}

type RandomSource = ReturnType<typeof randomSource>;

interface Prefix {
  readonly address: number;
  readonly length: number;
}

interface AccessRule {
  readonly source: Prefix;
  readonly destination: Prefix;
  readonly protocol: number;
  readonly ports: readonly [low: number, high: number];
}

const maskOf = (length: number): number => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

function prefixes(random: RandomSource, count: number, lengths: readonly number[]): Prefix[] {
  const addresses = [random.next()];
  while (addresses.length < count) {
    const shared = maskOf(random.pick([8, 16, 16, 20, 24]));
    addresses.push(((random.pick(addresses) & shared) | (random.next() & ~shared)) >>> 0);
  }
  return addresses.map((address) => {
    const length = random.pick(lengths);
    return { address: (address & maskOf(length)) >>> 0, length };
  });
}

function accessRules(count: number): AccessRule[] {
  const random = randomSource(count);
  const sources = prefixes(random, Math.max(4, count / 4), [0, 8, 16, 16, 20, 24, 24, 24, 28, 32, 32]);
  const destinations = prefixes(random, Math.max(4, count / 3), [0, 16, 21, 24, 24, 24, 28, 30, 32, 32, 32]);
  const services = [
    80,
    443,
    53,
    25,
    22,
    123,
    161,
    389,
    445,
    3306,
    8080,
    5060,
    ...Array.from({ length: 20 }, () => 1024 + random.below(50000)),
  ];
  return Array.from({ length: count }, () => {
    const protocol = random.pick([TCP, TCP, TCP, UDP, ICMP]);
    const port = random.pick(services);
    const ports = random.pick<readonly [number, number]>([
      [port, port],
      [port, port],
      [port, port],
      [1024, 65535],
      [port, port + 100],
      [0, 65535],
    ]);
    return {
      source: random.pick(sources),
      destination: random.pick(destinations),
      protocol,
      ports: protocol === ICMP ? [0, 65535] : ports,
    };
  });
}

const dotted = (address: number): string => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join(".");
const netText = (end: string, { address, length }: Prefix): string => `${end} net ${dotted(address)}/${length}`;

function ruleText({ source, destination, protocol, ports: [low, high] }: AccessRule): string {
  const parts = [`ip proto ${protocol}`];
  if (source.length > 0) parts.push(netText("src", source));
  if (destination.length > 0) parts.push(netText("dst", destination));
  if (low === high) parts.push(`dst port ${low}`);
  else {
    if (low > 0) parts.push(`dst port >= ${low}`);
    if (high < 65535) parts.push(`dst port <= ${high}`);
  }
  return parts.join(" && ");
}

/** Rules that each except what several others name. */
function negatedTexts(rules: readonly AccessRule[]): string[] {
  return rules.map((rule, i) => {
    const others = [1, 2, 3, 4].map((k) => rules[(i + k * 7) % rules.length]!);
    return `${ruleText(rule)} && !(${others.map(({ source, ports }) => `(${netText("src", source)} && dst port ${ports[0]})`).join(" || ")})`;
  });
}

/** Fills the guest's memory with packets. @param shortShare  one in so many is cut off inside its transport header */
function placeTraffic(guest: Guest, rules: readonly AccessRule[], shortShare: number): void {
  const random = randomSource(7);
  const within = ({ address, length }: Prefix): number => (address | (random.next() & ~maskOf(length))) >>> 0;
  let at = FIRST_PACKET;
  for (let i = 0; i < PACKETS; i++) {
    const rule = random.pick(rules);
    const meant = random.below(2) === 0;
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    for (let k = 16; k < 64; k += 4) view.setUint32(k, random.next());
    view.setUint16(14, 0x4500);
    view.setUint16(20, 0x4000);
    bytes[22] = 64;
    bytes[23] = meant ? rule.protocol : random.pick([TCP, TCP, UDP, ICMP]);
    view.setUint32(26, meant ? within(rule.source) : random.next());
    view.setUint32(30, meant ? within(rule.destination) : random.next());
    const [low, high] = rule.ports;
    view.setUint16(36, meant ? low + random.below(high - low + 1) : random.pick([80, 443, 53, random.below(65536)]));
    const short = shortShare > 0 && random.below(shortShare) === 0;
    const end = short ? 34 + random.below(4) : 64;
    new Uint32Array(guest.memory.buffer)[LIST_AT / 4 + i] = at;
    at = guest.placePacket(at, { bytes, start: 14, end, networkHeader: 14, transportHeader: 34, macHeader: 0 });
  }
}

/** Nanoseconds a packet: the best of several repeats. */
function measure(run: () => void): number {
  const warmUp = performance.now();
  while (performance.now() - warmUp < 2 * MEASURE_MS) run();
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    let rounds = 0;
    const start = performance.now();
    while (performance.now() - start < MEASURE_MS) {
      run();
      rounds++;
    }
    best = Math.min(best, ((performance.now() - start) * 1e6) / (rounds * PACKETS));
  }
  return best;
}

function compile(texts: readonly string[]): Pattern {
  const diagnostics = new Diagnostics();
  const rules = texts.map((text, i) => `${i % 3 === 0 ? "deny" : "allow"} ${text}`);
  const names = new NameDatabases().namesFor("bench");
  const pattern = compileIpFilter(rules, { outputs: 1, names, diagnostics, landmark: "" });
  if (pattern === undefined) throw new Error(diagnostics.lines.join("\n"));
  return pattern;
}

function timed<T>(make: () => T): { value: T; ms: string } {
  const start = performance.now();
  const value = make();
  return { value, ms: `${(performance.now() - start).toFixed(1)} ms` };
}

const walkers = await compileWalkers();
const rows: Record<string, string | number>[] = [];
for (const count of [10, 100, 1000]) {
  const rules = accessRules(count);
  for (const [traffic, texts, shortShare] of [
    ["mixed", rules.map(ruleText), 0],
    ["one in 10 short", rules.map(ruleText), 10],
    ["negations", negatedTexts(rules), 0],
  ] as const) {
    const guest = new Guest(walkers, 1024);
    placeTraffic(guest, rules, shortShare);
    const parsed = timed(() => compile(texts));
    const program = timed(() => parsed.value.programTable());
    const form = timed(() => parsed.value.chooseForm());
    const diagrams = timed(() => parsed.value.diagramTable());
    const row: Record<string, string | number> = {
      rules: count,
      traffic,
      form: form.value,
      parse: parsed.ms,
      "program built": program.ms,
      "form chosen": form.ms,
    };
    guest.place(TABLE_AT, program.value);
    const { runProgram, runDiagrams } = guest.walkers;
    row["program ns"] = Math.round(measure(() => runProgram(TABLE_AT, LIST_AT, PACKETS, RESULTS_AT)));
    if (diagrams.value !== undefined) {
      guest.place(TABLE_AT, diagrams.value);
      row["diagrams KB"] = Math.round(diagrams.value.length / 1024);
      row["diagrams built"] = diagrams.ms;
      row["diagrams ns"] = Number(measure(() => runDiagrams(TABLE_AT, LIST_AT, PACKETS, RESULTS_AT)).toFixed(1));
    }
    if (form.value === "code") {
      const code = timed(() => codeModule(parsed.value));
      const run = guest.code(parsed.value);
      row["code bytes"] = code.value.length;
      row["code built"] = code.ms;
      row["code ns"] = Number(measure(() => run(LIST_AT, PACKETS, RESULTS_AT)).toFixed(1));
    }
    rows.push(row);
  }
}
console.table(rows);
