/**
 * ARPQuerier: its addresses may come from one name, limits that are not given are those of the table, and the table may
 * be another element's.
 */
import type { ArgumentValues, IPPrefix } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { guestEtherAddress, readArguments, required, swapAddress } from "../net/words.host.ts";
import { arpHandlers } from "./arpHandlers.host.ts";

/** Which field takes each argument of a table of its own. */
const LIMITS: Readonly<Record<string, string>> = {
  CAPACITY: "capacity",
  ENTRY_CAPACITY: "entryCapacity",
  ENTRY_PACKET_CAPACITY: "entryPacketCapacity",
  CAPACITY_SLIM_FACTOR: "slimFactor",
};

const ALL_BITS = 0xffff_ffff;

/** The elements whose table each element shares. */
const tableOwners = new WeakMap<HostedElement, HostedElement>();

export const hostHalf: HostHalf = {
  configure(element, values, rest) {
    if (!shareTable(element, values)) return;
    const given = readGiven(element, values, rest);
    if (!given) return;
    store(element, values, given);
    element.setBytes("declaration", Buffer.from(`${element.name} :: ${element.className}`, "latin1"));
  },
  initialize(element) {
    const owner = lastOwner(element);
    if (owner) element.set("cache", Number(owner.get("cache")));
  },
  reconfigure(element, values, rest) {
    const given = readGiven(element, values, rest);
    if (!given) return;
    const before = [element.get("address"), element.get("ether")];
    store(element, values, given);
    if (before[0] !== element.get("address") || before[1] !== element.get("ether")) element.call("forget");
    element.call("configured");
  },
  handlers: arpHandlers,
};

/** @returns whether there was no fault */
function shareTable(element: HostedElement, values: ArgumentValues): boolean {
  const name = values.get("TABLE");
  tableOwners.delete(element);
  element.set("sharesTable", name !== undefined);
  if (name === undefined) return true;
  const owner = element.find(String(name));
  if (owner) tableOwners.set(element, owner);
  const hasTable = owner?.isA("ARPTable") || owner?.isA("ARPQuerier");
  if (hasTable && lastOwner(element)) return true;
  element.error(`TABLE: ${owner ? "element type mismatch, expected ARPTable" : "does not name an element"}`);
  return false;
}

/** The element at the end of the chain of TABLE arguments; undefined when there is none, or the chain is a ring. */
function lastOwner(element: HostedElement): HostedElement | undefined {
  const seen = new Set<HostedElement>([element]);
  let owner = tableOwners.get(element);
  for (let next = owner; next; next = tableOwners.get(next)) {
    if (seen.has(next)) return undefined;
    seen.add(next);
    owner = next;
  }
  return owner;
}

interface Addresses {
  readonly prefix: IPPrefix;
  readonly ether: number;
}

/** The station's addresses, all arguments checked. Faults go to the element. */
function readGiven(element: HostedElement, values: ArgumentValues, rest: readonly string[]): Addresses | undefined {
  const badFactor = values.get("CAPACITY_SLIM_FACTOR") === 0;
  if (badFactor) element.error("CAPACITY_SLIM_FACTOR cannot be zero");
  // One argument may name both addresses.
  const texts = rest.length === 1 ? [...rest, ...rest] : rest;
  const specifications = [required("IP", "IPPrefix(bare-addr-ok)"), required("ETH", "EtherAddress")];
  const own = readArguments(element, specifications, texts);
  if (!own || badFactor) return undefined;
  return { prefix: own.get("IP") as IPPrefix, ether: Number(own.get("ETH")) }; // the type gives prefixes
}

function store(element: HostedElement, values: ArgumentValues, { prefix, ether }: Addresses): void {
  for (const [keyword, field] of Object.entries(LIMITS)) {
    const value = values.get(keyword);
    if (value !== undefined) element.set(field, Number(value));
  }
  const timeout = values.get("TIMEOUT");
  if (timeout !== undefined) element.set("timeout", BigInt(String(timeout)));
  element.set("address", swapAddress(prefix.address));
  element.set("ether", guestEtherAddress(ether));
  const broadcast = values.get("BROADCAST");
  element.set("broadcast", swapAddress(broadcast === undefined ? broadcastOf(prefix) : Number(broadcast)));
}

/** The last address of a prefix; all ones when it is the station's own. */
function broadcastOf({ address, mask }: IPPrefix): number {
  const last = (address | ~mask) >>> 0;
  return last === address ? ALL_BITS : last;
}
