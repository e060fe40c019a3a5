/**
 * Builds a router in Click's stages and order: construct, connect, configure, initialize. Faults of configuration are all reported before it
 * gives up; initialization stops at the first, as Click's does.
 */
import type { Diagnostics } from "../language/index.ts";
import { BUFFER_STRIDE, PACKET_OVERHEAD } from "../library/guestAbi.ts";
import type { Library } from "../library/library.ts";
import { Guest, guestMemory } from "../machine/guest.ts";
import { configureElement } from "./configure.ts";
import { GuestElement } from "./guestElement.ts";
import { hostServices } from "./hostServices.ts";
import type { CheckedConfiguration } from "./load.ts";
import { wireNotifiers } from "./notify.ts";
import { sortAsClick } from "./phaseOrder.ts";
import { epochTime } from "./realTime.ts";
import { type Placement, Router, type RouterOptions } from "./router.ts";
import { wirePorts } from "./wire.ts";
import { GuestWorld } from "./world.ts";

/** Packets that may be on their way at once besides those that elements keep: bursts, clones, fragments. */
const SPARE_PACKETS = 512;
/** Click's CONFIGURE_PHASE_DEFAULT. */
export const DEFAULT_PHASE = 100;
/** Click's driver has looked at the clock so often before the first task runs; under simulated time each look takes a nanosecond. */
const DRIVER_QUERIES = 3n;
/** Packet buffers lie a whole number of cache lines apart, an odd one (guestAbi.ts). */
const CACHE_LINE = 64;

/**
 * Boots a guest and makes a router in it that is ready to run.
 * @param checked  flat, its classes all in the library
 * @returns undefined when a fault was reported to `options.diagnostics`
 */
export function buildRouter(
  library: Library,
  checked: CheckedConfiguration,
  options: RouterOptions,
): Router | undefined {
  const guest = Guest.boot(library.dynamic, guestMemory(options.memoryPages));
  guest.call("initialize", options.seed, options.simulatedStart === undefined ? 0 : 1);
  const router = new Router(new GuestWorld(library, guest), checked, options, construct);
  router.kernelTime = options.simulatedStart === undefined ? epochTime() : options.simulatedStart + DRIVER_QUERIES;
  wirePorts(router);
  if (
    configureElements(router, router.elements) &&
    startHosts(router, router.elements) &&
    initializeGuests(router, router.elements)
  ) {
    return router;
  }
  options.diagnostics.message("", "Router could not be initialized!");
  router.close();
  return undefined;
}

/** Makes a new element in the guest. */
export function construct(placement: Placement, router: Router): GuestElement {
  const { library, guest } = router.world;
  const elementClass = library.catalogue.classes[placement.className];
  if (!elementClass) throw new Error(`class ${placement.className} is not in the library`);
  const address = Number(guest.call(`${elementClass.name}$new`)) >>> 0;
  return new GuestElement(placement, elementClass, library.hostHalf(elementClass), address, router.world, router);
}

/** @returns elements in the order in which they are configured and initialized */
function inPhaseOrder(elements: readonly GuestElement[]): readonly GuestElement[] {
  return sortAsClick(elements, (a, b) => phaseOf(a) - phaseOf(b));
}

export function phaseOf(element: GuestElement): number {
  return element.hostHalf?.phase ?? DEFAULT_PHASE;
}

/** Configures elements; goes on after faults, to report them all. @returns whether there was none */
export function configureElements(router: Router, elements: readonly GuestElement[]): boolean {
  const { diagnostics } = router.options;
  const before = diagnostics.errorCount;
  for (const element of inPhaseOrder(elements)) {
    configureElement(router.world, element, router.elements, messagesWhile("configuring", element, diagnostics));
  }
  return diagnostics.errorCount === before;
}

