/** StrideSched: the tickets of its inputs, as arguments and as one handler for each input. */

import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import { INT32_LIMITS, parseInteger } from "../../src/library/arguments/numbers.ts";
import { HandlerError, type HostedElement, type HostHalf, type HostHandler } from "../../src/library/hostHalf.ts";

const MAX_TICKETS = 32768;
const HANDLER = /^tickets(0|[1-9]\d*)$/;

export const hostHalf: HostHalf = {
  configure: (element, _values, rest) => configure(element, rest, "new"),
  reconfigure: (element: HostedElement, _values: ArgumentValues, rest) => configure(element, rest, "running"),
  handlers: { config: { flags: "r", documentation: "The tickets of all inputs.", read: readAll } },
  start: (element) => ({
    findHandler(name) {
      const input = Number(HANDLER.exec(name)?.[1] ?? -1);
      return input >= 0 && input < element.nInputs ? ticketsHandler(input) : undefined;
    },
    handlerNames: () => inputsOf(element).map((input) => `tickets${input}`),
  }),
};

function configure(element: HostedElement, texts: readonly string[], state: "new" | "running"): void {
  if (texts.length !== element.nInputs) {
    element.error(`need ${element.nInputs} arguments, one per input port`);
    return;
  }
  const tickets = texts.map((text, input) => readTickets(element, text, input));
  if (tickets.includes(undefined)) return;
  element.call("makeClients");
  for (const [input, count] of tickets.entries())
    element.call("configureTickets", input, count ?? 0, Number(state === "new"));
  element.call("buildList");
}

function readTickets(element: HostedElement, text: string, input: number): number | undefined {
  const parsed = parseInteger(text, INT32_LIMITS);
  if (!parsed.ok) element.error(`argument ${input} should be number of tickets (integer)`);
  else if (parsed.value < 0n) element.error(`argument ${input} (number of tickets) must be >= 0`);
  else {
    if (parsed.value > MAX_TICKETS) element.warning(`input ${input}'s tickets reduced to ${MAX_TICKETS}`);
    return Math.min(Number(parsed.value), MAX_TICKETS);
  }
  return undefined;
}

function ticketsHandler(input: number): HostHandler {
  return {
    flags: "rw",
    documentation: `The tickets of input ${input}.`,
    read: (element) => String(element.call("ticketsOf", input)),
    write(element, text) {
      const parsed = parseInteger(text, INT32_LIMITS);
      if (!parsed.ok) throw new HandlerError("tickets value must be integer");
      if (parsed.value < 0n) throw new HandlerError("number of tickets must be >= 0");
      element.call("changeTickets", input, Math.min(Number(parsed.value), MAX_TICKETS));
    },
  };
}

function inputsOf(element: HostedElement): number[] {
  return Array.from({ length: element.nInputs }, (_, input) => input);
}

function readAll(element: HostedElement): string {
  return inputsOf(element)
    .map((input) => String(element.call("ticketsOf", input)))
    .join(", ");
}
