/** A guest that runs an image, in the fabric. The image may be anybody's: what it says of itself is checked, and whatever calls it is watched. */
import type { GuestInformation, GuestPlan, GuestStatistics } from "../domain/hypervisor.ts";
import type { HandlerInformation, TraceStep } from "../domain/information.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import type { FabricGuest } from "../fabric/fabric.ts";
import type { RingEnd } from "../host/capture/devices.ts";
import { ImageError, type ManifestRing } from "../image/manifest.ts";
import { bootImage, type ImageGuest } from "../machine/bootImage.ts";
import { ImageHandlerError } from "../machine/imageHandlers.ts";
import { ReceiveRing, TransmitRing } from "../machine/ring.ts";
import { SnapshotError } from "../machine/snapshot.ts";
import { epochTime } from "../router/realTime.ts";
import { FabricMember } from "./fabricMember.ts";
import { guarded, reasonOf } from "./guestFault.ts";
import { ImageRequests } from "./imageRequests.ts";
import { restoreImage, saveImage } from "./imageState.ts";
import type { GuestHost, LocalGuest } from "./localGuest.ts";
import { runWatched } from "./watchdog.ts";

const PAGE = 65536;
/** More than any domain has interfaces: each ring takes some of the switch's memory. */
const MOST_RINGS = 1024;

export class RunningImage implements LocalGuest {
  readonly plan: GuestPlan;
  readonly member: FabricMember;
  readonly fabricGuest: FabricGuest;
  readonly isTimed = false;
  readonly #host: GuestHost;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #image: ImageGuest;
  readonly #requests: ImageRequests;
  readonly #bootMilliseconds: number;
  #isBooting = true;

  /** @throws ToolstackError, with nothing left of it */
  constructor(host: GuestHost, plan: GuestPlan, bytes: Uint8Array<ArrayBuffer>) {
    const start = performance.now();
    this.#host = host;
    this.plan = plan;
    this.#bytes = bytes;
    using undo = new DisposableStack();
    this.member = undo.adopt(new FabricMember(host, plan), (member) => member.leave());
    const { image, requests } = this.#watched(() => boot(bytes, plan));
    this.#image = image;
    this.#requests = requests;
    const { guest, manifest } = image;
    this.fabricGuest = this.member.join(guest.memory, {
      run: guest.exported("run"),
      nextExpiry: guest.exported("nextExpiry"),
    });
    checkRings(manifest.rings);
    for (const ring of manifest.rings) this.#openRing(ring);
    this.member.connectRings();
    this.#isBooting = false;
    this.member.schedule();
    undo.move();
    this.#bootMilliseconds = performance.now() - start;
  }

  #openRing(ring: ManifestRing): void {
    const { device, element, receives } = ring;
    try {
      this.member.vif(device).open(receives, () => this.#ringEnd(ring));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ToolstackError("INVALID", `element '${element}' of the image: ${device}: ${reason}`);
    }
  }

  #ringEnd({ element, receives, address, slots, capacity }: ManifestRing): RingEnd {
    const end = this.#invalid(() => {
      const { guest } = this.#image;
      return receives ? new ReceiveRing(guest, address) : new TransmitRing(guest, address);
    });
    if (end.slots === slots && end.capacity === capacity) return end;
    throw new ToolstackError("INVALID", `the image has no such ring for '${element}' as it says`);
  }

  /** Runs something that may call the guest, and ends it when it does not come back. @throws ToolstackError; a running guest that failed has crashed */
  #watched<Result>(work: () => Result): Result {
    const fail = (error: unknown) => {
      if (this.#isBooting) return "INVALID";
      this.crash(error);
      return "WRONG_STATE";
    };
    return guarded(() => this.#invalid(() => runWatched(work, this.#host.watchdog)), fail);
  }

  /** Faults of the image, of its state, or of a request. */
  #invalid<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (error instanceof ImageHandlerError) throw new ToolstackError(error.code, error.message);
      if (error instanceof ImageError || error instanceof SnapshotError)
        throw new ToolstackError("INVALID", error.message);
      if (error instanceof RangeError)
        throw new ToolstackError("INVALID", `the image names memory that it does not have: ${error.message}`);
      throw error;
    }
  }

  attend(): void {
    if (this.member.isStopped) return;
    const text = this.#requests.takeText();
    if (text !== "") this.#host.onConsole(this.plan.id, text);
    if (this.#requests.wantsStop) this.#stop({ crashed: false, reason: "the driver stopped" });
  }

  nextWake(): undefined {
    return undefined;
  }

  crash(error: unknown): void {
    this.#stop({ crashed: true, reason: reasonOf(this.#image.guest.asTrap(error)) });
  }

  #stop(why: { readonly crashed: boolean; readonly reason: string }): void {
    if (this.member.isStopped) return;
    this.member.stop();
    this.#host.onStopped(this.plan.id, why);
  }

  handlers(): readonly HandlerInformation[] {
    this.member.requireAlive();
    return this.#invalid(() => this.#image.handlers());
  }

  readHandler(name: string): string {
    this.member.requireAlive();
    return this.#watched(() => this.#image.read(name));
  }

  writeHandler(name: string, value: string): void {
    this.member.requireAlive();
    this.#watched(() => this.#image.write(name, value));
    this.attend();
    this.member.activate();
  }

  save(): Uint8Array {
    this.member.requireAlive();
    return saveImage(this.#image, this.#bytes);
  }

  swap(): void {
    throw new ToolstackError(
      "WRONG_STATE",
      "the domain runs an image, which has no configuration to replace: stop the domain, and start it with the configuration",
    );
  }

  // biome-ignore lint/correctness/useYield: it throws, as others do, when the first item is asked for
  async *trace(): AsyncGenerator<TraceStep> {
    throw withoutElements("trace");
  }

  // biome-ignore lint/correctness/useYield: as `trace`
  async *capture(): AsyncGenerator<Uint8Array> {
    throw withoutElements("capture");
  }

  get information(): GuestInformation {
    const { guest, manifest } = this.#image;
    return {
      tier: "linked",
      elements: manifest.elements.length,
      memory: guest.bytes.length,
      bootMilliseconds: this.#bootMilliseconds,
      vifs: this.member.vifs,
    };
  }

  get statistics(): GuestStatistics {
    return { ...this.member.statistics, elements: this.#image.counts() };
  }

  destroy(): void {
    this.member.leave();
  }
}

interface Booted {
  readonly image: ImageGuest;
  readonly requests: ImageRequests;
}

/** Gives the guest the state that was saved, or else a time and random numbers of its own. */
function boot(bytes: Uint8Array<ArrayBuffer>, { memoryLimit, state }: GuestPlan): Booted {
  const image = bootImage(bytes, Math.floor(memoryLimit / PAGE));
  if (state) restoreImage(image, bytes, state);
  else {
    image.setClock(epochTime());
    image.setSeed(BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)));
  }
  const requests = new ImageRequests(image);
  requests.resume();
  return { image, requests };
}

function checkRings(rings: readonly ManifestRing[]): void {
  if (rings.length > MOST_RINGS)
    throw new ToolstackError("INVALID", `the image has ${rings.length} rings, and may have ${MOST_RINGS}`);
  if (new Set(rings.map(({ address }) => address)).size < rings.length)
    throw new ToolstackError("INVALID", "two rings of the image lie at the same place");
}

function withoutElements(what: "trace" | "capture"): ToolstackError {
  return new ToolstackError(
    "WRONG_STATE",
    `the domain runs an image, whose code shows no packets between its elements: ${what} at a domain that runs the configuration, or capture at an interface`,
  );
}
