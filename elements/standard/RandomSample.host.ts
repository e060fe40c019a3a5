/** RandomSample: the three ways to state its probability. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import { formatFixedPoint } from "../../src/library/arguments/numbers.ts";
import { HandlerError, type HostedElement, type HostHalf } from "../../src/library/hostHalf.ts";

const FRACTION_BITS = 28;
const CERTAIN = 2 ** FRACTION_BITS;

function configure(element: HostedElement, values: ArgumentValues): void {
  const [given, sample, drop] = ["P", "SAMPLE", "DROP"].map((keyword) => values.get(keyword));
  if (sample !== undefined && drop !== undefined) {
    element.error("give at most one of SAMPLE and DROP");
    return;
  }
  const probability = drop === undefined ? Number(sample ?? given ?? -1) : CERTAIN - Number(drop);
  if (probability < 0 || probability > CERTAIN) element.error("sampling probability must be between 0 and 1");
  else element.set("probability", probability);
}

/** @throws HandlerError when the text is no probability */
function parseProbability(element: HostedElement, text: string): number {
  const parsed = element.parse(`fixed(${FRACTION_BITS})`, text);
  if (!parsed.ok || Number(parsed.value) > CERTAIN)
    throw new HandlerError("Must be given a number between 0.0 and 1.0");
  return Number(parsed.value);
}

function format(probability: number): string {
  return formatFixedPoint(probability, FRACTION_BITS);
}

export const hostHalf: HostHalf = {
  configure,
  reconfigure: configure,
  handlers: {
    sampling_prob: {
      flags: "rw",
      documentation: "Probability with which a packet passes.",
      read: (element) => format(Number(element.get("probability"))),
      write: (element, text) => element.set("probability", parseProbability(element, text)),
    },
    drop_prob: {
      flags: "rw",
      documentation: "Probability with which a packet does not pass.",
      read: (element) => format(CERTAIN - Number(element.get("probability"))),
      write: (element, text) => element.set("probability", CERTAIN - parseProbability(element, text)),
    },
    config: {
      flags: "r",
      documentation: "The arguments that make the element as it is now.",
      read: (element) =>
        `SAMPLE ${format(Number(element.get("probability")))}, ACTIVE ${Boolean(element.get("active"))}`,
    },
  },
};
