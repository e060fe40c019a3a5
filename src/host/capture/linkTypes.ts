/** Link types of captures: what packets start with. Numbers are those of pcap files (https://www.tcpdump.org/linktypes.html), names are Click's. */
import { parseInteger } from "../../library/arguments/numbers.ts";

/** Names that Click knows; the first one for a number is what it prints. */
const NAMES: readonly (readonly [string, number])[] = [
  ["NULL", 0],
  ["IP", 101],
  ["ETHER", 1],
  ["FDDI", 10],
  ["ATM", 100],
  ["RFC1483", 100],
  ["ATM_RFC1483", 100],
  ["802_11", 105],
  ["802.11", 105],
  ["802_11_RADIO", 127],
  ["802.11_RADIO", 127],
  ["SLL", 113],
  ["AIRONET", 120],
  ["HDLC", 104],
  ["PPP_HDLC", 50],
  ["PPP", 9],
  ["SUNATM", 123],
  ["PRISM", 119],
];

export const ETHERNET = 1;
export const RAW_IP = 101;
/** What many systems call raw IP in their own headers. */
const HOST_RAW_IP = 12;

/** Link types behind which elements/userlevel/forceIp.ts finds IP. */
const WITH_IP: ReadonlySet<number> = new Set([0, 1, 9, 10, 50, 100, 101, 104, 105, 113, 119, 123, 127]);

const NUMBER_LIMITS = { minimum: 0n, maximum: 0x7fff_fffen };

/** @returns the number for a name or `#NUMBER`; undefined when it is neither */
export function parseLinkType(text: string): number | undefined {
  const named = NAMES.find(([name]) => name === text);
  if (named) return named[1];
  if (!text.startsWith("#")) return undefined;
  const number = parseInteger(text.slice(1), NUMBER_LIMITS);
  return number.ok ? Number(number.value) : undefined;
}

/** @returns the name, or `#NUMBER`; `<none>` for numbers that are negative to Click */
export function formatLinkType(linkType: number): string {
  if (linkType > 0x7fff_ffff) return "<none>";
  return NAMES.find(([, number]) => number === linkType)?.[0] ?? `#${linkType}`;
}

/** The number that a file's header means. */
export function canonicalLinkType(linkType: number): number {
  return linkType === HOST_RAW_IP ? RAW_IP : linkType;
}

/** Whether IP headers can be found in packets of this type. */
export function mayHoldIp(linkType: number): boolean {
  return WITH_IP.has(linkType);
}
