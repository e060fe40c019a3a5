/**
 * Handlers by name: those that every element has, those of its class (fields, guest methods, host half), and the router's own. A handler is looked
 * up when it is called; nothing is kept for those that nobody calls.
 */
import { Diagnostics } from "../language/index.ts";
import {
  type ArgumentValue,
  type FieldType,
  formatHandlerValue,
  type HandlerFacts,
  parseHandlerValue,
  storeValue,
} from "../library/arguments/index.ts";
import type { Handler } from "../library/catalogue.ts";
import { structureOffset } from "../library/catalogue.ts";
import { TEXT_WINDOW } from "../library/guestAbi.ts";
import { type FoundHandler, HandlerError, type HostHandler } from "../library/hostHalf.ts";
import { methodValue } from "../library/methodValue.ts";
import { reconfigureElement } from "./configure.ts";
import { type GuestElement, latin1 } from "./guestElement.ts";
import type { Router } from "./router.ts";

/** A handler, bound to its element. */
interface Bound {
  readonly flags: string;
  readonly read?: (parameter: string) => string;
  // biome-ignore lint/suspicious/noConfusingVoidType: as HostHandler.write
  readonly write?: (text: string, messages?: Diagnostics) => number | void;
}

/** Handlers that every element has, in the order in which the `handlers` handler lists them last. */
const COMMON: Readonly<
  Record<string, { readonly flags: string; readonly read: (router: Router, element: GuestElement) => string }>
> = {
  handlers: { flags: "r.", read: (router, element) => listHandlers(router, element) },
  ports: { flags: "r.", read: (router, element) => describePorts(router, element) },
  config: { flags: "r.", read: (_router, element) => element.configuration },
  class: { flags: "r.", read: (_router, element) => element.className },
  name: { flags: "r.", read: (_router, element) => element.name },
};

/** Looks up an element's handler. */
export function elementHandler(router: Router, element: GuestElement, name: string): FoundHandler | undefined {
  const bound = bind(router, element, name);
  return bound && found(`${element.name}.${name}`, bound);
}

function found(name: string, bound: Bound): FoundHandler {
  return {
    name,
    flags: bound.flags,
    takesParameter: bound.flags.includes("+"),
    read: (parameter) => {
      if (!bound.read) throw new HandlerError(`no '${name}' read handler`);
      return bound.read(parameter);
    },
    write: (text, messages) => {
      if (!bound.write) throw new HandlerError(`no '${name}' write handler`);
      const status = bound.write(text, messages);
      return typeof status === "number" ? status : 0;
    },
  };
}

function bind(router: Router, element: GuestElement, name: string): Bound | undefined {
  const live = name in COMMON ? undefined : element.activity?.findHandler?.(name);
  if (live) return bindHost(live, element);
  const hosted = element.hostHalf?.handlers?.[name];
  const described = element.elementClass.handlers.find((handler) => handler.name === name && applies(element, handler));
  const common = COMMON[name];
  const sides = [
    hosted && bindHost(hosted, element),
    described && bindDescribed(router, element, described),
    bindTask(router, element, name),
    // An element's own `config` replaces the common one, its flags included.
    common && !(hosted?.read || described?.flags.includes("r"))
      ? { flags: common.flags, read: () => common.read(router, element) }
      : undefined,
    name === "config" && element.hostHalf?.reconfigure
      ? { flags: "w", write: (text: string, messages?: Diagnostics) => reconfigure(router, element, text, messages) }
      : undefined,
  ].filter((side) => side !== undefined);
  return sides.length === 0 ? undefined : unite(sides);
}

/** One handler out of several sides; of two that serve the same access, the first counts. */
function unite(sides: readonly Bound[]): Bound {
  const read = sides.find((side) => side.read)?.read;
  const write = sides.find((side) => side.write)?.write;
  const flags = sides.map((side) => side.flags).reduce(uniteFlags);
  return { flags, ...(read ? { read } : {}), ...(write ? { write } : {}) };
}

/** Click's letters in Click's order. */
function uniteFlags(a: string, b: string): string {
  return [..."rw+%.$UDbch"].filter((flag) => a.includes(flag) || b.includes(flag)).join("");
}

function applies(element: GuestElement, { condition }: Handler): boolean {
  return condition === undefined || Number(element.get(condition)) !== 0;
}

