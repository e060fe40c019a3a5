/**
 * The whole state of a router as bytes, from which another process goes on. Saved is the guest's memory, and what the router knows about it: where each element
 * and each table lies, which a router that was built anew from the same configuration has elsewhere, once the first one was swapped, written to or linked. What
 * host halves keep in JavaScript follows from the elements' arguments, so these are saved as they are now, and read again.
 */
import { createHash } from "node:crypto";
import { Diagnostics, printConfiguration } from "../language/index.ts";
import { HandlerError, type HostActivity } from "../library/hostHalf.ts";
import type { Library } from "../library/library.ts";
import { type Guest, GuestTrap } from "../machine/guest.ts";
import { SnapshotError } from "../machine/snapshot.ts";
import { configureElement } from "./configure.ts";
import { clearDeadPackets } from "./deadPackets.ts";
import type { Driver } from "./driver.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";
import { decodeState, encodeState, PAGE, type StateHeader, unpackMemory } from "./stateFile.ts";
import { describeMemory, findLandmarks, readWorld, takePlaces } from "./stateRecord.ts";

/**
 * Saves a router between two runs of its guest; it goes on.
 * @returns bytes for `restoreRouter`
 * @throws SnapshotError when an element keeps something outside that cannot be saved, or another configuration is about to take over
 */
export function saveRouter({ router }: Driver): Uint8Array {
  refuseBusy(router);
  const memory = router.world.guest.bytes.slice();
  clearDeadPackets(router, memory);
  return encodeState({ ...identity(router), ...describeMemory(router) }, memory);
}

/**
 * Puts a router back to where another one was saved.
 * @param driver  of a router that was just opened from the configuration that ran then, and has not run
 * @param state  bytes from anywhere
 * @throws SnapshotError; the driver is then of no use
 */
export function restoreRouter(driver: Driver, state: Uint8Array): void {
  const { router } = driver;
  const decoded = decodeState(state);
  refuseForeign(router, decoded.header);
  refuseBusy(router);
  try {
    // Code that was linked for the present memory is not for the other one.
    router.constantsChanged();
    reconfigure(router, decoded.header.elements);
    const world = readWorld(router, decoded.header);
    const landmarks = findLandmarks(router);
    growTo(router.world.guest, decoded.header.pages);
    unpackMemory(decoded, router.world.guest.bytes);
    takePlaces(router, decoded.header, landmarks);
    router.world.resume(world);
    driver.guestRestored();
  } catch (error) {
    throw asSnapshotError(error);
  }
}

/** What a state can cause: the guest traps on it, or it names memory that is not there. */
function asSnapshotError(error: unknown): unknown {
  if (!(error instanceof GuestTrap || error instanceof RangeError || error instanceof HandlerError)) return error;
  return new SnapshotError(`the saved router is faulty: ${error.message}`, { cause: error });
}

/** What an element does outside as time goes by is not in the guest's memory. */
function refuseBusy({ elements }: Router): void {
  const busy = elements.find(({ activity }) => activity && isBusy(activity));
  if (!busy) return;
  throw new SnapshotError(`'${busy.name} :: ${busy.className}' acts outside of the guest: its router cannot be saved`);
}

function isBusy({ service, wakeTime, driverStops, restored }: HostActivity): boolean {
  return restored === undefined && [service, wakeTime, driverStops].some((work) => work !== undefined);
}

/** What a state is of: without the same, it means nothing. */
function identity({ world, configuration, simulated }: Router) {
  return {
    library: libraryDigest(world.library),
    configuration: digest(printConfiguration(configuration)),
    simulated,
  };
}

function refuseForeign(router: Router, header: StateHeader): void {
  const { library, configuration, simulated } = identity(router);
  if (header.library !== library)
    throw new SnapshotError("the saved router is of another build of the element library");
  if (header.configuration !== configuration || header.elements.length !== router.elements.length)
    throw new SnapshotError("the saved router had another configuration");
  if (header.simulated === simulated) return;
  const [then, now] = simulated ? ["real", "simulated"] : ["simulated", "real"];
  throw new SnapshotError(`the saved router ran in ${then} time, and this one runs in ${now} time`);
}

const digests = new WeakMap<Library, string>();

function libraryDigest(library: Library): string {
  const known = digests.get(library) ?? digest(library.body());
  digests.set(library, known);
  return known;
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Has host halves read arguments that changed while the router ran. What they do to the guest's memory is lost with it. */
function reconfigure(router: Router, saved: StateHeader["elements"]): void {
  for (const [index, element] of router.elements.entries()) {
    const configuration = saved[index]?.configuration;
    if (configuration !== undefined && configuration !== element.configuration)
      takeArguments(router, element, configuration);
  }
}

function takeArguments(router: Router, element: GuestElement, configuration: string): void {
  if (!element.hostHalf?.reconfigure)
    throw new SnapshotError(`the arguments of '${element.name} :: ${element.className}' cannot have changed`);
  const messages = new Diagnostics();
  element.configuration = configuration;
  configureElement(router.world, element, router.elements, messages);
  if (messages.errorCount > 0)
    throw new SnapshotError(`the saved arguments of '${element.name}' have a fault: ${messages.lines.join("\n")}`);
}

/** @throws SnapshotError when the guest may not have so much memory */
export function growTo({ memory }: Guest, pages: number): void {
  const missing = pages - memory.buffer.byteLength / PAGE;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (error) {
    throw new SnapshotError(`the saved router has ${pages} pages of memory, more than its guest may have`, {
      cause: error,
    });
  }
}
