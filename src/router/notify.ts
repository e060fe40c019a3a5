/**
 * Finds out who listens to which notifiers, along the graph, as Click does, and writes it into guest memory. A listener searches upstream for
 * empty notes (or downstream for full notes); the search ends at notifiers, and finds nothing useful when it meets a port that works on its own.
 */
import { type Configuration, inputsOfOutput, outputsOfInput } from "../language/index.ts";
import type { NotifierField } from "../library/catalogue.ts";
import { structureOffset } from "../library/catalogue.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";
import type { GuestWorld } from "./world.ts";

/** Bytes of a Signal structure: two words (elements/kernel/notifier.ts). */
const SIGNAL_SIZE = 8;
const ADDRESS_SIZE = 4;
/** More than a Notifier takes. */
const NOTIFIER_SIZE = 32;

/** A notifier found: whose it is, and where. */
interface FoundNotifier {
  readonly element: GuestElement;
  readonly field: NotifierField;
  readonly address: number;
}

interface Graph {
  readonly router: Router;
  /** Neighbours by side, element and port. */
  readonly neighbours: { readonly input: readonly Port[][][]; readonly output: readonly Port[][][] };
}

interface Port {
  readonly element: number;
  readonly port: number;
}

/** Connects every `@listens` field to the notifiers that it can hear. */
export function wireNotifiers(router: Router): void {
  const graph: Graph = { router, neighbours: neighbours(router.configuration, router.elements) };
  const audience: Audience = { tasks: new Map(), notifiers: new Map() };
  for (const element of router.elements) {
    for (const field of element.elementClass.listens) listen(graph, element, field, audience);
  }
  for (const element of router.elements) {
    for (const { field } of element.elementClass.notifies) {
      const notifier = Number(element.get(field));
      putAddresses(router, notifier, "listeners", "listenerCount", [...(audience.tasks.get(notifier) ?? [])]);
      putAddresses(router, notifier, "dependents", "dependentCount", [...(audience.notifiers.get(notifier) ?? [])]);
    }
  }
}

/** Who is woken by each notifier: tasks, and the notifiers of elements that have no task. Addresses by address. */
interface Audience {
  readonly tasks: Map<number, Set<number>>;
  readonly notifiers: Map<number, Set<number>>;
}

function listen(graph: Graph, element: GuestElement, field: NotifierField, audience: Audience): void {
  const count = field.side === "input" ? element.nInputs : element.nOutputs;
  const portNumbers = field.port === undefined ? Array.from({ length: count }, (_, port) => port) : [field.port];
  const { world, wiring } = graph.router;
  const signals = allocateConstant(world, wiring, Math.max(portNumbers.length, 1) * SIGNAL_SIZE);
  element.set(field.field, signals);
  const { tasks, woken } = wokenBy(element, field.side, audience);
  portNumbers.forEach((port, index) => {
    const found = search(graph, element, port, field.side);
    if (found === "busy") return;
    putSignal(graph.router, signals + index * SIGNAL_SIZE, found.heard);
    for (const { address } of found.wakers) {
      const set = tasks.get(address) ?? new Set();
      for (const each of woken) if (each !== address) set.add(each);
      tasks.set(address, set);
    }
  });
}

/** What an element's notifiers wake: its task, or, where it has none, its own notifier on the other side. */
function wokenBy(
  element: GuestElement,
  side: "input" | "output",
  audience: Audience,
): { tasks: Map<number, Set<number>>; woken: readonly number[] } {
  const { fields, notifies } = element.elementClass;
  if (fields.task?.type === "Task") return { tasks: audience.tasks, woken: [Number(element.get("task"))] };
  const own = notifies.filter((notifier) => notifier.side !== side).map(({ field }) => Number(element.get(field)));
  return { tasks: audience.notifiers, woken: own };
}

/** What a search found: the notifiers that make the signal, and those that wake the listener, which may be more. */
interface Found {
  readonly heard: readonly FoundNotifier[];
  readonly wakers: readonly FoundNotifier[];
}

/**
 * Searches from a port against (input) or along (output) the packets' way. Behind a notifier whose search goes on "to wake", others are not heard:
 * they only wake the listener, which then finds out whether the nearer one is active.
 * @returns the notifiers found, none for a dead end (the signal is then never active), or "busy" when something on the way may act unannounced
 */
function search(graph: Graph, element: GuestElement, port: number, side: "input" | "output"): Found | "busy" {
  const heard = searchOnce(graph, element, port, side, "stop at waking notifiers");
  if (heard === "busy") return heard;
  if (!heard.some(({ field }) => field.search === "wake")) return { heard, wakers: heard };
  const further = searchOnce(graph, element, port, side, "go on behind waking notifiers");
  return { heard, wakers: further === "busy" ? heard : further };
}

