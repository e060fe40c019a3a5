/**
 * A router: a flat configuration as live elements in a guest's memory, found by name, with its handlers. `build.ts` makes it, `swap.ts` puts
 * another in its place, `driver.ts` runs it.
 */
import type { Configuration, Diagnostics, ResolvedPorts } from "../language/index.ts";
import { type ArgumentContext, type ElementReference, NameDatabases, type Names } from "../library/arguments/index.ts";
import { scopesOutward } from "../library/arguments/names.ts";
import type { SystemNames } from "../library/arguments/systemNames.ts";
import { structureOffset } from "../library/catalogue.ts";
import { type FoundHandler, HandlerError } from "../library/hostHalf.ts";
import { replaceArgument } from "./configure.ts";
import { globalHandler } from "./globalHandlers.ts";
import type { ElementDescription, GuestElement } from "./guestElement.ts";
import { elementHandler, handlerFacts, reconfigure } from "./handlers.ts";
import type { CheckedConfiguration } from "./load.ts";
import type { Observation } from "./observation.ts";
import { RealTime } from "./realTime.ts";
import type { GuestWorld } from "./world.ts";

export interface RouterOptions {
  /** Under simulated time the clock starts here and moves only as the guest asks or sleeps; undefined = real time. Nanoseconds since 1970. */
  readonly simulatedStart?: bigint | undefined;
  /** Seed of the guest's random numbers. */
  readonly seed: bigint;
  readonly diagnostics: Diagnostics;
  /** Standard output and error; one character a byte. */
  readonly print: (text: string) => void;
  readonly printMessage: (text: string) => void;
  /** The configuration as it was written, for the `config` handler. */
  readonly source: string;
  /** Replaces the configuration by another; throws HandlerError. Absent = not allowed. */
  readonly hotConfigure?: ((text: string) => void) | undefined;
  /** What host halves find under `shared`: the devices that a machine has, for instance. */
  readonly shared?: ReadonlyMap<symbol, object> | undefined;
  /** What names mean that the configuration does not define; absent = what they mean to this system. */
  readonly systemNames?: SystemNames | undefined;
  /** Pages of 64 KiB that the guest's memory may grow to; absent = all that 32 bits address. */
  readonly memoryPages?: number | undefined;
}

/** What the configuration says about one element, and where it stands in it. */
export type Placement = ElementDescription & { readonly nInputs: number; readonly nOutputs: number };
export type Place = (placement: Placement, router: Router) => GuestElement;

export class Router {
  readonly world: GuestWorld;
  readonly configuration: Configuration;
  readonly ports: ResolvedPorts;
  readonly elements: readonly GuestElement[];
  readonly options: RouterOptions;
  readonly realTime = new RealTime();
  /** All elements are configured: their handlers exist. */
  isReady = false;
  /** Owns the tables in guest memory that make the graph: they go when another router takes over. */
  readonly wiring = {};
  /** What observes packets of this router (observe.ts): they end when another takes over. */
  readonly observations = new Set<Pick<Observation<unknown>, "stop" | "abandon">>();
  /** The driver stops when this falls to zero or below. */
  runCount = 1;
  /** Called when something outside the guest gave it work while it may be asleep. */
  onActivity: () => void = () => undefined;
  /** Called when the event loop shall have a turn before anything else happens. */
  onAwaitEvents: () => void = () => undefined;
  /** Called when fields changed that linked code takes for constant. */
  onConstantsChanged: () => void = () => undefined;
  readonly #shared: Map<symbol, object>;
  readonly #names: NameDatabases;
  readonly #byName: ReadonlyMap<string, GuestElement>;
  #packetLength = 0;

  /**
   * @param place  makes the guest element for each element of the configuration, or takes over a running one
   */
  constructor(world: GuestWorld, checked: CheckedConfiguration, options: RouterOptions, place: Place) {
    this.world = world;
    this.configuration = checked.configuration;
    this.ports = checked.ports;
    this.options = options;
    this.#shared = new Map(options.shared);
    this.#names = new NameDatabases(options.systemNames);
    this.elements = this.configuration.elements.map((description, index) => {
      const { inputs = [], outputs = [] } = this.ports[index] ?? {};
      return place({ ...description, index, nInputs: inputs.length, nOutputs: outputs.length }, this);
    });
    this.#byName = new Map(this.elements.map((element) => [element.name, element]));
  }

  /** The clock as the guest has it. */
  get kernelTime(): bigint {
    return this.world.guest.view.getBigUint64(this.kernelField("now"), true);
  }
  set kernelTime(time: bigint) {
    this.world.guest.view.setBigUint64(this.kernelField("now"), time, true);
  }

  get simulated(): boolean {
    return this.options.simulatedStart !== undefined;
  }

  /** Linked code shows no packets: the guest must run with dynamic dispatch. */
  get isObserved(): boolean {
    return this.observations.size > 0;
  }

