/** PullSwitch and SimplePullSwitch: their configuration reads as what is chosen now. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const pullSwitchHalf: HostHalf = {
  reconfigure: (element) => {
    element.call("applyChoice");
  },
  handlers: {
    config: { flags: "r", documentation: "The chosen input.", read: (element) => String(element.get("input")) },
  },
};