function searchOnce(
  graph: Graph,
  start: GuestElement,
  startPort: number,
  side: "input" | "output",
  pass: "stop at waking notifiers" | "go on behind waking notifiers",
): FoundNotifier[] | "busy" {
  const found: FoundNotifier[] = [];
  const farSide = side === "input" ? "output" : "input";
  const seen = new Set<string>();
  const pending = [...(graph.neighbours[side][start.index]?.[startPort] ?? [])];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const key = `${at.element}/${at.port}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const element = graph.router.elements[at.element];
    if (!element) continue;
    const field = element.elementClass.notifies.find(
      (n) => n.side === farSide && (n.port === undefined || n.port === at.port),
    );
    if (field) {
      const address = Number(element.get(field.field));
      if (!found.some((other) => other.address === address)) found.push({ element, field, address });
      if (field.search === "stop" || (field.search === "wake" && pass === "stop at waking notifiers")) continue;
    } else if (worksOnItsOwn(graph, at, farSide)) {
      return "busy";
    }
    const { flowCode } = element.elementClass;
    const flow =
      farSide === "output"
        ? inputsOfOutput(flowCode, at.port, element.nInputs)
        : outputsOfInput(flowCode, at.port, element.nOutputs);
    if (!field && flow.length === 0 && generatesPackets(element)) return "busy";
    for (const next of flow) pending.push(...(graph.neighbours[side][at.element]?.[next] ?? []));
  }
  return found;
}

/** A push output, or a pull input, acts when it likes: behind it, nothing announces packets or room. */
function worksOnItsOwn(graph: Graph, at: Port, side: "input" | "output"): boolean {
  const element = graph.router.ports[at.element];
  return side === "output"
    ? element?.outputs[at.port]?.processing === "push"
    : element?.inputs[at.port]?.processing === "pull";
}

/** Elements without inputs and with tasks or timers of their own make packets unasked. */
function generatesPackets(element: GuestElement): boolean {
  return element.elementClass.methods.includes("runTask") || element.elementClass.methods.includes("onTimer");
}

function neighbours(configuration: Configuration, elements: readonly GuestElement[]): Graph["neighbours"] {
  const input: Port[][][] = elements.map(({ nInputs }) => Array.from({ length: nInputs }, () => []));
  const output: Port[][][] = elements.map(({ nOutputs }) => Array.from({ length: nOutputs }, () => []));
  for (const { from, fromPort, to, toPort } of configuration.connections) {
    output[from]?.[fromPort]?.push({ element: to, port: toPort });
    input[to]?.[toPort]?.push({ element: from, port: fromPort });
  }
  return { input, output };
}

/** Who listens to whom is settled before the guest runs. */
function allocateConstant(world: GuestWorld, owner: object, length: number): number {
  const address = world.allocate(owner, length);
  world.markConstant(address, length);
  return address;
}

/** An empty list must read "never active": it points to one notifier that is never woken. */
function putSignal(router: Router, signal: number, found: readonly FoundNotifier[]): void {
  const { world, wiring } = router;
  // Zeroed memory reads as a notifier that is not active and has no listeners.
  const addresses = found.length > 0 ? found.map(({ address }) => address) : [world.allocate(wiring, NOTIFIER_SIZE)];
  const offset = (field: string): number => structureOffset(world.library.catalogue, "Signal", field);
  putArray(router, signal + offset("notifiers"), signal + offset("notifierCount"), addresses);
}

function putAddresses(
  router: Router,
  notifier: number,
  arrayField: string,
  countField: string,
  addresses: readonly number[],
): void {
  const offset = (field: string): number => structureOffset(router.world.library.catalogue, "Notifier", field);
  putArray(router, notifier + offset(arrayField), notifier + offset(countField), addresses);
}

/** Puts an array of addresses into the guest, its own address to `arrayAt` and the number of entries to `countAt`. */
function putArray({ world, wiring }: Router, arrayAt: number, countAt: number, addresses: readonly number[]): void {
  const array = addresses.length > 0 ? allocateConstant(world, wiring, addresses.length * ADDRESS_SIZE) : 0;
  const view = world.guest.view;
  addresses.forEach((address, index) => {
    view.setUint32(array + index * ADDRESS_SIZE, address, true);
  });
  view.setUint32(arrayAt, array, true);
  view.setUint32(countAt, addresses.length, true);
}
