/** OFFSET of elements that read or write an Ethernet address: a number, or the name of a header field. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";

/** Offsets in the Ethernet header, IEEE 802.3 §3.1. */
const HEADER_FIELDS: Readonly<Record<string, number>> = { dst: 0, src: 6 };
/** The last place where an address could start. */
const LAST_OFFSET = 0xffff_fff9;

/** Puts OFFSET into the field `offset`. Faults go to the element. */
export function setEtherOffset(element: HostedElement, values: ArgumentValues): void {
  const word = String(values.get("OFFSET"));
  const name = word.toLowerCase();
  const offset = Object.hasOwn(HEADER_FIELDS, name) ? HEADER_FIELDS[name] : readWord<number>(element, "unsigned", word);
  if (offset === undefined || offset > LAST_OFFSET) element.error("type mismatch: bad OFFSET");
  else element.set("offset", offset);
}
