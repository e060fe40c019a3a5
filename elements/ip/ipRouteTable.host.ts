/** The host half of all route tables: reads routes from arguments and handlers, and changes the table in the guest. */
import { shiftWord, splitWords, uncomment } from "../../src/language/argumentText.ts";
import { formatIPAddress, formatIPPrefix } from "../../src/library/arguments/addresses.ts";
import type { IPPrefix } from "../../src/library/arguments/index.ts";
import { HandlerError, type HostedElement, type HostHalf, type HostHandler } from "../../src/library/hostHalf.ts";
import { readWord, swapAddress } from "../net/words.host.ts";

/** A route; addresses with the first byte most significant, gateway 0 = none, port -1 = any. */
interface Route {
  readonly prefix: IPPrefix;
  readonly gateway: number;
  readonly port: number;
}

/** Offsets in the guest's Route structure (routes.ts). */
const GATEWAY_OFFSET = 8;
const PORT_OFFSET = 12;
const ROUTE_BYTES = 16;

const ANY_PORT = -1;

/**
 * Reads `ADDRESS/MASK [GATEWAY] OUTPUT`.
 *
 * @param output  whether the output may be missing, as it may when a route is to be removed
 */
function readRoute(element: HostedElement, text: string, output: "required" | "optional"): Route | undefined {
  const [prefixWord = "", ...words] = splitWords(text);
  const prefix = readWord<IPPrefix>(element, "IPPrefix(bare-addr-ok)", prefixWord);
  if (!prefix) return undefined;
  const gateway = words[0] === "-" ? 0 : readWord<number>(element, "IPAddress", words[0] ?? "");
  if (gateway !== undefined) words.shift();
  const [portWord, ...more] = words;
  const port =
    portWord === undefined && output === "optional" ? ANY_PORT : readWord<number>(element, "int", portWord ?? "");
  if (port === undefined || more.length > 0) return undefined;
  return {
    prefix: { address: (prefix.address & prefix.mask) >>> 0, mask: prefix.mask },
    gateway: gateway ?? 0,
    port,
  };
}

function formatRoute({ prefix, gateway, port }: Route): string {
  return `${formatIPPrefix(prefix)} ${gateway === 0 ? "-" : formatIPAddress(gateway)} ${port}`;
}

/** The routes of a table in the guest. */
class Table {
  readonly #element: HostedElement;

  constructor(element: HostedElement) {
    this.#element = element;
  }

