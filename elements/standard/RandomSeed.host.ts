/** RandomSeed: its argument is a seed that may be missing. */
import { randomInt } from "node:crypto";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

const SEED_LIMIT = 2 ** 32;

const seeds = new WeakMap<HostedElement, string>();

function sow(element: HostedElement, values: ArgumentValues): void {
  const seed = values.get("SEED");
  seeds.set(element, seed === undefined ? "" : String(seed));
  element.call("sow", seed === undefined ? randomInt(SEED_LIMIT) : Number(seed));
}

export const hostHalf: HostHalf = {
  configure: sow,
  reconfigure: sow,
  handlers: {
    seed: {
      flags: "rw.",
      documentation: "The seed, empty when none was given; writing it starts the random numbers anew.",
      read: (element) => seeds.get(element) ?? "",
      write: (element, text) => element.reconfigureArgument("SEED", text),
    },
  },
};
