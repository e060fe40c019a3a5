/** LinkUnqueue: the least bandwidth that its arithmetic can express. */
import { HandlerError, type HostHalf } from "../../src/library/hostHalf.ts";

const MINIMUM = 100;
const TOO_SMALL = `bandwidth too small, minimum ${MINIMUM}Bps`;

export const hostHalf: HostHalf = {
  configure(element) {
    if (Number(element.get("configuredBandwidth")) < MINIMUM) element.error(TOO_SMALL);
  },
  handlers: {
    bandwidth: {
      flags: "w",
      documentation: "Bytes a second.",
      write(element, text) {
        const bandwidth = element.parse("bandwidth", text);
        if (!bandwidth.ok) throw new HandlerError("invalid bandwidth");
        if (Number(bandwidth.value) < MINIMUM) throw new HandlerError(TOO_SMALL);
        element.call("setBandwidth", Number(bandwidth.value));
      },
    },
  },
};
