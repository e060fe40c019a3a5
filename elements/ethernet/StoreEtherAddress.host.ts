/** StoreEtherAddress: its OFFSET may be a name, and the address comes from one place. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { setEtherOffset } from "./etherOffset.host.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    if (values.has("ADDR") === values.has("ANNO")) return element.error("must specify exactly one of ADDR/ANNO");
    setEtherOffset(element, values);
  },
};
