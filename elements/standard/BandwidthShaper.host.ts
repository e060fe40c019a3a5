/** BandwidthShaper: a rate of bytes. */
import { shaperHalf } from "./shaping.host.ts";

export const hostHalf = shaperHalf("bandwidth");
