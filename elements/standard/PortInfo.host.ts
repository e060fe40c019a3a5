/** PortInfo: names of ports. */
import { informationHalf } from "./information.host.ts";

export const hostHalf = informationHalf("definePorts");