function bindHost({ flags, read, write }: HostHandler, element: GuestElement): Bound {
  return {
    flags,
    ...(read ? { read: (parameter: string) => read(element, parameter) } : {}),
    ...(write ? { write: (text: string) => write(element, text) } : {}),
  };
}

function bindDescribed(router: Router, element: GuestElement, handler: Handler): Bound {
  const { flags, field, type = "raw", readMethod, writeMethod } = handler;
  const readField = field !== undefined && readMethod === undefined && flags.includes("r");
  const writesField = field !== undefined && writeMethod === undefined && flags.includes("w");
  return {
    flags,
    ...(readField ? { read: () => formatHandlerValue(type, element.value(field, type)) } : {}),
    ...(readMethod ? { read: () => readGuestText(router, element, readMethod) } : {}),
    ...(writesField ? { write: (text: string) => writeField(router, element, handler, field, type, text) } : {}),
    ...(writeMethod ? { write: (text: string) => callWriteMethod(router, element, handler, writeMethod, text) } : {}),
  };
}

function parseWritten(element: GuestElement, handler: Handler, type: string, text: string): ArgumentValue {
  const refusal = handler.expectation === undefined ? undefined : { text: handler.expectation };
  const parsed = parseHandlerValue(type, type === "string" ? text : text.trim(), element.context, refusal);
  if (!parsed.ok) throw new HandlerError(parsed.error);
  return parsed.value;
}

function writeField(
  router: Router,
  element: GuestElement,
  handler: Handler,
  fieldName: string,
  type: string,
  text: string,
): void {
  const value = parseWritten(element, handler, type, text);
  const field = element.field(fieldName);
  if (field.type.startsWith("Bytes")) element.setBytes(fieldName, Buffer.from(String(value), "latin1"));
  else storeValue(router.world.guest.view, element.address + field.offset, field.type as FieldType, type, value); // as in configure.ts
  router.noteActivity();
}

/** What scripts see in `$?` when an element refuses its new arguments. */
const REFUSED = -1;

/** Live reconfiguration: the old arguments stay when the new ones have a fault. */
export function reconfigure(router: Router, element: GuestElement, text: string, report?: Diagnostics): void {
  const messages = new Diagnostics();
  reconfigureElement(router.world, element, router.elements, text, messages);
  if (messages.errorCount > 0) throw new HandlerError(messages.lines.join("\n"), REFUSED);
  for (const line of messages.lines) report?.message("", line);
  router.constantsChanged();
  router.noteActivity();
}

/** Values of more than one window are asked for again, further on (elements/kernel/text.ts). */
function readGuestText(router: Router, element: GuestElement, method: string): string {
  let text = "";
  for (let windowStart = 0; ; windowStart += TEXT_WINDOW) {
    const length = Number(element.call(method, windowStart));
    const buffer = handlerBuffer(router);
    text += latin1(element.memory(buffer, Math.min(Math.max(length - windowStart, 0), TEXT_WINDOW)));
    if (length <= windowStart + TEXT_WINDOW) return text;
  }
}

function handlerBuffer(router: Router): number {
  const { catalogue } = router.world.library;
  const view = router.world.guest.view;
  const text = view.getUint32(catalogue.kernelAddress + structureOffset(catalogue, "KernelState", "handlerText"), true);
  return view.getUint32(text + structureOffset(catalogue, "Text", "buffer"), true);
}

function callWriteMethod(router: Router, element: GuestElement, handler: Handler, method: string, text: string): void {
  if (handler.writeType === undefined) element.call(method);
  else
    callWithValue(router, element, method, handler.writeType, parseWritten(element, handler, handler.writeType, text));
  router.noteActivity();
}

/** Text goes to a guest method as a Bytes structure that lives as long as the call. */
function callWithValue(
  router: Router,
  element: GuestElement,
  method: string,
  type: string,
  value: ArgumentValue,
): void {
  const plain = methodValue(type, value);
  if (plain !== undefined) element.call(method, plain);
  else if (typeof value === "string") {
    const address = router.world.putBytes(element, Buffer.from(value, "latin1"));
    element.call(method, address);
    router.world.release(address);
  } else throw new Error(`${element.className}.${method} takes a value that cannot be given to a guest method`);
}

