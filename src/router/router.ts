/**
 * A router: a flat configuration made into live elements in a guest's memory, with its handlers. Building goes through Click's stages in
 * Click's order: construct, connect, configure, initialize; faults of one stage are all reported before it gives up.
 */
import type { Configuration, Diagnostics, ResolvedPorts } from "../language/index.ts";
import { type ArgumentContext, type ElementReference, NameDatabases, type Names } from "../library/arguments/index.ts";
import { scopesOutward } from "../library/arguments/names.ts";
import { structureOffset } from "../library/catalogue.ts";
import { BUFFER_STRIDE, PACKET_OVERHEAD } from "../library/guestAbi.ts";
import { type FoundHandler, HandlerError, type HostHalf, type HostServices } from "../library/hostHalf.ts";
import type { Library } from "../library/library.ts";
import { Guest } from "../machine/guest.ts";
import { GuestStream } from "../machine/stream.ts";
import { configureElement, replaceArgument } from "./configure.ts";
import { globalHandler } from "./globalHandlers.ts";
import { GuestElement, type Surroundings } from "./guestElement.ts";
import { elementHandler, handlerFacts, reconfigure } from "./handlers.ts";
import { wireNotifiers } from "./notify.ts";
import { wirePorts } from "./wire.ts";
import { GuestWorld } from "./world.ts";

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
}

/** Packets that may be on their way at once besides those that elements keep: bursts, clones, fragments. */
const SPARE_PACKETS = 512;
/** Click's CONFIGURE_PHASE_DEFAULT. */
const DEFAULT_PHASE = 100;
/** Packet buffers lie a whole number of cache lines apart, an odd one (guestAbi.ts). */
const CACHE_LINE = 64;

export class Router implements Surroundings {
  readonly world: GuestWorld;
  readonly configuration: Configuration;
  readonly ports: ResolvedPorts;
  readonly elements: readonly GuestElement[];
  readonly options: RouterOptions;
  /** The driver stops when this falls to zero or below. */
  runCount = 1;
  /** Called when something outside the guest gave it work while it may be asleep. */
  onActivity: () => void = () => undefined;
  /** Called when fields changed that linked code takes for constant. */
  onConstantsChanged: () => void = () => undefined;
  readonly #shared = new Map<symbol, object>();
  readonly #names = new NameDatabases();
  readonly #byName: ReadonlyMap<string, GuestElement>;
  #packetLength = 0;

  private constructor(
    world: GuestWorld,
    configuration: Configuration,
    ports: ResolvedPorts,
    halves: ReadonlyMap<string, HostHalf | undefined>,
    options: RouterOptions,
  ) {
    this.world = world;
    this.configuration = configuration;
    this.ports = ports;
    this.options = options;
    this.elements = configuration.elements.map((description, index) =>
      this.#construct({ ...description, index }, halves),
    );
    this.#byName = new Map(this.elements.map((element) => [element.name, element]));
  }

  /**
   * Makes a router that is ready to run.
   * @param configuration  flat, its classes all in the library
   * @returns undefined when a fault was reported to `options.diagnostics`
   */
  static async build(
    library: Library,
    configuration: Configuration,
    ports: ResolvedPorts,
    options: RouterOptions,
  ): Promise<Router | undefined> {
    const halves = await loadHostHalves(library, configuration);
    const guest = Guest.boot(library.dynamic);
    guest.call("initialize", options.seed, options.simulatedStart === undefined ? 0 : 1);
    const router = new Router(new GuestWorld(library, guest), configuration, ports, halves, options);
    router.kernelTime = options.simulatedStart ?? epochTime();
    wirePorts(router.world, configuration, ports, router.elements);
    if (!router.#configure() || !router.#initialize()) {
      options.diagnostics.message("", "Router could not be initialized!");
      router.close();
      return undefined;
    }
    return router;
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

  /** Address of a field of the kernel state. */
  kernelField(name: string): number {
    const { catalogue } = this.world.library;
    return catalogue.kernelAddress + structureOffset(catalogue, "KernelState", name);
  }

  /** The time, as a query of the guest's clock would give it. */
  now(): bigint {
    if (!this.simulated) return epochTime();
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
        return found && reference(found);
      },
      isKindOf: ({ index }, className) => this.elements[index]?.isA(className) ?? false,
      findHandler: (owner, name) => handlerFacts(this.handler(owner && this.elements[owner.index], name)),
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

  reconfigureArgument(element: GuestElement, keyword: string, text: string): void {
    reconfigure(this, element, replaceArgument(element, keyword, text));
  }

  /** Fields that the linker may have folded were changed: linked code is out of date. */
  constantsChanged(): void {
    this.onConstantsChanged();
  }

  #construct(
    description: { index: number; name: string; className: string; configuration: string; landmark: string },
    halves: ReadonlyMap<string, HostHalf | undefined>,
  ): GuestElement {
    const elementClass = this.world.library.catalogue.classes[description.className];
    if (!elementClass) throw new Error(`class ${description.className} is not in the library`);
    const resolved = this.ports[description.index];
    const counts = { inputs: resolved?.inputs.length ?? 0, outputs: resolved?.outputs.length ?? 0 };
    const address = Number(this.world.guest.call(`${elementClass.name}$new`));
    return new GuestElement(
      description,
      elementClass,
      halves.get(elementClass.name),
      counts,
      address,
      this.world,
      this,
    );
  }

