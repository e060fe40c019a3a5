/** IPGWOptions: the list of the router's other addresses. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { swapAddress } from "../net/words.host.ts";
import { setAddressTable } from "./addressTable.host.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    element.set("myAddress", swapAddress(Number(values.get("MYADDR"))));
    const addresses = (values.get("OTHERADDRS") ?? []) as number[]; // the type IPAddress... makes no other values
    setAddressTable(element, "otherAddresses", "otherAddressCount", addresses);
  },
};
