/** Switch and InputSwitch: the chosen port must exist, and their configuration reads as what is chosen now. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

export function choiceHalf(side: "input" | "output"): HostHalf {
  const configure = (element: HostedElement) => {
    const ports = side === "input" ? element.nInputs : element.nOutputs;
    if (Number(element.get(side)) >= ports) element.error(`${side} must be < ${ports}`);
  };
  return {
    configure,
    reconfigure: configure,
    handlers: {
      config: { flags: "r", documentation: `The chosen ${side}.`, read: (element) => String(element.get(side)) },
    },
  };
}
