/** EnsureEther: the type is wider than the field that it goes to. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

const LARGEST_TYPE = 0xffff;

export const hostHalf: HostHalf = {
  configure(element) {
    if (Number(element.get("type")) > LARGEST_TYPE)
      element.error("argument 1 (Ethernet encapsulation type) must be <= 0xFFFF");
  },
};
