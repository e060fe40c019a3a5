/** Words of element arguments and handler texts, read by argument type, and addresses as they lie in guest memory. */
import { splitWords } from "../../src/language/argumentText.ts";
import {
  type ArgumentContext,
  type ArgumentSpecification,
  type ArgumentValue,
  type ArgumentValues,
  type MessageSink,
  parseArguments,
} from "../../src/library/arguments/index.ts";
import { HandlerError, type HostedElement } from "../../src/library/hostHalf.ts";

/** A context for types that look up addresses and ports; elements and handlers are not found. */
function contextOf(element: HostedElement): ArgumentContext {
  return {
    element: { index: 0, name: element.name, className: element.className },
    names: element.names,
    findElement: () => undefined,
    isKindOf: () => false,
  };
}

/**
 * Reads one word.
 *
 * @param type  an argument type's name
 * @returns the value; undefined when the word is not of that type
 */
export function readWord<T extends ArgumentValue>(element: HostedElement, type: string, word: string): T | undefined {
  const parsed = element.parse(type, word);
  return parsed.ok ? (parsed.value as T) : undefined; // the caller names the value of the type that it asks for
}

/** Reads arguments that the router left to the host half. Faults go to the element; the result is then undefined. */
export function readArguments(
  element: HostedElement,
  specifications: readonly ArgumentSpecification[],
  texts: readonly string[],
): ArgumentValues | undefined {
  const sink: MessageSink = {
    error: (_, message) => element.error(message),
    message: (_, message) => element.message(message),
  };
  return parseArguments(specifications, texts.join(", "), contextOf(element), sink);
}

/**
 * Reads the words of a text written to a handler, or given to it as a parameter, as arguments.
 *
 * @throws HandlerError with Click's message for each fault, one a line
 */
export function readHandlerArguments(
  element: HostedElement,
  specifications: readonly ArgumentSpecification[],
  text: string,
): ArgumentValues {
  const faults: string[] = [];
  const sink: MessageSink = {
    error: (_, message) => {
      faults.push(message);
    },
    message: () => undefined,
  };
  const values = parseArguments(specifications, splitWords(text).join(", "), contextOf(element), sink);
  if (!values) throw new HandlerError(faults.join("\n"));
  return values;
}

/** A required positional argument. */
export function required(keyword: string, type: string): ArgumentSpecification {
  return { keyword, type, positional: true, required: true };
}

/** An IPv4 address as a little-endian number whose bytes lie in memory as in a packet; and back again. */
export function swapAddress(address: number): number {
  return ((address << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | ((address >>> 24) & 0xff)) >>> 0;
}

/** An Ethernet address as a little-endian number of 64 bits whose six lowest bytes lie in memory as in a packet. */
export function guestEtherAddress(address: number): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(address, 0, 6);
  return bytes.readBigUInt64LE();
}