/** Initializes the host halves, which open what they need outside; stops at the first fault. @returns whether there was none */
export function startHosts(router: Router, elements: readonly GuestElement[]): boolean {
  for (const element of inPhaseOrder(elements)) {
    const messages = messagesWhile("initializing", element, router.options.diagnostics);
    element.reportTo(messages, () => {
      element.hostHalf?.initialize?.(element);
      if (messages.errorCount === 0)
        element.activity = element.hostHalf?.start?.(element, hostServices(router, element));
    });
    if (messages.errorCount > 0) return false;
  }
  return true;
}

/** Initializes the guest's side, and tells the host halves when all is done. @returns whether there was no fault */
export function initializeGuests(router: Router, elements: readonly GuestElement[]): boolean {
  router.isReady = true;
  wireNotifiers(router);
  if (!providePackets(router)) return false;
  router.world.guest.call("reserveTimers");
  for (const element of inPhaseOrder(elements)) {
    if (element.elementClass.methods.includes("initialize")) element.call("initialize");
  }
  for (const element of inPhaseOrder(elements)) {
    if (!reportBadCalls(router, element)) return false;
    const messages = messagesWhile("initializing", element, router.options.diagnostics);
    element.activity?.initialized?.(messages);
    if (messages.errorCount > 0) return false;
  }
  return true;
}

/** Handler calls that the element may ask for must name handlers that exist, now that all do. @returns whether they do */
function reportBadCalls(router: Router, element: GuestElement): boolean {
  const heading = `While initializing '${element.name} :: ${element.className}':`;
  const messages = router.options.diagnostics.within(element.landmark, heading);
  for (const text of router.world.callsOf(element)) {
    const handler = router.findHandler(element, text.split(/\s/, 1)[0] ?? "", "write");
    if (typeof handler === "string") messages.error("", handler);
  }
  return messages.errorCount === 0;
}

function messagesWhile(doing: string, element: GuestElement, diagnostics: Diagnostics): Diagnostics {
  return diagnostics.within(element.landmark, () => `While ${doing} '${element.name} :: ${element.declaration}':`);
}

/** Gives the pool as many packet buffers as the elements may keep, and some to move. Buffers that are there already count. @returns whether they fit */
function providePackets(router: Router): boolean {
  let wanted = SPARE_PACKETS;
  for (const element of router.elements) {
    const { methods } = element.elementClass;
    if (methods.includes("longestPacket")) router.expectPacketLength(Number(element.call("longestPacket")));
    if (methods.includes("packetsHeld")) wanted += Number(element.call("packetsHeld"));
  }
  const { guest } = router.world;
  const present = guest.view.getUint32(router.kernelField("packets"), true);
  const stride = guest.view.getUint32(router.kernelField("bufferStride"), true);
  // Buffers of one guest are all alike; a longer packet in a swapped configuration does not fit, and is refused by its source.
  if (wanted <= present) return true;
  const size = present > 0 ? stride : bufferStride(router.packetLength);
  const { memoryPages, diagnostics } = router.options;
  const memory = Math.min(LARGEST_MEMORY, (memoryPages ?? Number.POSITIVE_INFINITY) * PAGE);
  if ((wanted - present) * size > memory - guest.bytes.length) {
    const place = memoryPages === undefined ? "a guest's memory" : `its memory of ${(memory / 2 ** 20).toFixed(1)} MiB`;
    diagnostics.error(
      "",
      `${wanted} packet buffers of ${size} bytes do not fit ${place}: lower the queues' capacities`,
    );
    return false;
  }
  guest.call("addPackets", wanted - present, size);
  return true;
}

const PAGE = 65536;
/** What 32-bit addresses reach, less room for the rest. */
const LARGEST_MEMORY = 2 ** 32 - 2 ** 26;

/** @returns the distance of packet buffers that have room for `length` data bytes */
function bufferStride(length: number): number {
  const lines = Math.ceil(Math.max(length + PACKET_OVERHEAD, BUFFER_STRIDE) / CACHE_LINE);
  return (lines | 1) * CACHE_LINE;
}
