/** Argument types that refer to parts of the running configuration: elements, handlers, annotations and names of numbers. */

import { parseString, shiftWord } from "../../language/argumentText.ts";
import {
  type ArgumentContext,
  type ArgumentType,
  accept,
  acceptDefined,
  type ElementReference,
  type HandlerReference,
  type Parsed,
  reject,
} from "./argumentType.ts";
import { scopesOutward } from "./names.ts";
import { INT32_LIMITS, parseInteger, toNumber, UINT32_LIMITS } from "./numbers.ts";

/** Finds an element by a name relative to the compound of the element whose argument it is, then outward. */
export function resolveElement(name: string, context: ArgumentContext): ElementReference | undefined {
  for (const scope of scopesOutward(context.element.name)) {
    const found = context.findElement(scope + name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * `Element`, or `Element(CLASS)` for one that can stand for a CLASS.
 *
 * @param className  the class required, or `undefined` for any
 */
export function elementType(name: string, className: string | undefined): ArgumentType<ElementReference> {
  return {
    name,
    parse(text, context) {
      const element = resolveElement(text, context);
      if (element === undefined) return reject("does not name an element");
      if (className === undefined || context.isKindOf(element, className)) return accept(element);
      return reject(`element type mismatch, expected ${className}`);
    },
    format: (element) => element.name,
  };
}

/** What a handler is wanted for; `any` checks neither. */
export type HandlerUse = "read" | "write" | "any";

/** `ELEMENT.HANDLER [VALUE]`; `.HANDLER` and `HANDLER` are global, the latter the element's own where it has it. */
export function handlerType(name: string, use: HandlerUse): ArgumentType<HandlerReference> {
  return {
    name,
    parse(text, context) {
      const parsed = parseHandler(text, context);
      // Click reports the reason and then, again, that the argument could not be parsed.
      if (!parsed.ok) return reject(`${parsed.error}\nparse error`);
      const refusal = refuseHandler(parsed.value, use, context);
      return refusal === undefined ? parsed : reject(refusal);
    },
    format: ({ element, handler, value }) => `${handlerName(element, handler)}${value === "" ? "" : ` ${value}`}`,
  };
}

function handlerName(element: ElementReference | undefined, handler: string): string {
  return element === undefined ? handler : `${element.name}.${handler}`;
}

/**
 * Reads a handler's name and the value after it.
 *
 * @returns Click's message when the name is no handler's name, or its element does not exist
 */
export function parseHandler(text: string, context: ArgumentContext): Parsed<HandlerReference> {
  const { word, rest: value } = shiftWord(text);
  const path = parseString(word);
  if (!path) return reject("syntax error");
  const dot = path.indexOf(".");
  if (dot === path.length - 1) return reject("syntax error");
  if (dot === 0) return accept({ element: undefined, handler: path.slice(1), value });
  const element = dot < 0 ? undefined : resolveElement(path.slice(0, dot), context);
  if (element !== undefined) return accept({ element, handler: path.slice(dot + 1), value });
  if (context.findHandler?.(context.element, path)) return accept({ element: context.element, handler: path, value });
  if (dot < 0 || context.findHandler?.(undefined, path)) return accept({ element: undefined, handler: path, value });
  return reject(`no element named '${path.slice(0, dot)}'`);
}

/**
 * Says why a handler cannot be used, in Click's words.
 *
 * @returns `undefined` when it can, or when handlers do not exist yet
 */
export function refuseHandler(
  reference: HandlerReference,
  use: HandlerUse,
  context: ArgumentContext,
): string | undefined {
  if (context.findHandler === undefined || use === "any") return undefined;
  const name = handlerName(reference.element, reference.handler);
  const facts = context.findHandler(reference.element, reference.handler);
  if (use === "write") return facts?.writable ? undefined : `no '${name}' write handler`;
  if (!facts?.readable) return `no '${name}' read handler`;
  if (reference.value !== "" && !facts.takesParameter) return `read handler '${name}' does not take parameters`;
  return undefined;
}

/** Size of the annotation area of a packet, in bytes. */
const ANNOTATION_AREA_SIZE = 48;

/** `anno(size)`: the offset of an annotation of `size` bytes. A name's own size must be the same when it is known. */
export function annotationType(name: string, size: number): ArgumentType<number> {
  return {
    name,
    parse(text, { names }) {
      const annotation = names.annotation(text) ?? readAnnotation(text);
      if (annotation === undefined) return reject();
      if (size > 0 && annotation.size !== 0 && annotation.size !== size) return reject();
      if (annotation.offset + Math.max(size, 1) > ANNOTATION_AREA_SIZE) return reject();
      return accept(annotation.offset);
    },
    format: String,
  };
}

/** An annotation as a number: its offset, and from bit 16 on its size if that is to be checked. */
export function readAnnotation(text: string): { offset: number; size: number } | undefined {
  const parsed = parseInteger(text, INT32_LIMITS);
  if (!parsed.ok) return undefined;
  const packed = Number(parsed.value);
  return { offset: packed & 0xffff, size: packed >> 16 };
}

const MAX_PORT = 0xffff;

/** A port number or the name of a service over `protocol` (an IP protocol number). */
export function portType(name: string, protocol: number): ArgumentType<number> {
  return {
    name,
    parse(text, { names }) {
      const number = parseInteger(text, UINT32_LIMITS);
      const port = names.port(text, protocol) ?? (number.ok ? Number(number.value) : undefined);
      return port !== undefined && port > MAX_PORT ? reject("overflow, range 0-65535") : acceptDefined(port);
    },
    format: String,
  };
}

/** `named-int(ip_proto)` and `named-int(icmp_type)`: a number or one of the names for it. */
export function namedIntegerType(name: string, database: "ip_proto" | "icmp_type"): ArgumentType<number> {
  return {
    name,
    parse(text, { names }) {
      const named = database === "ip_proto" ? names.protocol(text) : names.icmpType(text);
      return named === undefined ? toNumber(parseInteger(text, INT32_LIMITS)) : accept(named);
    },
    format: String,
  };
}