  /** Address of a field of the kernel state. */
  kernelField(name: string): number {
    const { catalogue } = this.world.library;
    return catalogue.kernelAddress + structureOffset(catalogue, "KernelState", name);
  }

  /** The time, as a query of the guest's clock would give it. */
  now(): bigint {
    if (!this.simulated) return this.realTime.now();
    this.kernelTime += 1n;
    return this.kernelTime;
  }

  element(name: string): GuestElement | undefined {
    return this.#byName.get(name);
  }

  /** The handler `ELEMENT.NAME`, or the global one for no element. */
  handler(element: GuestElement | undefined, name: string): FoundHandler | undefined {
    return element ? elementHandler(this, element, name) : globalHandler(this, name);
  }

  /** Something outside gave the guest work. */
  noteActivity(): void {
    this.onActivity();
  }

  /** Releases what elements hold outside. */
  close(): void {
    for (const element of this.elements.toReversed()) element.activity?.close?.();
  }

  names(element: GuestElement): Names {
    return this.#names.namesFor(element.name);
  }

  find(from: GuestElement, name: string): GuestElement | undefined {
    for (const scope of scopesOutward(from.name)) {
      const found = this.#byName.get(scope + name);
      if (found) return found;
    }
    return undefined;
  }

  context(element: GuestElement): ArgumentContext {
    return {
      element: reference(element),
      names: this.names(element),
      findElement: (name) => {
        const found = this.#byName.get(name);
        if (found) element.references.add(found);
        return found && reference(found);
      },
      isKindOf: ({ index }, className) => this.elements[index]?.isA(className) ?? false,
      // While elements are being configured, the handlers are not there yet.
      ...(this.isReady
        ? { findHandler: (owner, name) => handlerFacts(this.handler(owner && this.elements[owner.index], name)) }
        : {}),
    };
  }

  runtimeMessages(_element: GuestElement): Diagnostics {
    return this.options.diagnostics;
  }

  /** Definitions of AddressInfo and its like. */
  get nameDatabases(): NameDatabases {
    return this.#names;
  }

  shared<T extends object>(key: symbol, make: () => T): T {
    const existing = this.#shared.get(key);
    if (existing) return existing as T; // made under this key by the same caller
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  reconfigure(element: GuestElement, configuration: string): void {
    reconfigure(this, element, configuration);
  }

  reconfigureArgument(element: GuestElement, keyword: string, text: string): void {
    reconfigure(this, element, replaceArgument(element, keyword, text));
  }

  /** Fields that the linker may have folded were changed: linked code is out of date. */
  constantsChanged(): void {
    this.onConstantsChanged();
  }

  /** Packets of that many bytes occur: buffers will have room for them. */
  expectPacketLength(bytes: number): void {
    this.#packetLength = Math.max(this.#packetLength, bytes);
  }

  /** Bytes of the longest packet that is expected. */
  get packetLength(): number {
    return this.#packetLength;
  }

  /**
   * Looks a handler up as Click does.
   * @param from  the element whose name scope counts; undefined = the file's
   * @returns the handler, or Click's message
   */
  findHandler(from: GuestElement | undefined, name: string, access: "read" | "write"): FoundHandler | string {
    const flag = access === "read" ? "r" : "w";
    const allowed = (handler: FoundHandler | undefined): FoundHandler | undefined =>
      handler?.flags.includes(flag) ? handler : undefined;
    const dot = name.indexOf(".");
    if (dot < 0) {
      const own = from && allowed(this.handler(from, name));
      return own ?? allowed(this.handler(undefined, name)) ?? `no '${name}' ${access} handler`;
    }
    const [elementName, handlerName] = [name.slice(0, dot), name.slice(dot + 1)];
    if (elementName === "")
      return allowed(this.handler(undefined, handlerName)) ?? `no '${handlerName}' ${access} handler`;
    const element = from ? this.find(from, elementName) : this.element(elementName);
    if (!element) return `no element named '${elementName}'`;
    return allowed(this.handler(element, handlerName)) ?? `no '${element.name}.${handlerName}' ${access} handler`;
  }

  /** Makes the handler call that an element asked for; faults are reported, nothing stops. */
  executeCall(from: GuestElement, text: string): void {
    const space = text.search(/\s/);
    const [name, value] = space < 0 ? [text, ""] : [text.slice(0, space), text.slice(space + 1).trim()];
    const handler = this.findHandler(from, name, "write");
    const messages = this.options.diagnostics.within(
      from.landmark,
      `While calling '${name}' from '${from.name} :: ${from.className}':`,
    );
    if (typeof handler === "string") {
      messages.error("", handler);
      return;
    }
    try {
      handler.write(value);
    } catch (error) {
      if (!(error instanceof HandlerError)) throw error;
      messages.error("", error.message);
    }
  }
}

function reference({ index, name, className }: GuestElement): ElementReference {
  return { index, name, className };
}
