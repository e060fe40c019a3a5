/** ICMP codes, whose names depend on the type. */
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";

/** The code that a text names or is; undefined when there is none. */
export function readIcmpCode(element: HostedElement, type: number, text: string): number | undefined {
  return element.names.icmpCode(type, text) ?? readWord<number>(element, "int[0..255]", text);
}
