/** An observation of packets that is on: the host's end of what elements/kernel/observe.ts writes, and the guest's port tables meanwhile. */
import { setTimeout } from "node:timers/promises";
import { structureOffset } from "../library/catalogue.ts";
import { decodeObservedPackets, type ObservedPacket } from "../machine/observedPackets.ts";
import { GuestStream, streamLayout } from "../machine/stream.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";

/** Why packets cannot be observed; the codes are those of the toolstack. */
export class ObservationError extends Error {
  readonly code: "NOT_FOUND" | "INVALID" | "WRONG_STATE" | "UNAVAILABLE";
  /** One line each. */
  readonly messages: readonly string[];

  constructor(code: ObservationError["code"], messages: readonly string[], cause?: unknown) {
    super(messages.join("\n"), { cause });
    this.code = code;
    this.messages = messages;
  }
}

/** A record, and the element that it is about. */
export interface Sighting extends ObservedPacket {
  readonly at: GuestElement;
}

/** Makes output of records; `isLast` = no more will come. */
export type Format<T> = (sightings: readonly Sighting[], isLast: boolean) => T[];

export class Observation<T> {
  readonly #router: Router;
  readonly #structure: "Trace" | "Capture";
  readonly #address: number;
  readonly #format: Format<T>;
  readonly #stream: GuestStream;
  readonly #elements: ReadonlyMap<number, GuestElement>;
  /** What was read and not yet polled. */
  #output: T[] = [];
  #lost = 0;
  #isStopped = false;
  #fault: ObservationError | undefined;

  /** @param structure  what lies at `address` in the guest (elements/kernel/observe.ts) */
  constructor(router: Router, structure: "Trace" | "Capture", address: number, format: Format<T>) {
    const { guest, library } = router.world;
    this.#router = router;
    this.#structure = structure;
    this.#address = address;
    this.#format = format;
    this.#stream = new GuestStream(
      guest,
      streamLayout(library.catalogue),
      guest.view.getUint32(this.#field("stream"), true),
    );
    this.#elements = new Map(router.elements.map((element) => [element.address, element]));
    router.observations.add(this);
  }

  /** Whether no more will come: all packets that were asked for have been seen to their end, or it was stopped, by a swap for instance. */
  get isOver(): boolean {
    return this.#isStopped || this.#router.world.guest.view.getUint8(this.#field("done")) !== 0;
  }

  /** Records that found no room, since the start. */
  get lost(): number {
    return this.#isStopped ? this.#lost : this.#router.world.guest.view.getUint32(this.#field("lost"), true);
  }

  /**
   * Takes what has come since the last time. To be called between slices, and once more when it is over.
   * @throws ObservationError when the guest wrote no proper records: it is over then
   */
  poll(): T[] {
    if (!this.#isStopped) this.#read();
    if (this.#fault) this.stop();
    const output = this.#output;
    this.#output = [];
    if (output.length === 0 && this.#fault) throw this.#fault;
    return output;
  }

  /** Ends it; what has come by now is left for `poll`. */
  stop(): void {
    if (this.#isStopped) return;
    this.#read();
    this.#output.push(...this.#format([], true));
    this.#lost = this.lost;
    this.#isStopped = true;
    const { world, observations } = this.#router;
    observations.delete(this);
    if (this.#structure === "Trace") world.guest.call("stopTrace");
    else world.guest.call("stopCapture", this.#address);
    if (!this.#router.isObserved) releasePorts(this.#router);
  }

  /** Ends it without a look at the guest, whose memory is that of another moment. */
  abandon(): void {
    this.#isStopped = true;
    this.#router.observations.delete(this);
  }

  #read(): void {
    const sightings: Sighting[] = [];
    try {
      for (const record of decodeObservedPackets(this.#stream.read())) sightings.push(this.#locate(record));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `the guest has garbled what it tells of its packets: ${error.message}`;
      this.#fault = new ObservationError("UNAVAILABLE", [message], error);
    }
    this.#output.push(...this.#format(sightings, false));
  }

  #locate(record: ObservedPacket): Sighting {
    const at = this.#elements.get(record.element);
    if (!at) throw new RangeError(`no element is at address ${record.element}`);
    return { ...record, at };
  }

  #field(name: string): number {
    return this.#address + structureOffset(this.#router.world.library.catalogue, this.#structure, name);
  }
}

/** Milliseconds between two polls. */
const POLL_INTERVAL = 5;

/** Polls an observation, while others drive the router, until it is over or `signal` is aborted; then it is stopped. */
export async function* watchObservation<T>(observation: Observation<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    for (let isOver = false; !isOver && !signal.aborted; ) {
      isOver = observation.isOver;
      yield* observation.poll();
      // The only way for a timer to fail is to be aborted, which is looked at next.
      if (!isOver) await setTimeout(POLL_INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    observation.stop();
  }
  yield* observation.poll();
}

/** Leads all connections past the observer; linked code, which does not look at port tables, goes. */
export function observePorts(router: Router): void {
  router.constantsChanged();
  for (const { address } of router.elements) router.world.guest.call("observePorts", address);
}

/** Puts the connections back to what they were. */
export function releasePorts(router: Router): void {
  for (const { address } of router.elements) router.world.guest.call("releasePorts", address);
}

/** The router's guest was put back to an earlier moment: whatever was observed then or now is observed no more. */
export function forgetObservations(router: Router): void {
  for (const observation of router.observations) observation.abandon();
  releasePorts(router);
  router.world.guest.call("stopObservations");
}
