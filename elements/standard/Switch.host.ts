/** Switch: the output must exist; its configuration reads as what is chosen now. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure,
  reconfigure: configure,
  handlers: {
    config: {
      flags: "r",
      documentation: "The chosen output.",
      read: (element) => String(element.get("output")),
    },
  },
};

function configure(element: HostedElement): void {
  if (Number(element.get("output")) >= element.nOutputs) element.error(`output must be < ${element.nOutputs}`);
}
