/** SetIPDSCP: checks the code point, which may change while packets run. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

/** Six bits, RFC 2474 §3. */
const MAXIMUM = 0x3f;

function check(element: HostedElement): void {
  if (Number(element.get("codePoint")) > MAXIMUM) element.error("diffserv code point out of range");
}

export const hostHalf: HostHalf = {
  configure: check,
  reconfigure: check,
  handlers: {
    dscp: {
      flags: "w",
      documentation: "The code point.",
      write: (element, text) => element.reconfigureArgument("DSCP", text),
    },
  },
};
