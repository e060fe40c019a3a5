/** A guest that runs a configuration: its router, in the fabric. */
import type { GuestInformation, GuestPlan, GuestStatistics } from "../domain/hypervisor.ts";
import type { ElementStatistics, HandlerInformation, TraceStep } from "../domain/information.ts";
import { type ElementCaptureRequest, ToolstackError, type TraceRequest } from "../domain/toolstack.ts";
import type { FabricGuest, GuestFunctions } from "../fabric/fabric.ts";
import { DEVICES, type DeviceOpener } from "../host/capture/devices.ts";
import type { LinkCache } from "../image/cache.ts";
import type { Linker } from "../image/linker.ts";
import { parseEthernetDigits } from "../library/arguments/addresses.ts";
import { type SystemNames, systemNames } from "../library/arguments/systemNames.ts";
import { type FoundHandler, HandlerError } from "../library/hostHalf.ts";
import type { Library } from "../library/library.ts";
import { GuestTrap } from "../machine/guest.ts";
import { SnapshotError } from "../machine/snapshot.ts";
import type { Driver } from "../router/driver.ts";
import { LinkedTier } from "../router/linkedTier.ts";
import { type Observation, ObservationError } from "../router/observation.ts";
import { startCapture, startTrace } from "../router/observe.ts";
import { type OpenOptions, openRouter, replaceConfiguration } from "../router/open.ts";
import { restoreRouter, saveRouter } from "../router/savedState.ts";
import { FabricMember } from "./fabricMember.ts";
import { asToolstackError, Feed } from "./feed.ts";
import { guarded, reasonOf } from "./guestFault.ts";
import type { GuestHost, LocalGuest } from "./localGuest.ts";
import { runWatched, WatchdogError } from "./watchdog.ts";

/** What routers of a hypervisor share. */
export interface RouterHost extends GuestHost {
  readonly library: Library;
  readonly linker: Linker;
  readonly linkCache: LinkCache;
  /** What configurations find of the host besides their interfaces (src/host/hostAccess.ts). */
  readonly shared: ReadonlyMap<symbol, object>;
}

const PAGE = 65536;

export class RunningGuest implements LocalGuest {
  readonly plan: GuestPlan;
  readonly member: FabricMember;
  readonly fabricGuest: FabricGuest;
  readonly driver: Driver;
  readonly #host: RouterHost;
  readonly #tier: LinkedTier;
  readonly #options: OpenOptions;
  readonly #bootMilliseconds: number;
  readonly #feeds = new Set<Feed<unknown>>();
  #linkAsked = false;
  /** Before it boots, what it says is what is wrong with it. */
  #faults: string[] | undefined = [];

