/** The handlers `insert` and `delete` of elements with an ARP table. */
import type { HostHandler } from "../../src/library/hostHalf.ts";
import { guestEtherAddress, readHandlerArguments, required, swapAddress } from "../net/words.host.ts";

const BROADCAST = 0xffff_ffff_ffff;

export const arpHandlers: Readonly<Record<string, HostHandler>> = {
  insert: {
    flags: "w",
    documentation: "Adds or changes an entry: IP address and Ethernet address.",
    write(element, text) {
      const values = readHandlerArguments(
        element,
        [required("IP", "IPAddress"), required("ETH", "EtherAddress")],
        text,
      );
      const ether = guestEtherAddress(Number(values.get("ETH")));
      element.call("note", swapAddress(Number(values.get("IP"))), ether);
    },
  },
  delete: {
    flags: "w",
    documentation: "Makes the entry of an IP address invalid.",
    write(element, text) {
      const values = readHandlerArguments(element, [required("IP", "IPAddress")], text);
      element.call("note", swapAddress(Number(values.get("IP"))), guestEtherAddress(BROADCAST));
    },
  },
};
