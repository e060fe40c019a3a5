/** ICMPRewriter: the rewriters that it asks. */
import { splitWords } from "../../src/language/argumentText.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { readWord } from "../net/words.host.ts";
import { annotationBits } from "./rewriter.host.ts";

/** How each class identifies flows, by number in the guest. */
const KINDS: Readonly<Record<string, number>> = {
  IPRewriter: 0,
  TCPRewriter: 1,
  UDPRewriter: 1,
  IPAddrPairRewriter: 2,
  IPAddrRewriter: 3,
  ICMPPingRewriter: 4,
};

/** Bytes of an entry in the guest: address of the rewriter, kind, first output. */
const ENTRY_SIZE = 12;

interface MapEntry {
  readonly rewriter: HostedElement;
  readonly kind: number;
  /** -1: all errors go to output 0. */
  readonly firstOutput: number;
}

export const hostHalf: HostHalf = {
  configure(element, values) {
    const entries: MapEntry[] = [];
    for (const word of splitWords(String(values.get("MAPS") ?? ""))) {
      const entry = parseMap(element, word);
      if (typeof entry === "string") element.error(entry);
      else entries.push(entry);
    }
    if (entries.length === 0) return element.error("no IP rewriters supplied");
    element.set("annotations", annotationBits(values));
    putEntries(element, entries);
  },
};

/** `NAME` or `NAME:OUTPUT`. @returns the entry, or Click's message */
function parseMap(element: HostedElement, word: string): MapEntry | string {
  const colon = word.indexOf(":");
  const name = colon < 0 ? word : word.slice(0, colon);
  const firstOutput = colon < 0 ? -1 : readWord<number>(element, "int", word.slice(colon + 1));
  const rewriter = element.find(name);
  if (firstOutput === undefined) return `${word} not an IP rewriter`;
  if (rewriter && firstOutput >= 0 && firstOutput + rewriter.nOutputs > element.nOutputs) {
    const outputs = element.nOutputs === 1 ? "output" : "outputs";
    return `${word} port offset requires more than ${element.nOutputs} ${outputs}`;
  }
  const kind = rewriter && Object.hasOwn(KINDS, rewriter.className) ? KINDS[rewriter.className] : undefined;
  if (!rewriter || kind === undefined) return `${name} not an IP rewriter`;
  return { rewriter, kind, firstOutput };
}

function putEntries(element: HostedElement, entries: readonly MapEntry[]): void {
  const table = Buffer.alloc(entries.length * ENTRY_SIZE);
  entries.forEach(({ rewriter, kind, firstOutput }, index) => {
    table.writeUInt32LE(rewriter.address, index * ENTRY_SIZE);
    table.writeUInt32LE(kind, index * ENTRY_SIZE + 4);
    table.writeInt32LE(firstOutput, index * ENTRY_SIZE + 8);
  });
  element.setTable("maps", table);
  element.set("mapCount", entries.length);
}