  /** @throws ToolstackError, with nothing left of it */
  constructor(host: RouterHost, plan: GuestPlan) {
    const start = performance.now();
    this.#host = host;
    this.plan = plan;
    using undo = new DisposableStack();
    this.member = undo.adopt(new FabricMember(host, plan), (member) => member.leave());
    this.#options = this.#openOptions();
    this.driver = undo.adopt(this.#boot(plan), (driver) => driver.router.close());
    const { guest } = this.driver.router.world;
    this.#tier = new LinkedTier(this.driver, host.linkCache, undefined, host.linker);
    this.fabricGuest = this.member.join(guest.memory, this.#functions());
    this.#followCode();
    this.#settle();
    this.#faults = undefined;
    this.member.schedule();
    undo.move();
    this.#bootMilliseconds = performance.now() - start;
  }

  #openOptions(): OpenOptions {
    const say = (text: string): void => {
      if (this.#faults) this.#faults.push(text);
      else this.#host.onConsole(this.plan.id, text);
    };
    return {
      library: this.#host.library,
      parameters: new Map(Object.entries(this.plan.parameters)),
      clickPath: undefined,
      seed: BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)),
      print: say,
      printMessage: say,
      allowReconfigure: false,
      memoryPages: Math.floor(this.plan.memoryLimit / PAGE),
      systemNames: { ...systemNames, ...this.#interfaceNames },
      shared: new Map<symbol, object>([...this.#host.shared, [DEVICES, this.#opener]]),
    };
  }

  /** A domain's interfaces are its own, not those of the system that it runs on. Their IP addresses are the configuration's business. */
  readonly #interfaceNames: Partial<SystemNames> = {
    interfaceEtherAddress: (name) => {
      const vif = this.member.findVif(name);
      return vif?.name === name ? parseEthernetDigits(vif.mac) : undefined;
    },
    interfacePrefix: () => undefined,
    interfaceGateway: () => undefined,
  };

  #boot({ configuration, memoryLimit, state }: GuestPlan): Driver {
    const source = { text: Buffer.from(configuration.text, "latin1"), file: configuration.file };
    // What runs before the guest has a state is our own code on a fresh memory: the watchdog would cost a tenth of the boot.
    const driver = this.#guarded(() => openRouter(source, this.#options));
    if (!driver) throw new ToolstackError("INVALID", this.#takeFaults());
    const { guest } = driver.router.world;
    if (guest.bytes.length > memoryLimit) {
      driver.router.close();
      const [needed, allowed] = [megabytes(guest.bytes.length), megabytes(memoryLimit)];
      throw new ToolstackError(
        "INVALID",
        `the configuration needs ${needed} MiB of memory, and the domain has ${allowed}`,
      );
    }
    if (state) this.#restore(driver, state);
    for (const text of this.#faults ?? []) this.#host.onConsole(this.plan.id, text);
    return driver;
  }

  #restore(driver: Driver, state: Uint8Array): void {
    try {
      this.#watched(() => restoreRouter(driver, state));
    } catch (error) {
      driver.router.close();
      throw error instanceof SnapshotError ? new ToolstackError("INVALID", error.message) : error;
    }
  }

  #takeFaults(): string[] {
    const lines = (this.#faults ?? [])
      .join("")
      .split("\n")
      .filter((line) => line !== "");
    return lines.length > 0 ? lines : ["the configuration has a fault"];
  }

  /** Runs something that calls the guest, and ends it when it does not come back. @throws ToolstackError when the guest fails; a running one has then crashed */
  #watched<Result>(work: () => Result): Result {
    return this.#guarded(() => runWatched(work, this.#host.watchdog));
  }

  #guarded<Result>(work: () => Result): Result {
    return guarded(work, (error) => {
      if (this.#faults) return "INVALID";
      this.crash(error);
      return "WRONG_STATE";
    });
  }

  /** Interfaces by number or name, as FromDevice and ToDevice ask for them. */
  readonly #opener: DeviceOpener = {
    openForReceiving: (name, connect) => this.member.vif(name).open(true, connect),
    openForSending: (name, connect) => this.member.vif(name).open(false, connect),
  };

