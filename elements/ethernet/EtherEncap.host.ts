/** EtherEncap: what is written to a handler takes the place of the argument. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { argumentHandler } from "../net/liveArguments.host.ts";

export const hostHalf: HostHalf = {
  reconfigure: () => undefined,
  handlers: {
    ethertype: argumentHandler("ETHERTYPE", "Type of what follows the header."),
    etht: argumentHandler("ETHERTYPE", "Old name of ethertype."),
    src: argumentHandler("SRC", "Source address."),
    dst: argumentHandler("DST", "Destination address."),
  },
};
