/** What elements that encapsulate packets share on the host. */
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";

/** An address, or `DST_ANNO` for the destination annotation; undefined when the text is neither. */
export function readDestination(element: HostedElement, text: string): number | "annotation" | undefined {
  return text === "DST_ANNO" ? "annotation" : readWord<number>(element, "IPAddress", text);
}