/** `scheduled` and `tickets` of elements that have a task. */
function bindTask(router: Router, element: GuestElement, name: string): Bound | undefined {
  if (!usesTask(element)) return undefined;
  const { catalogue, guest } = { catalogue: router.world.library.catalogue, guest: router.world.guest };
  const at = (field: string): number => Number(element.get("task")) + structureOffset(catalogue, "Task", field);
  if (name === "scheduled") return { flags: "r", read: () => String(guest.view.getUint8(at("scheduled")) !== 0) };
  if (name !== "tickets") return undefined;
  return {
    flags: "rw",
    read: () => String(guest.view.getUint32(at("tickets"), true)),
    write: (text) => setTickets(router, element, text),
  };
}

const MAX_TICKETS = 1 << 15;
/** Stride of a task with one ticket (elements/kernel/task.ts). */
const STRIDE1 = 1 << 16;

/** Gives a task its share; used by ScheduleInfo, too. */
export function setTickets(router: Router, element: GuestElement, text: string): void {
  const tickets = Number(text.trim());
  if (!Number.isInteger(tickets) || tickets < 1) throw new HandlerError("syntax error");
  const { catalogue } = router.world.library;
  const task = Number(element.get("task"));
  const bounded = Math.min(tickets, MAX_TICKETS);
  const view = router.world.guest.view;
  view.setUint32(task + structureOffset(catalogue, "Task", "tickets"), bounded, true);
  view.setUint32(task + structureOffset(catalogue, "Task", "stride"), Math.floor(STRIDE1 / bounded), true);
  if (tickets > MAX_TICKETS) throw new HandlerError(`tickets pinned at ${MAX_TICKETS}`);
}

/** Whether the element has a task, and uses it (some need none where their ports are pull ports, and say so in `taskUsed`). */
export function usesTask(element: GuestElement): boolean {
  const { fields } = element.elementClass;
  return fields.task?.type === "Task" && (!fields.taskUsed || Number(element.get("taskUsed")) !== 0);
}

/** What is known about a handler without calling it. */
export function handlerFacts(handler: FoundHandler | undefined): HandlerFacts | undefined {
  if (!handler) return undefined;
  return {
    readable: handler.flags.includes("r"),
    writable: handler.flags.includes("w"),
    takesParameter: handler.takesParameter,
  };
}

/** `NAME TAB FLAGS` lines: task handlers first, the class's own in reverse order of declaration, those of every element last, as Click lists them. */
function listHandlers(router: Router, element: GuestElement): string {
  const names = [
    ...(usesTask(element) ? ["tickets", "scheduled"] : []),
    ...(element.activity?.handlerNames?.() ?? []),
    ...Object.keys(element.hostHalf?.handlers ?? {}).toReversed(),
    ...element.elementClass.handlers.map(({ name }) => name).toReversed(),
    ...Object.keys(COMMON),
  ];
  const lines = [...new Set(names)].flatMap((name) => {
    const handler = bind(router, element, name);
    return !handler || handler.flags.includes("h") ? [] : [`${name}\t${handler.flags}\n`];
  });
  return lines.join("");
}

/** See the `ports` handler in Click: counts, then a line a port with its kind, packet count (not kept here: `-`) and peers. */
function describePorts(router: Router, element: GuestElement): string {
  const { configuration, ports } = router;
  const nameOf = (index: number): string => configuration.elements[index]?.name ?? "";
  const side = (
    word: string,
    resolved: readonly { processing: string; agnostic: boolean }[],
    peers: (port: number) => string[],
  ): string => {
    const lines = resolved.map(
      ({ processing, agnostic }, port) => `${processing}${agnostic ? "~" : ""}\t-\t${peers(port).join(", ")}\n`,
    );
    return `${resolved.length} ${word}${resolved.length === 1 ? "" : "s"}\n${lines.join("")}`;
  };
  const own = ports[element.index];
  const connections = configuration.connections;
  const inputs = side("input", own?.inputs ?? [], (port) =>
    connections
      .filter((c) => c.to === element.index && c.toPort === port)
      .map((c) => `${nameOf(c.from)} [${c.fromPort}]`),
  );
  const outputs = side("output", own?.outputs ?? [], (port) =>
    connections
      .filter((c) => c.from === element.index && c.fromPort === port)
      .map((c) => `[${c.toPort}] ${nameOf(c.to)}`),
  );
  return inputs + outputs;
}
