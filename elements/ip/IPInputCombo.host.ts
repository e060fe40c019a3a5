/** IPInputCombo: its colour, and the lists of addresses. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { setLists } from "./ipHeaderCheck.host.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    element.set("color", Number(values.get("COLOR")) & 0xff);
    setLists(element, values);
  },
};
