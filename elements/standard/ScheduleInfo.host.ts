/** ScheduleInfo: writes the tickets of the tasks that it names. */
import { splitWords } from "../../src/language/argumentText.ts";
import { formatFixedPoint } from "../../src/library/arguments/numbers.ts";
import { HandlerError, type HostedElement, type HostHalf } from "../../src/library/hostHalf.ts";

/** A share of 1 is 2^10 tickets; a task has 2^15 at most (kernel/task.ts). */
const FRACTION_BITS = 10;
const MAX_TICKETS = 32768;

interface Share {
  readonly element: string;
  readonly tickets: number;
}

const SHARES = Symbol("ScheduleInfo shares");

export const hostHalf: HostHalf = {
  configure(element, _values, rest) {
    const shares = rest.map((definition) => readShare(element, definition)).filter((share) => share !== undefined);
    sharesOf(element).set(element.name, shares);
  },
  initialize(element) {
    for (const { element: name, tickets } of sharesOf(element).get(element.name) ?? []) {
      const scheduled = element.find(name);
      if (!scheduled) continue;
      if (tickets > MAX_TICKETS)
        element.warning(`ScheduleInfo too high; reduced to ${formatFixedPoint(MAX_TICKETS, FRACTION_BITS)}`);
      writeTickets(scheduled, Math.min(tickets, MAX_TICKETS));
    }
  },
};

function sharesOf(element: HostedElement): Map<string, readonly Share[]> {
  return element.shared(SHARES, () => new Map());
}

/** Reads one argument; an empty one says nothing, and as in Click a faulty one does no harm. */
function readShare(element: HostedElement, definition: string): Share | undefined {
  const [name, text, ...more] = splitWords(definition);
  if (name === undefined) return undefined;
  const share = text !== undefined && more.length === 0 ? element.parse(`fixed(${FRACTION_BITS})`, text) : undefined;
  if (share?.ok) return { element: name, tickets: Number(share.value) };
  element.message("expected 'ELEMENTNAME PARAM'");
  return undefined;
}

/** An element without a task has no share to set: that is no fault. */
function writeTickets(element: HostedElement, tickets: number): void {
  try {
    element.writeHandler("tickets", String(tickets));
  } catch (error) {
    if (!(error instanceof HandlerError)) throw error;
  }
}
