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
    if (rest.length > missing.length) return element.error("too many arguments");
    const given = new Map<string, ArgumentValue>(values);
    // The last positional argument belongs to the last parameter that has no keyword argument.
    missing.slice(missing.length - rest.length).forEach((keyword, index) => given.set(keyword, rest[index] ?? ""));
    setAddress(element, given.get("ADDR"));
    setPlace(element, given.get("OFFSET"));
  },
};

function setAddress(element: HostedElement, given: ArgumentValue | undefined): void {
  if (given === undefined) return;
  const address = typeof given === "string" ? readWord<number>(element, "IPAddress", given) : Number(given);
  if (address === undefined) return element.error("ADDR: parse error");
  element.set("fixed", true);
  element.set("address", swapAddress(address));
}

function setPlace(element: HostedElement, given: ArgumentValue | undefined): void {
  if (given === undefined) return element.error("OFFSET: required argument missing");
  const word = parseWord(String(given));
  if (word === undefined) return element.error("OFFSET: parse error");
  const field = word.toLowerCase();
  const headerOffset = Object.hasOwn(HEADER_FIELDS, field) ? HEADER_FIELDS[field] : undefined;
  if (headerOffset !== undefined) {
    element.set("offset", -1);
    element.set("headerOffset", headerOffset);
    return;
  }
  const offset = readWord<number>(element, "int", word);
  if (offset === undefined || offset < 0) return element.error("type mismatch: OFFSET requires integer");
  element.set("offset", offset);
}
