/** Shaper: a rate of packets. */
import { shaperHalf } from "./shaping.host.ts";

export const hostHalf = shaperHalf("u32");
