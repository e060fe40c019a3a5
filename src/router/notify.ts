/**
 * Finds out who listens to which notifiers, along the graph, as Click does, and writes it into guest memory. A listener searches upstream for
 * empty notes (or downstream for full notes); the search ends at notifiers, and finds nothing useful when it meets a port that works on its own.
 */
import { type Configuration, inputsOfOutput, outputsOfInput, type ResolvedPorts } from "../language/index.ts";
import type { NotifierField } from "../library/catalogue.ts";
import { structureOffset } from "../library/catalogue.ts";
import type { GuestElement } from "./guestElement.ts";
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
  readonly configuration: Configuration;
  readonly ports: ResolvedPorts;
  readonly elements: readonly GuestElement[];
  /** Neighbours by side, element and port. */
  readonly neighbours: { readonly input: readonly Port[][][]; readonly output: readonly Port[][][] };
}

interface Port {
  readonly element: number;
  readonly port: number;
}

/** Connects every `@listens` field to the notifiers that it can hear. */
export function wireNotifiers(
  world: GuestWorld,
  configuration: Configuration,
  ports: ResolvedPorts,
  elements: readonly GuestElement[],
): void {
  const graph: Graph = { configuration, ports, elements, neighbours: neighbours(configuration, elements) };
  const audience: Audience = { tasks: new Map(), notifiers: new Map() };
  for (const element of elements) {
    for (const field of element.elementClass.listens) listen(world, graph, element, field, audience);
  }
  for (const [notifier, tasks] of audience.tasks)
    putAddresses(world, notifier, "listeners", "listenerCount", [...tasks]);
  for (const [notifier, others] of audience.notifiers)
    putAddresses(world, notifier, "dependents", "dependentCount", [...others]);
}

/** Who is woken by each notifier: tasks, and the notifiers of elements that have no task. Addresses by address. */
interface Audience {
  readonly tasks: Map<number, Set<number>>;
  readonly notifiers: Map<number, Set<number>>;
}

function listen(
  world: GuestWorld,
  graph: Graph,
  element: GuestElement,
  field: NotifierField,
  audience: Audience,
): void {
  const count = field.side === "input" ? element.nInputs : element.nOutputs;
  const portNumbers = field.port === undefined ? Array.from({ length: count }, (_, port) => port) : [field.port];
  const signals = world.allocate(element, Math.max(portNumbers.length, 1) * SIGNAL_SIZE);
  element.set(field.field, signals);
  const { tasks, woken } = wokenBy(element, field.side, audience);
  portNumbers.forEach((port, index) => {
    const found = search(graph, element, port, field.side);
    if (found === "busy") return;
    putSignal(world, element, signals + index * SIGNAL_SIZE, found);
    for (const { address } of found) {
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

/**
 * Searches from a port against (input) or along (output) the packets' way.
 * @returns the notifiers found, none for a dead end (the signal is then never active), or "busy" when something on the way may act unannounced
 */
function search(graph: Graph, element: GuestElement, port: number, side: "input" | "output"): FoundNotifier[] | "busy" {
  const first = searchOnce(graph, element, port, side, "stop at waking notifiers");
  if (first === "busy" || !first.some(({ field }) => field.search === "wake")) return first;
  return searchOnce(graph, element, port, side, "go on behind waking notifiers");
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
    const element = graph.elements[at.element];
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
  const element = graph.ports[at.element];
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

/** An empty list must read "never active": it points to one notifier that is never woken. */
function putSignal(world: GuestWorld, owner: GuestElement, signal: number, found: readonly FoundNotifier[]): void {
  const addresses = found.length > 0 ? found.map(({ address }) => address) : [silentNotifier(world, owner)];
  const array = world.allocate(owner, addresses.length * ADDRESS_SIZE);
  const view = world.guest.view;
  addresses.forEach((address, index) => {
    view.setUint32(array + index * ADDRESS_SIZE, address, true);
  });
  const { catalogue } = world.library;
  view.setUint32(signal + structureOffset(catalogue, "Signal", "notifiers"), array, true);
  view.setUint32(signal + structureOffset(catalogue, "Signal", "notifierCount"), addresses.length, true);
}

/** Zeroed memory reads as a notifier that is not active and has no listeners. */
function silentNotifier(world: GuestWorld, owner: GuestElement): number {
  return world.allocate(owner, NOTIFIER_SIZE);
}

function putAddresses(
  world: GuestWorld,
  notifier: number,
  arrayField: string,
  countField: string,
  addresses: readonly number[],
): void {
  if (addresses.length === 0) return;
  const array = world.allocate(world, addresses.length * ADDRESS_SIZE);
  const view = world.guest.view;
  addresses.forEach((address, index) => {
    view.setUint32(array + index * ADDRESS_SIZE, address, true);
  });
  const { catalogue } = world.library;
  view.setUint32(notifier + structureOffset(catalogue, "Notifier", arrayField), array, true);
  view.setUint32(notifier + structureOffset(catalogue, "Notifier", countField), addresses.length, true);
}