  #functions(): GuestFunctions {
    const { guest } = this.driver.router.world;
    return { run: guest.exported("run"), nextExpiry: guest.exported("nextExpiry") };
  }

  /** The scheduler calls the guest's functions directly: it must hear of other ones. */
  #followCode(): void {
    this.driver.onCodeReplaced = () => this.member.setFunctions(this.#functions());
    const followSwap = this.driver.onSwap;
    this.driver.onSwap = (router) => {
      followSwap(router);
      this.#settle();
    };
  }

  /** Connects the rings of new elements. */
  #settle(): void {
    this.member.connectRings();
    this.member.setHosted(this.driver.isHosted || this.#feeds.size > 0);
  }

  trace(request: TraceRequest, signal: AbortSignal): AsyncGenerator<TraceStep> {
    return this.#observe(() => startTrace(this.driver.router, request), signal);
  }

  capture(request: ElementCaptureRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    return this.#observe(() => startCapture(this.driver.router, request), signal);
  }

  /** Every run of an observed guest is the host's business. */
  async *#observe<T>(start: () => Observation<T>, signal: AbortSignal): AsyncGenerator<T> {
    this.member.requireAlive();
    const feed = new Feed(this.#watched(() => this.#begin(start)));
    this.#feeds.add(feed);
    this.#settle();
    try {
      yield* feed.items(signal);
    } finally {
      if (!this.member.isStopped) feed.end();
      this.#feeds.delete(feed);
      this.#settle();
    }
  }

  #begin<T>(start: () => Observation<T>): Observation<T> {
    try {
      return start();
    } catch (error) {
      throw error instanceof ObservationError ? asToolstackError(error) : error;
    }
  }

  /** The guest's state between two runs. @throws ToolstackError when an element keeps something outside of it */
  save(): Uint8Array {
    this.member.requireAlive();
    try {
      return this.#watched(() => saveRouter(this.driver));
    } catch (error) {
      throw error instanceof SnapshotError ? new ToolstackError("WRONG_STATE", error.message) : error;
    }
  }

  /** Carries out what the guest asked for in its last runs. */
  attend(): void {
    if (this.member.isStopped) return;
    for (const feed of this.#feeds) feed.poll();
    if (!this.#linkAsked) {
      this.#linkAsked = true;
      void this.#tier.start("background").then(() => this.driver.onPause());
    }
    try {
      if (!this.driver.attend()) this.#stop({ crashed: false, reason: "the driver stopped" });
    } catch (error) {
      if (!(error instanceof GuestTrap)) throw error;
      this.crash(error);
    }
  }

  get isTimed(): boolean {
    return this.driver.isHosted;
  }

  nextWake(): bigint | undefined {
    return this.member.isStopped || this.member.isPaused ? undefined : this.driver.nextWake();
  }

  /** @param error  what the guest threw, or the watchdog */
  crash(error: unknown): void {
    const described = error instanceof WatchdogError ? error : this.driver.describeTrap(error);
    this.#stop({ crashed: true, reason: reasonOf(described) });
  }

  #stop(why: { readonly crashed: boolean; readonly reason: string }): void {
    if (this.member.isStopped) return;
    this.#endFeeds();
    this.member.stop();
    this.#host.onStopped(this.plan.id, why);
  }

  /** @throws ToolstackError when it has a fault: the old configuration goes on */
  swap(configuration: GuestPlan["configuration"], parameters: Readonly<Record<string, string>>): void {
    this.member.requireAlive();
    const options = { ...this.#options, parameters: new Map(Object.entries(parameters)) };
    this.#watched(() => {
      try {
        replaceConfiguration(this.driver, configuration.text, options, configuration.file);
      } catch (error) {
        if (!(error instanceof HandlerError)) throw error;
        throw new ToolstackError("INVALID", error.message.split("\n"));
      }
    });
    this.attend();
    this.member.activate();
  }

  handlers(): HandlerInformation[] {
    this.member.requireAlive();
    const { router } = this.driver;
    const listed = (element: string, className: string): HandlerInformation[] => {
      const prefix = element === "" ? "" : `${element}.`;
      return this.#call(`${prefix}handlers`, "read", (handler) => handler.read(""))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
          const [name = "", flags = ""] = line.split("\t");
          return { element, class: className, name, flags };
        });
    };
    return [...listed("", ""), ...router.elements.flatMap(({ name, className }) => listed(name, className))];
  }

  readHandler(text: string): string {
    const [name, parameter] = splitHandler(text);
    return this.#call(name, "read", (handler) => handler.read(parameter));
  }

  writeHandler(text: string, value: string): void {
    const [name, parameter] = splitHandler(text);
    this.#call(name, "write", (handler) => handler.write(parameter === "" ? value : `${parameter} ${value}`));
    this.attend();
    this.member.activate();
  }

  #call<Result>(name: string, access: "read" | "write", use: (handler: FoundHandler) => Result): Result {
    this.member.requireAlive();
    const handler = this.driver.router.findHandler(undefined, name, access);
    if (typeof handler === "string") throw new ToolstackError("NOT_FOUND", handler);
    return this.#watched(() => {
      try {
        return use(handler);
      } catch (error) {
        if (!(error instanceof HandlerError)) throw error;
        throw new ToolstackError("INVALID", error.message.split("\n"));
      }
    });
  }

  get information(): GuestInformation {
    const { router } = this.driver;
    return {
      tier: router.world.guest.isReplaced ? "linked" : "dispatch",
      elements: router.elements.length,
      memory: router.world.guest.bytes.length,
      bootMilliseconds: this.#bootMilliseconds,
      vifs: this.member.vifs,
    };
  }

  get statistics(): GuestStatistics {
    return { ...this.member.statistics, elements: this.#elementStatistics() };
  }

  /** What elements count of themselves, as far as it can be read from their fields. */
  #elementStatistics(): ElementStatistics[] {
    return this.driver.router.elements.flatMap((element) => {
      const { fields } = element.elementClass;
      const number = (...names: string[]): number | undefined => {
        const name = names.find((each) => fields[each]);
        return name === undefined ? undefined : Number(element.get(name));
      };
      const packets = number("count", "packets");
      const drops = number("drops");
      if (packets === undefined && drops === undefined) return [];
      return {
        name: element.name,
        class: element.className,
        packets: packets ?? 0,
        bytes: number("byteCount") ?? 0,
        drops: drops ?? 0,
      };
    });
  }

  #endFeeds(): void {
    for (const feed of this.#feeds) feed.end();
  }

  destroy(): void {
    this.#endFeeds();
    this.member.stop();
    this.#tier.close();
    this.driver.router.close();
    this.member.leave();
  }
}

/** `ELEMENT.HANDLER PARAMETER`. */
function splitHandler(text: string): [name: string, parameter: string] {
  const space = text.search(/\s/);
  return space < 0 ? [text, ""] : [text.slice(0, space), text.slice(space + 1)];
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
