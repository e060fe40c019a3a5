/** SetIPECN: the names of the bits. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

/** RFC 3168 §5; Click numbers ECT by value, the RFC the other way round. */
const BITS: ReadonlyMap<string, number> = new Map([
  ["0", 0],
  ["1", 1],
  ["2", 2],
  ["3", 3],
  ["no", 0],
  ["-", 0],
  ["ect1", 1],
  ["ECT(1)", 1],
  ["ect2", 2],
  ["ECT(0)", 2],
  ["ce", 3],
  ["CE", 3],
]);

function read(element: HostedElement, values: ArgumentValues): void {
  const given = String(values.get("ECN") ?? "");
  const bits = BITS.get(given);
  if (bits === undefined) {
    element.error("bad ECN argument");
    return;
  }
  element.set("bits", bits);
  element.setBytes("given", Buffer.from(given, "latin1"));
}

export const hostHalf: HostHalf = {
  configure: read,
  reconfigure: read,
  handlers: {
    ecn: {
      flags: "w",
      documentation: "The bits.",
      write: (element, text) => element.reconfigureArgument("ECN", text),
    },
  },
};
