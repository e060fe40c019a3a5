/** Counter: the handler calls at given counts, and the rates as texts. */
import { shiftWord } from "../../src/language/argumentText.ts";
import { formatFixedPoint, parseInteger } from "../../src/library/arguments/numbers.ts";
import { HandlerError, type HostedElement, type HostHalf } from "../../src/library/hostHalf.ts";

const UINT64_LIMITS = { minimum: 0n, maximum: 2n ** 64n - 1n };
const MILLISECONDS_PER_SECOND = 1000;

/** The averages' bits of fraction, as in the guest. */
const RATE_SCALE = 10;
const BYTE_RATE_SCALE = 4;
/** A byte has 2^3 bits: three bits of fraction less. */
const BIT_RATE_SCALE = BYTE_RATE_SCALE - 3;

const TRIGGERS = [
  { keyword: "COUNT_CALL", method: "setCountCall" },
  { keyword: "BYTE_COUNT_CALL", method: "setByteCall" },
] as const;
type Trigger = (typeof TRIGGERS)[number];

export const hostHalf: HostHalf = {
  configure(element, values) {
    for (const trigger of TRIGGERS) {
      const text = values.get(trigger.keyword);
      if (text !== undefined && !configureTrigger(element, trigger, String(text))) return;
    }
  },

  handlers: {
    rate: rateHandler("Packets per second.", "rate", RATE_SCALE),
    bit_rate: rateHandler("Bits per second.", "byteRate", BIT_RATE_SCALE),
    byte_rate: rateHandler("Bytes per second.", "byteRate", BYTE_RATE_SCALE),
    count_call: {
      flags: "rw",
      documentation: "The packet count at which a handler is called; write `N HANDLER [VALUE]` to set it.",
      read: (element) => (Number(element.get("countCall")) === 0 ? "" : String(element.get("countTrigger"))),
      write: (element, text) => setTrigger(element, TRIGGERS[0], text),
    },
    byte_count_call: {
      flags: "w",
      documentation: "Sets the byte count at which a handler is called: `N HANDLER [VALUE]`.",
      write: (element, text) => setTrigger(element, TRIGGERS[1], text),
    },
  },
};

/** @returns whether the configuration can be read on: a number too large is a fault, but one that is understood */
function configureTrigger(element: HostedElement, { keyword, method }: Trigger, text: string): boolean {
  const { word, rest } = shiftWord(text);
  const count = parseInteger(word, UINT64_LIMITS);
  if (count.ok) arm(element, method, count.value, rest);
  else if (count.error.startsWith("out of range")) element.error(`${keyword} overflow, max ${UINT64_LIMITS.maximum}`);
  else element.error(`${keyword} type mismatch`);
  return count.ok || count.error.startsWith("out of range");
}

function setTrigger(element: HostedElement, { keyword, method }: Trigger, text: string): void {
  const { word, rest } = shiftWord(text);
  const count = parseInteger(word, UINT64_LIMITS);
  if (!count.ok) throw new HandlerError(`'${keyword.toLowerCase()}' first word should be unsigned (count)`);
  arm(element, method, count.value, rest);
}

function arm(element: HostedElement, method: Trigger["method"], count: bigint, call: string): void {
  element.call(method, count, element.handlerCall(call));
  element.set("forwardCall", element.handlerCall(`${element.name}.forward`));
}

function rateHandler(documentation: string, field: string, scale: number) {
  return {
    flags: "r",
    documentation,
    read(element: HostedElement) {
      element.call("updateRates");
      return formatFixedPoint(Number(element.get(field)) * MILLISECONDS_PER_SECOND, scale);
    },
  };
}
