/** ARPPrint: the file that receives the lines. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { startOutfile } from "../net/outfile.host.ts";

export const hostHalf: HostHalf = { start: startOutfile };
