/** Align: the moduli that make sense. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

const MODULI: readonly number[] = [2, 4, 8];

export const hostHalf: HostHalf = {
  configure(element) {
    const modulus = Number(element.get("modulus"));
    if (!MODULI.includes(modulus)) element.error("MODULUS must be 2, 4, or 8");
    else if (Number(element.get("offset")) >= modulus) element.error("OFFSET must be smaller than MODULUS");
  },
};
