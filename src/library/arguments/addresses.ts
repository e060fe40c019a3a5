/** Address argument types: IPv4, IPv6 and Ethernet addresses, prefixes, and the names that stand for them. */

import { type ArgumentType, accept, acceptDefined, type IP6Prefix, type IPPrefix, reject } from "./argumentType.ts";
import { INT32_LIMITS, parseInteger } from "./numbers.ts";

/** A lookup of one kind of name. */
type Lookup<T> = (name: string) => T | undefined;

const noNames: Lookup<never> = () => undefined;

/**
 * Reads `a.b.c.d`, or with fewer bytes the beginning of an address, the missing bytes being zero.
 *
 * @returns the address and how many bytes were written
 */
function readIPBytes(text: string): { address: number; bytes: number } | undefined {
  const parts = text.split(".", 5);
  if (parts.length > 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^0*\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return { address: address * 256 ** (4 - parts.length), bytes: parts.length };
}

/** An IPv4 address in dotted form, without any names. */
export function parseDottedQuad(text: string): number | undefined {
  const read = readIPBytes(text);
  return read?.bytes === 4 ? read.address : undefined;
}

function readIPAddress(text: string, lookUp: Lookup<number>): number | undefined {
  return parseDottedQuad(text) ?? lookUp(text);
}

export function formatIPAddress(address: number): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join(".");
}

export const ipAddressType: ArgumentType<number> = {
  name: "IPAddress",
  parse: (text, { names }) => acceptDefined(readIPAddress(text, (name) => names.ipAddress(name))),
  format: formatIPAddress,
};

function maskOfLength(length: number): number {
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

/** A prefix length in decimal, or `undefined`. */
function readLength(text: string, maximum: number): number | undefined {
  const parsed = parseInteger(text, INT32_LIMITS, 10);
  if (!parsed.ok || parsed.value < 0n || parsed.value > BigInt(maximum)) return undefined;
  return Number(parsed.value);
}

/** Splits at the last slash; neither side may be empty. */
function splitAtSlash(text: string): { before: string; after: string } | undefined {
  const slash = text.lastIndexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { before: text.slice(0, slash), after: text.slice(slash + 1) };
}

/** Reads `ADDRESS/LENGTH` or `ADDRESS/MASK`; a mask may not reach beyond the bytes that were written. */
export function readIPPrefix(text: string, lookUp: Lookup<number> = noNames): IPPrefix | undefined {
  const halves = splitAtSlash(text);
  if (halves === undefined) return undefined;
  const written = readIPBytes(halves.before);
  const address = written?.address ?? lookUp(halves.before);
  const length = readLength(halves.after, 32);
  const mask = length === undefined ? readIPAddress(halves.after, lookUp) : maskOfLength(length);
  if (address === undefined || mask === undefined) return undefined;
  const writtenMask = maskOfLength(8 * (written?.bytes ?? 4));
  return (mask & ~writtenMask) === 0 ? { address, mask } : undefined;
}

/** The length of a contiguous mask, or `undefined`. */
export function prefixLength(mask: number): number | undefined {
  const length = Math.clz32(~mask);
  return maskOfLength(length) === mask >>> 0 ? length : undefined;
}

export function formatIPPrefix({ address, mask }: IPPrefix): string {
  return `${formatIPAddress(address)}/${prefixLength(mask) ?? formatIPAddress(mask)}`;
}

/**
 * IPv4 prefixes.
 *
 * @param bareAddress  whether an address alone stands for itself with a mask of 32 bits
 */
export function ipPrefixType(name: string, bareAddress: "allowed" | "rejected"): ArgumentType<IPPrefix> {
  return {
    name,
    parse(text, { names }) {
      const prefix = readIPPrefix(text, (host) => names.ipAddress(host));
      if (prefix !== undefined) return accept(prefix);
      const address = bareAddress === "allowed" ? readIPAddress(text, (host) => names.ipAddress(host)) : undefined;
      if (address !== undefined) return accept({ address, mask: 0xffff_ffff });
      return acceptDefined(names.ipPrefix(text));
    },
    format: formatIPPrefix,
  };
}

/** Six groups of one or two hexadecimal digits, separated by the same `:` or `-` throughout. */
const ETHERNET_ADDRESS = /^[\da-f]{1,2}(?:(?::[\da-f]{1,2}){5}|(?:-[\da-f]{1,2}){5})$/i;

/** An Ethernet address in digits, without any names: 48 bits, the first byte most significant. */
export function parseEthernetDigits(text: string): number | undefined {
  if (!ETHERNET_ADDRESS.test(text)) return undefined;
  return text.split(/[:-]/).reduce((address, group) => address * 256 + Number.parseInt(group, 16), 0);
}

export function formatEtherAddress(address: number): string {
  const digits = address.toString(16).padStart(12, "0").toUpperCase();
  return (digits.match(/../g) ?? []).join("-");
}

export const etherAddressType: ArgumentType<number> = {
  name: "EtherAddress",
  parse: (text, { names }) => acceptDefined(parseEthernetDigits(text) ?? names.etherAddress(text)),
  format: formatEtherAddress,
};

/** Reads the 16-bit groups of one side of `::`; the last of them may be an IPv4 address, which makes two. */
function readGroups(text: string, lookUp: Lookup<number>, tail: "may be IPv4" | "hexadecimal"): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":", 9);
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    if (tail === "hexadecimal" || index !== parts.length - 1) return undefined;
    const address = readIPAddress(part, lookUp);
    if (address === undefined) return undefined;
    groups.push(address >>> 16, address & 0xffff);
  }
  return groups;
}

