/** ARPResponder: entries are read here and put into the guest in the order in which it looks for a match. */
import { splitWords } from "../../src/language/argumentText.ts";
import { argumentType, type IPPrefix } from "../../src/library/arguments/index.ts";
import { HandlerError, type HostedElement, type HostHalf } from "../../src/library/hostHalf.ts";
import { guestEtherAddress, readWord } from "../net/words.host.ts";

/** Addresses within `prefix` are at `ether`. */
interface Entry {
  readonly prefix: IPPrefix;
  readonly ether: number;
}

/** Bytes of an entry in the guest: address, mask, Ethernet address in eight bytes. */
const ENTRY_SIZE = 16;

export const hostHalf: HostHalf = {
  configure: (element, _values, rest) => configure(element, rest),
  reconfigure: (element, _values, rest) => configure(element, rest),
  handlers: {
    table: {
      flags: "r",
      documentation: "A line an entry, in the order in which they are tried: prefix and Ethernet address.",
      read: (element) => entriesOf(element).map(formatEntry).join(""),
    },
    lookup: {
      flags: "r+",
      documentation: "The Ethernet address for the IP address that is given; empty when there is none.",
      read: lookUp,
    },
    add: {
      flags: "w",
      documentation: "Adds an entry, written as in the configuration; it replaces one with the same prefix.",
      write: (element, text) => add(element, text),
    },
    remove: {
      flags: "w",
      documentation: "Removes the entry with that prefix.",
      write: (element, text) => remove(element, text),
    },
  },
};

function configure(element: HostedElement, texts: readonly string[]): void {
  const parsed = texts.map((text) => parseEntry(element, text));
  const faults = parsed.map((result, index) => (typeof result === "string" ? `argument ${index}: ${result}` : ""));
  for (const fault of faults) if (fault !== "") element.error(fault);
  if (faults.some((fault) => fault !== "")) return;
  const given = parsed.flatMap((result) => (typeof result === "string" ? [] : result));
  const { entries, replaced } = arrange(given);
  for (const prefix of replaced) element.warning(`multiple entries for ${formatPrefix(prefix)}`);
  putEntries(element, entries);
}

/** @returns the entries that one argument makes, or what is wrong with it */
function parseEntry(element: HostedElement, text: string): Entry[] | string {
  const words = splitWords(text);
  const prefixes: IPPrefix[] = [];
  let ether: number | undefined;
  for (const word of words) {
    const prefix = readWord<IPPrefix>(element, "IPPrefix(bare-addr-ok)", word);
    if (prefix) {
      prefixes.push({ address: (prefix.address & prefix.mask) >>> 0, mask: prefix.mask });
      continue;
    }
    const address = readWord<number>(element, "EtherAddress", word);
    if (address === undefined) return "expected IP/MASK ETH";
    if (ether !== undefined) return "more than one ETH";
    ether = address;
  }
  // A word may name an IP and an Ethernet address at once.
  for (const word of words) ether ??= readWord<number>(element, "EtherAddress", word);
  if (prefixes.length === 0) return "missing IP/MASK";
  if (ether === undefined) return "missing ETH";
  const found = ether;
  return prefixes.map((prefix) => ({ prefix, ether: found }));
}

/**
 * Orders entries so that each stands before those whose prefix contains its own; of several for one prefix the last is
 * kept.
 */
function arrange(given: readonly Entry[]): { entries: Entry[]; replaced: IPPrefix[] } {
  const entries: Entry[] = [];
  const replaced: IPPrefix[] = [];
  for (const entry of given) {
    const same = entries.findIndex(({ prefix }) => isSame(prefix, entry.prefix));
    if (same >= 0) {
      entries.splice(same, 1);
      replaced.push(entry.prefix);
    }
    const wider = entries.findIndex(({ prefix }) => contains(prefix, entry.prefix));
    entries.splice(wider < 0 ? entries.length : wider, 0, entry);
  }
  return { entries, replaced };
}

function isSame(a: IPPrefix, b: IPPrefix): boolean {
  return a.address === b.address && a.mask === b.mask;
}

function contains(wide: IPPrefix, narrow: IPPrefix): boolean {
  return (narrow.address & wide.mask) >>> 0 === wide.address && (narrow.mask & wide.mask) >>> 0 === wide.mask;
}

function putEntries(element: HostedElement, entries: readonly Entry[]): void {
  const table = Buffer.alloc(Math.max(entries.length, 1) * ENTRY_SIZE);
  entries.forEach(({ prefix, ether }, index) => {
    table.writeUInt32BE(prefix.address, index * ENTRY_SIZE);
    table.writeUInt32BE(prefix.mask, index * ENTRY_SIZE + 4);
    table.writeBigUInt64LE(guestEtherAddress(ether), index * ENTRY_SIZE + 8);
  });
  element.setTable("entries", table);
  element.set("entryCount", entries.length);
}

function entriesOf(element: HostedElement): Entry[] {
  const count = Number(element.get("entryCount"));
  const table = Buffer.from(element.memory(Number(element.get("entries")), count * ENTRY_SIZE));
  return Array.from({ length: count }, (_, index) => ({
    prefix: { address: table.readUInt32BE(index * ENTRY_SIZE), mask: table.readUInt32BE(index * ENTRY_SIZE + 4) },
    ether: table.readUIntBE(index * ENTRY_SIZE + 8, 6),
  }));
}

function formatPrefix(prefix: IPPrefix): string {
  return argumentType("IPPrefix").format(prefix);
}

function formatEntry({ prefix, ether }: Entry): string {
  return `${formatPrefix(prefix)} ${argumentType("EtherAddress").format(ether)}\n`;
}

function lookUp(element: HostedElement, text: string): string {
  const address = readWord<number>(element, "IPAddress", text);
  if (address === undefined) throw new HandlerError("expected IP address");
  const entry = entriesOf(element).find(({ prefix }) => (address & prefix.mask) >>> 0 === prefix.address);
  return entry ? argumentType("EtherAddress").format(entry.ether) : "";
}

function add(element: HostedElement, text: string): void {
  const parsed = parseEntry(element, text);
  if (typeof parsed === "string") throw new HandlerError(parsed);
  putEntries(element, arrange([...entriesOf(element), ...parsed]).entries);
}

function remove(element: HostedElement, text: string): void {
  const given = readWord<IPPrefix>(element, "IPPrefix(bare-addr-ok)", text);
  if (!given) throw new HandlerError("expected IP/MASK");
  const prefix = { address: (given.address & given.mask) >>> 0, mask: given.mask };
  const entries = entriesOf(element);
  const place = entries.findIndex((entry) => isSame(entry.prefix, prefix));
  if (place < 0) throw new HandlerError(`${formatPrefix(prefix)} not found`);
  putEntries(element, entries.toSpliced(place, 1));
}
