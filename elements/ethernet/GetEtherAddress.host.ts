/** GetEtherAddress: its OFFSET may be a name. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { setEtherOffset } from "./etherOffset.host.ts";

export const hostHalf: HostHalf = { configure: setEtherOffset, reconfigure: setEtherOffset };