  /** Elements in the order in which they are configured and initialized. */
  #inPhaseOrder(): readonly GuestElement[] {
    const phase = (element: GuestElement): number => element.hostHalf?.phase ?? DEFAULT_PHASE;
    return this.elements.toSorted((a, b) => phase(a) - phase(b) || a.index - b.index);
  }

  /** Configures all elements; goes on after faults, to report them all. */
  #configure(): boolean {
    const { diagnostics } = this.options;
    const before = diagnostics.errorCount;
    for (const element of this.#inPhaseOrder()) {
      configureElement(
        this.world,
        element,
        this.elements,
        diagnostics.within(element.landmark, `While configuring '${element.name} :: ${element.className}':`),
      );
    }
    return diagnostics.errorCount === before;
  }

  #initializing(element: GuestElement): Diagnostics {
    return this.options.diagnostics.within(
      element.landmark,
      `While initializing '${element.name} :: ${element.className}':`,
    );
  }

  /** Initializes all elements; stops at the first fault, as Click does. */
  #initialize(): boolean {
    wireNotifiers(this.world, this.configuration, this.ports, this.elements);
    for (const element of this.#inPhaseOrder()) {
      const messages = this.#initializing(element);
      element.reportTo(messages, () => {
        element.hostHalf?.initialize?.(element);
        if (messages.errorCount === 0) element.activity = element.hostHalf?.start?.(element, this.#services(element));
      });
      if (messages.errorCount > 0) return false;
    }
    this.#makePool();
    this.world.guest.call("reserveTimers");
    for (const element of this.#inPhaseOrder()) {
      if (element.elementClass.methods.includes("initialize")) element.call("initialize");
    }
    for (const element of this.#inPhaseOrder()) {
      const messages = this.#initializing(element);
      element.activity?.initialized?.(messages);
      if (messages.errorCount > 0) return false;
    }
    return true;
  }

  /** Packets of that many bytes occur: buffers will have room for them. */
  expectPacketLength(bytes: number): void {
    this.#packetLength = Math.max(this.#packetLength, bytes);
  }

  #makePool(): void {
    let packets = SPARE_PACKETS;
    for (const element of this.elements) {
      const { methods } = element.elementClass;
      if (methods.includes("longestPacket")) this.expectPacketLength(Number(element.call("longestPacket")));
      if (methods.includes("packetsHeld")) packets += Number(element.call("packetsHeld"));
    }
    this.world.guest.call("addPackets", packets, bufferStride(this.#packetLength));
  }

  #services(element: GuestElement): HostServices {
    return {
      now: () => this.now(),
      print: this.options.print,
      printMessage: this.options.printMessage,
      runCount: () => this.runCount,
      adjustRunCount: (delta) => {
        this.runCount += delta;
      },
      makeStream: (field, size) => {
        const address = Number(this.world.guest.call("makeStream", size));
        element.set(field, address);
        return new GuestStream(this.world.guest, this.world.library.catalogue, address);
      },
      noteActivity: () => this.noteActivity(),
      wakeTask: () => this.#wakeTask(element),
      findHandler: (name, access) => this.findHandler(element, name, access),
      diagnostics: this.options.diagnostics,
      context: element.context,
    };
  }

  #wakeTask(element: GuestElement): void {
    this.world.guest.call("wakeTask", Number(element.get("task")));
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

async function loadHostHalves(
  library: Library,
  configuration: Configuration,
): Promise<Map<string, HostHalf | undefined>> {
  const names = [...new Set(configuration.elements.map(({ className }) => className))];
  const halves = await Promise.all(
    names.map(async (name): Promise<[string, HostHalf | undefined]> => {
      const elementClass = library.catalogue.classes[name];
      return [name, elementClass && (await library.hostHalf(elementClass))];
    }),
  );
  return new Map(halves);
}

/** @returns the distance of packet buffers that have room for `length` data bytes. */
function bufferStride(length: number): number {
  const lines = Math.ceil(Math.max(length + PACKET_OVERHEAD, BUFFER_STRIDE) / CACHE_LINE);
  return (lines | 1) * CACHE_LINE;
}

/** Nanoseconds since 1970, as fine as the monotonic clock. */
export function epochTime(): bigint {
  return EPOCH_OFFSET + process.hrtime.bigint();
}

const EPOCH_OFFSET = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
