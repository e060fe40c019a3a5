/** StoreIPAddress: of its two arguments the first may be missing, so they are sorted out here. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { readArguments, readWord, required, swapAddress } from "../net/words.host.ts";

/** Offsets in the IPv4 header, RFC 791 §3.1. */
const HEADER_FIELDS: Readonly<Record<string, number>> = { src: 12, dst: 16 };
const ADDRESS = required("ADDR", "IPAddress");
const PLACE = required("OFFSET", "word");

export const hostHalf: HostHalf = {
  configure(element, _values, texts) {
    const values = readArguments(element, texts.length > 1 ? [ADDRESS, PLACE] : [PLACE], texts);
    if (!values) return;
    const address = values.get("ADDR");
    if (address !== undefined) {
      element.set("fixed", true);
      element.set("address", swapAddress(Number(address)));
    }
    setPlace(element, String(values.get("OFFSET") ?? ""));
  },
};

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
