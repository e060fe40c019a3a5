/** StoreIPAddress: of its two positional arguments the first may be missing, so they are sorted out here. */

import { parseWord } from "../../src/language/argumentText.ts";
import type { ArgumentValue } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { readWord, swapAddress } from "../net/words.host.ts";

/** Offsets in the IPv4 header, RFC 791 §3.1. */
const HEADER_FIELDS: Readonly<Record<string, number>> = { src: 12, dst: 16 };

export const hostHalf: HostHalf = {
  configure(element, values, rest) {
    const missing = ["ADDR", "OFFSET"].filter((keyword) => !values.has(keyword));
    if (rest.length > missing.length) {
      element.error("too many arguments");
      return;
    }
    const given = new Map<string, ArgumentValue>(values);
    // The last positional argument belongs to the last parameter that has no keyword argument.
    const positional = missing.slice(missing.length - rest.length);
    for (const [index, keyword] of positional.entries()) given.set(keyword, rest[index] ?? "");
    const addressRead = readAddress(element, given.get("ADDR"));
    const place = readPlace(element, given.get("OFFSET"));
    if (addressRead && place !== undefined) setPlace(element, place);
  },
};

/** @returns whether there was no fault */
function readAddress(element: HostedElement, given: ArgumentValue | undefined): boolean {
  if (given === undefined) return true;
  const address = typeof given === "string" ? readWord<number>(element, "IPAddress", given) : Number(given);
  if (address === undefined) element.error("ADDR: parse error");
  else {
    element.set("fixed", true);
    element.set("address", swapAddress(address));
  }
  return address !== undefined;
}

/** The word that says where the address goes; undefined when a fault was reported. */
function readPlace(element: HostedElement, given: ArgumentValue | undefined): string | undefined {
  const word = given === undefined ? undefined : parseWord(String(given));
  if (word === undefined) element.error(`OFFSET: ${given === undefined ? "required argument missing" : "parse error"}`);
  return word;
}

function setPlace(element: HostedElement, place: string): void {
  const field = place.toLowerCase();
  const headerOffset = Object.hasOwn(HEADER_FIELDS, field) ? HEADER_FIELDS[field] : undefined;
  const offset = headerOffset === undefined ? readWord<number>(element, "int", place) : -1;
  if (offset === undefined || (headerOffset === undefined && offset < 0)) {
    element.error("type mismatch: OFFSET requires integer");
    return;
  }
  element.set("offset", offset);
  element.set("headerOffset", headerOffset ?? 0);
}