/** Reads an IPv6 address (RFC 4291 §2.2); at most one `::`, which stands for at least one group. */
export function readIP6Address(text: string, lookUp: Lookup<number> = noNames): bigint | undefined {
  const gap = text.indexOf("::");
  if (gap < 0) {
    const groups = text.includes(":") ? readGroups(text, lookUp, "may be IPv4") : undefined;
    return groups?.length === 8 ? joinGroups(groups) : undefined;
  }
  const before = readGroups(text.slice(0, gap), lookUp, "hexadecimal");
  const after = readGroups(text.slice(gap + 2), lookUp, "may be IPv4");
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  return missing < 1 ? undefined : joinGroups([...before, ...new Array<number>(missing).fill(0), ...after]);
}

function joinGroups(groups: readonly number[]): bigint {
  return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
}

function splitGroups(address: bigint): number[] {
  return Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(112 - 16 * index)) & 0xffffn));
}

/** Prints an IPv6 address in the recommended form (RFC 5952), IPv4-compatible and IPv4-mapped ones with dots. */
export function formatIP6Address(address: bigint): string {
  const high = address >> 32n;
  const low = formatIPAddress(Number(address & 0xffff_ffffn));
  if (address === 0n) return "::";
  if (high === 0n) return `::${low}`;
  if (high === 0xffffn) return `::ffff:${low}`;
  const groups = splitGroups(address);
  const gap = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (gap.length < 2) return text(groups);
  return `${text(groups.slice(0, gap.start))}::${text(groups.slice(gap.start + gap.length))}`;
}

/** The longest run of zero groups; of equally long ones the first. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}

export const ip6AddressType: ArgumentType<bigint> = {
  name: "IP6Address",
  parse: (text, { names }) =>
    acceptDefined(readIP6Address(text, (name) => names.ipAddress(name)) ?? names.ip6Address(text)),
  format: formatIP6Address,
};

/** Reads `ADDRESS/LENGTH` or `ADDRESS/MASK`. The result is `"bad length"` when only the part after the slash is at fault. */
export function readIP6Prefix(text: string, lookUp: Lookup<bigint> = noNames): IP6Prefix | "bad length" | undefined {
  const halves = splitAtSlash(text);
  if (halves === undefined) return undefined;
  const address = readIP6Address(halves.before) ?? lookUp(halves.before);
  if (address === undefined) return undefined;
  const length = readLength(halves.after, 128) ?? ip6MaskLength(readIP6Address(halves.after) ?? lookUp(halves.after));
  return length === undefined ? "bad length" : { address, length };
}

function ip6MaskLength(mask: bigint | undefined): number | undefined {
  if (mask === undefined) return undefined;
  const ones = /^1*/.exec(mask.toString(2).padStart(128, "0"))?.[0].length ?? 0;
  return mask === ip6MaskOfLength(ones) ? ones : undefined;
}

/** The mask of a prefix of 0 to 128 bits. */
export function ip6MaskOfLength(length: number): bigint {
  const hostBits = BigInt(128 - length);
  return ((1n << 128n) - 1n) & ~((1n << hostBits) - 1n);
}

/** IPv6 prefixes; `bareAddress` as for {@link ipPrefixType}. */
export function ip6PrefixType(name: string, bareAddress: "allowed" | "rejected"): ArgumentType<IP6Prefix> {
  return {
    name,
    parse(text, { names }) {
      const prefix = readIP6Prefix(text, (host) => names.ip6Address(host));
      if (prefix === "bad length") return reject();
      if (prefix !== undefined) return accept(prefix);
      const address = bareAddress === "allowed" ? (readIP6Address(text) ?? names.ip6Address(text)) : undefined;
      if (address !== undefined) return accept({ address, length: 128 });
      return acceptDefined(names.ip6Prefix(text));
    },
    format: ({ address, length }) => `${formatIP6Address(address)}/${length}`,
  };
}