  /** The route for exactly this prefix. */
  exact(prefix: IPPrefix): (Route & { readonly number: number }) | undefined {
    const number = Number(this.#element.call("exactRoute", swapAddress(prefix.address), swapAddress(prefix.mask)));
    if (number === 0) return undefined;
    return { prefix, number, ...this.#read(Number(this.#element.call("routeAt", number))) };
  }

  /** Where packets to an address go; port -1 = nowhere. */
  best(address: number): { readonly gateway: number; readonly port: number } {
    return this.#read(Number(this.#element.call("bestRoute", swapAddress(address))));
  }

  put({ prefix, gateway, port }: Route): void {
    const [address, mask, via] = [prefix.address, prefix.mask, gateway].map(swapAddress);
    this.#element.call("putRoute", address ?? 0, mask ?? 0, via ?? 0, port);
  }

  remove(number: number): void {
    this.#element.call("removeRoute", number);
  }

  #read(address: number): { readonly gateway: number; readonly port: number } {
    const bytes = this.#element.memory(address >>> 0, ROUTE_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return { gateway: view.getUint32(GATEWAY_OFFSET), port: view.getInt32(PORT_OFFSET, true) };
  }
}

/** -ENOENT: what scripts see in `$?` after the removal of a route that is not there. */
const NO_ENTRY = -2;

type Command = "add" | "set" | "remove";

/** Undoes one change. */
type Undo = () => void;

/**
 * Executes one command on one route.
 *
 * @returns how to undo it
 * @throws HandlerError with Click's message; the table is then as it was
 */
function execute(element: HostedElement, command: Command, text: string): Undo {
  const removes = command === "remove";
  const route = readRoute(element, text, removes ? "optional" : "required");
  if (!route) throw new HandlerError(`expected 'ADDR/MASK [GATEWAY${removes ? " OUTPUT]" : "] OUTPUT"}'`);
  if (route.port < (removes ? ANY_PORT : 0) || route.port >= element.nOutputs) throw new HandlerError("bad OUTPUT");
  const table = new Table(element);
  const old = table.exact(route.prefix);
  if (removes) return removeRoute(table, route, old);
  if (old && command === "add") throw new HandlerError(`conflict with existing route '${formatRoute(old)}'`);
  table.put(route);
  return () => {
    if (old) table.put(old);
    else removeExact(table, route.prefix);
  };
}

function removeRoute(table: Table, route: Route, old: (Route & { readonly number: number }) | undefined): Undo {
  const matches = route.port === ANY_PORT || (old?.port === route.port && old.gateway === route.gateway);
  if (!old || !matches) throw new HandlerError(`route '${formatRoute(route)}' not found`, NO_ENTRY);
  table.remove(old.number);
  return () => table.put(old);
}

function removeExact(table: Table, prefix: IPPrefix): void {
  const route = table.exact(prefix);
  if (route) table.remove(route.number);
}

/** Executes all lines of a `ctrl` text, or none. */
function control(element: HostedElement, text: string): void {
  const done: Undo[] = [];
  try {
    for (const line of uncomment(text).split("\n")) {
      const { word, rest } = shiftWord(line);
      if (word === "") continue;
      if (!isCommand(word)) throw new HandlerError(`bad command '${word}'`);
      done.push(execute(element, word, rest));
    }
  } catch (error) {
    for (const undo of done.toReversed()) undo();
    throw error;
  }
}

function isCommand(word: string): word is Command {
  return word === "add" || word === "set" || word === "remove";
}

function lookUp(element: HostedElement, text: string): string {
  const address = readWord<number>(element, "IPAddress", text);
  if (address === undefined) throw new HandlerError("expected IP address");
  const { gateway, port } = new Table(element).best(address);
  return gateway === 0 ? String(port) : `${port} ${formatIPAddress(gateway)}`;
}

function configure(element: HostedElement, routes: readonly string[]): void {
  const table = new Table(element);
  let replaced = 0;
  for (const [index, text] of routes.entries()) {
    const route = readRoute(element, text, "required");
    if (!route) element.error(`argument ${index + 1} should be 'ADDR/MASK [GATEWAY] OUTPUT'`);
    else if (route.port < 0 || route.port >= element.nOutputs) element.error(`argument ${index + 1} bad OUTPUT`);
    // The message says otherwise, but the first route for a prefix stays.
    else if (table.exact(route.prefix)) replaced++;
    else table.put(route);
  }
  if (replaced > 0) element.warning(`${replaced} ${replaced > 1 ? "routes" : "route"} replaced by later versions`);
}

const lookup: HostHandler = {
  flags: "r+",
  documentation: "Output and gateway, if there is one, for an address; -1 when there is no route.",
  read: lookUp,
};

function commandHandler(command: Command, documentation: string): HostHandler {
  return { flags: "w", documentation, write: (element, text) => void execute(element, command, text) };
}

/** Tables that do not change while packets run. */
export const fixedTable: HostHalf = {
  configure: (element, _, routes) => configure(element, routes),
  handlers: { lookup },
};

/** Tables that do. */
export const changingTable: HostHalf = {
  ...fixedTable,
  handlers: {
    lookup,
    add: commandHandler(
      "add",
      "Adds the route `ADDRESS/MASK [GATEWAY] OUTPUT`; fails when there is one for the prefix.",
    ),
    set: commandHandler("set", "Adds the route, or replaces the one for the same prefix."),
    remove: commandHandler("remove", "Removes the route `ADDRESS/MASK [[GATEWAY] OUTPUT]`."),
    ctrl: {
      flags: "w",
      documentation: "Lines `add ROUTE`, `set ROUTE`, `remove ROUTE`: all are executed, or none when one fails.",
      write: control,
    },
  },
};
