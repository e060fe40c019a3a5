/** Patterns of rewriters: read from configuration text, and printed. */
import { argumentType, type IPPrefix } from "../../src/library/arguments/index.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";
import { findNamedPattern } from "./namedPatterns.host.ts";

/**
 * What a rewriter makes of addresses and ports; 0 keeps the packet's. Addresses have their first byte as the most
 * significant one.
 */
export interface Pattern {
  readonly source: number;
  readonly sourcePort: number;
  readonly destination: number;
  readonly destinationPort: number;
  /** Whether ports are rewritten; the range is then one of source ports, otherwise one of source addresses. */
  readonly ports: boolean;
  /** Size of the range less one. */
  readonly variationTop: number;
  readonly sequential: boolean;
  readonly sameFirst: boolean;
}

/** A range in a pattern. */
interface Variation {
  readonly first: number;
  readonly top: number;
  readonly sequential: boolean;
  readonly sameFirst: boolean;
}

const LAST_PORT = 65535;
/** Click keeps the size of a range in a signed 32-bit integer. */
const LARGEST_TOP = 0x7fff_ffff;
const ALL_BITS = 0xffff_ffff;

/** A word that stands for one value, or keeps the packet's. */
const SINGLE: Omit<Variation, "first"> = { top: 0, sequential: false, sameFirst: true };

/**
 * Reads a pattern of one to four words: a name; addresses; addresses and source port; source address and port,
 * destination address and port.
 *
 * @returns the pattern, or Click's message
 */
export function parsePattern(element: HostedElement, words: readonly string[]): Pattern | string {
  const [first = "", second = "", third = "", fourth = ""] = words;
  switch (words.length) {
    case 1:
      return findNamedPattern(element, first) ?? `no such pattern '${first}'`;
    case 2:
      return combine(element, first, undefined, second, undefined);
    case 3:
      return combine(element, first, third, second, undefined);
    case 4:
      return combine(element, first, second, third, fourth);
    default:
      return "syntax error";
  }
}

function combine(
  element: HostedElement,
  sourceWord: string,
  sourcePortWord: string | undefined,
  destinationWord: string,
  destinationPortWord: string | undefined,
): Pattern | string {
  const source = parseSource(element, sourceWord);
  if (!source) return "bad source address";
  const sourcePort = sourcePortWord === undefined ? undefined : parseSourcePort(element, sourcePortWord);
  if (sourcePortWord !== undefined && !sourcePort) return "bad source port";
  const destination = destinationWord === "-" ? 0 : readWord<number>(element, "IPAddress", destinationWord);
  if (destination === undefined) return "bad destination address";
  const destinationPort = parsePort(element, destinationPortWord ?? "-");
  if (destinationPort === undefined) return "bad destination port";
  return {
    source: source.first,
    sourcePort: sourcePort?.first ?? 0,
    destination,
    destinationPort,
    ports: sourcePort !== undefined,
    // A range of addresses has no effect beside ports.
    variationTop: sourcePort ? sourcePort.top : source.top,
    sequential: source.sequential || sourcePort?.sequential === true,
    sameFirst: source.sameFirst && sourcePort?.sameFirst !== false,
  };
}

/** `-`, or a number that can be a port. */
function parsePort(element: HostedElement, word: string): number | undefined {
  if (word === "-") return 0;
  const port = readWord<number>(element, "int", word);
  return port !== undefined && port > 0 && port <= LAST_PORT ? port : undefined;
}

/** `-`, a port, or `LOW-HIGH` with `#` or `?` behind it. */
function parseSourcePort(element: HostedElement, word: string): Variation | undefined {
  const single = parsePort(element, word);
  if (single !== undefined) return { ...SINGLE, first: single };
  const { range, ...order } = splitOrder(word);
  const dash = range.indexOf("-");
  if (dash < 0) return undefined;
  const low = readWord<number>(element, "int", range.slice(0, dash));
  const high = readWord<number>(element, "int", range.slice(dash + 1));
  if (low === undefined || high === undefined || low < 0 || high < low || high > LAST_PORT) return undefined;
  return { ...order, first: low, top: high - low };
}

/** `-`, an address, or a range or prefix with `#` or `?` behind it. */
function parseSource(element: HostedElement, word: string): Variation | undefined {
  const single = word === "-" ? 0 : readWord<number>(element, "IPAddress", word);
  if (single !== undefined) return { ...SINGLE, first: single };
  const { range, ...order } = splitOrder(word);
  const dash = range.indexOf("-");
  const ends =
    dash < 0 ? prefixRange(element, range) : addressRange(element, range.slice(0, dash), range.slice(dash + 1));
  if (!ends || ends.top > LARGEST_TOP) return undefined;
  return { ...order, ...ends };
}

function splitOrder(word: string): { range: string; sequential: boolean; sameFirst: boolean } {
  const mark = word.at(-1);
  if (mark === "#") return { range: word.slice(0, -1), sequential: true, sameFirst: false };
  if (mark === "?") return { range: word.slice(0, -1), sequential: false, sameFirst: false };
  return { range: word, sequential: false, sameFirst: true };
}

function addressRange(element: HostedElement, from: string, to: string): { first: number; top: number } | undefined {
  const first = readWord<number>(element, "IPAddress", from);
  const last = readWord<number>(element, "IPAddress", to);
  return first !== undefined && last !== undefined && last >= first ? { first, top: last - first } : undefined;
}

/** The addresses of a prefix, without those of the network and of its broadcast. */
function prefixRange(element: HostedElement, word: string): { first: number; top: number } | undefined {
  const prefix = readWord<IPPrefix>(element, "IPPrefix(bare-addr-ok)", word);
  if (!prefix || prefix.address === 0 || prefix.mask === 0 || !isContiguous(prefix.mask)) return undefined;
  const hosts = ~prefix.mask >>> 0;
  const network = (prefix.address & prefix.mask) >>> 0;
  if (hosts === 0) return { first: prefix.address, top: 0 };
  if (hosts === 1) return { first: network, top: 1 };
  return { first: (network | 1) >>> 0, top: hosts - 2 };
}

function isContiguous(mask: number): boolean {
  const hosts = ~mask >>> 0;
  return (hosts & (hosts + 1)) === 0;
}

/** The pattern as the `patterns` handler prints it. */
export function formatPattern({
  source,
  sourcePort,
  destination,
  destinationPort,
  ports,
  variationTop,
}: Pattern): string {
  const address = (value: number): string => argumentType("IPAddress").format(value);
  const last = (source + variationTop) & ALL_BITS;
  const range = !ports && variationTop > 0 ? `-${address(last >>> 0)}` : "";
  const from = source === 0 && range === "" ? "-" : address(source) + range;
  const to = destination === 0 ? "-" : address(destination);
  if (!ports) return `${from} ${to}`;
  const portRange = sourcePort > 0 && variationTop > 0 ? `-${sourcePort + variationTop}` : "";
  return `${from} ${sourcePort || "-"}${portRange} ${to} ${destinationPort || "-"}`;
}
