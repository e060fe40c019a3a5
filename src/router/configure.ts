/** Parses an element's configuration string and stores the values in its fields; what needs more than a type goes to the host half. */
import { type Diagnostics, joinArguments, splitArguments, splitKeyword } from "../language/index.ts";
import {
  type ArgumentSpecification,
  type ArgumentValue,
  type ArgumentValues,
  type ElementReference,
  type FieldType,
  type HandlerReference,
  parseArguments,
  storeValue,
} from "../library/arguments/index.ts";
import type { Argument, Field } from "../library/catalogue.ts";
import type { GuestElement } from "./guestElement.ts";
import type { GuestWorld } from "./world.ts";

/** Configures one element. Faults go to `messages`, under the heading that names the element. */
export function configureElement(
  world: GuestWorld,
  element: GuestElement,
  elements: readonly GuestElement[],
  messages: Diagnostics,
): void {
  const specifications: ArgumentSpecification[] = element.elementClass.arguments.map(specificationOf);
  const values = parseArguments(specifications, element.configuration, element.context, messages);
  if (!values) return;
  for (const argument of element.elementClass.arguments) {
    const value = values.get(argument.keyword);
    if (argument.field !== undefined && value !== undefined)
      storeArgument(world, element, elements, argument, argument.field, value);
  }
  element.reportTo(messages, () => element.hostHalf?.configure?.(element, values, restOf(element, values)));
}

/**
 * Gives an element new arguments while the guest runs. Those that are not given get their defaults. Nothing changes when there is a fault.
 */
export function reconfigureElement(
  world: GuestWorld,
  element: GuestElement,
  elements: readonly GuestElement[],
  configuration: string,
  messages: Diagnostics,
): void {
  const specifications = element.elementClass.arguments.map(specificationOf);
  const values = parseArguments(specifications, configuration, element.context, messages);
  if (!values) return;
  const end = Math.max(...Object.values(element.elementClass.fields).map(({ offset, size }) => offset + size));
  const before = element.memory(element.address, end).slice();
  const done = world.attempt(() => {
    resetArguments(world, element);
    for (const argument of element.elementClass.arguments) {
      const value = values.get(argument.keyword);
      if (argument.field !== undefined && value !== undefined)
        storeArgument(world, element, elements, argument, argument.field, value);
    }
    element.reportTo(messages, () => element.hostHalf?.reconfigure?.(element, values, restOf(element, values)));
    return messages.errorCount === 0;
  });
  if (done) element.configuration = configuration;
  else element.memory(element.address, end).set(before);
}

/** Gives the fields of plain arguments their defaults. */
function resetArguments(world: GuestWorld, element: GuestElement): void {
  const fresh = Number(world.guest.call(`${element.className}$new`)) >>> 0;
  copyDefaults(world, element, fresh);
  world.guest.call("forget", fresh);
}

/** Sets the fields of plain arguments to what a fresh instance has. */
function copyDefaults(world: GuestWorld, element: GuestElement, fresh: number): void {
  for (const { field: name } of element.elementClass.arguments) {
    if (name === undefined) continue;
    const { offset, size } = element.field(name);
    const bytes = world.guest.bytes;
    bytes.copyWithin(element.address + offset, fresh + offset, fresh + offset + size);
  }
}

function specificationOf(argument: Argument): ArgumentSpecification {
  const { rest, type } = argument;
  return { ...argument, type: rest && !type.endsWith("...") ? "raw" : type };
}

/** The texts that no other argument took. */
export function restOf(element: GuestElement, values: ArgumentValues): readonly string[] {
  const rest = element.elementClass.arguments.find((argument) => argument.rest);
  const value = rest ? values.get(rest.keyword) : undefined;
  return Array.isArray(value) ? value.map(String) : [];
}

function storeArgument(
  world: GuestWorld,
  element: GuestElement,
  elements: readonly GuestElement[],
  argument: Argument,
  fieldName: string,
  value: ArgumentValue,
): void {
  const field = element.field(fieldName);
  if (argument.type === "handler") {
    element.set(fieldName, element.handlerCall(handlerCallText(value as HandlerReference))); // the type's parser gives this
    return;
  }
  if (isText(field)) {
    element.setBytes(fieldName, Buffer.from(String(value), "latin1"));
    return;
  }
  const locate = (reference: ElementReference): number => elements[reference.index]?.address ?? 0;
  // The catalogue's field types are the storage types; others are refused by the store with an error that names them.
  storeValue(world.guest.view, element.address + field.offset, field.type as FieldType, argument.type, value, locate);
}

function isText(field: Field): boolean {
  return field.type.startsWith("Bytes");
}

function handlerCallText({ element, handler, value }: HandlerReference): string {
  const name = element ? `${element.name}.${handler}` : handler;
  return value === "" ? name : `${name} ${value}`;
}

/** The element's configuration with one argument replaced: the keyword's, or the positional one in its place; added when it was not given. */
export function replaceArgument(element: GuestElement, keyword: string, text: string): string {
  const given = splitArguments(element.configuration);
  const byKeyword = given.findIndex((argument) => splitKeyword(argument)?.keyword === keyword);
  const keywords = new Set(element.elementClass.arguments.map((argument) => argument.keyword));
  const positional = element.elementClass.arguments
    .filter((argument) => argument.positional)
    .findIndex((argument) => argument.keyword === keyword);
  const positionals = given.flatMap((argument, index) =>
    keywords.has(splitKeyword(argument)?.keyword ?? "") ? [] : [index],
  );
  const place = byKeyword >= 0 ? byKeyword : positional >= 0 ? positionals[positional] : undefined;
  if (place === undefined) return joinArguments([...given, `${keyword} ${text}`]);
  return joinArguments(given.with(place, byKeyword >= 0 ? `${keyword} ${text}` : text));
}
