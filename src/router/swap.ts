/**
 * Hot swap: puts another configuration in the place of a running one, on the live memory. Elements that have the same name, class and arguments
 * go on as they are; those with other arguments are made anew and take over what their class can; the rest is new, or goes. Until everything new is
 * configured and has what it needs outside, the running router is not touched: a configuration that fails changes nothing.
 */
import { configureElements, construct, DEFAULT_PHASE, initializeGuests, phaseOf, startHosts } from "./build.ts";
import type { GuestElement } from "./guestElement.ts";
import { usesTask } from "./handlers.ts";
import type { CheckedConfiguration } from "./load.ts";
import { type Placement, Router, type RouterOptions } from "./router.ts";
import { wirePorts } from "./wire.ts";

/** What a running router offers to put another in its place. */
export interface Swap {
  /** Takes over, between two slices of the guest, which must run with dynamic dispatch by then. @returns the router that now runs */
  readonly commit: () => Router;
}

/**
 * Makes all that is new in a configuration, beside the running router.
 * @param options  as for the old one; its diagnostics receive the faults
 * @returns what takes over, or undefined when a fault was reported: the old router goes on as if nothing had been
 */
export function prepareSwap(old: Router, checked: CheckedConfiguration, options: RouterOptions): Swap | undefined {
  const kept = keptElements(old, checked);
  const adoptions: (() => () => void)[] = [];
  const place = (placement: Placement, router: Router): GuestElement => {
    const element = kept.get(placement.name);
    if (!element) return construct(placement, router);
    adoptions.push(() => element.adopt(placement, router));
    return element;
  };
  const router = new Router(old.world, checked, options, place);
  router.expectPacketLength(old.packetLength);
  const fresh = router.elements.filter((element) => kept.get(element.name) !== element);
  const restore = adoptions.map((adopt) => adopt());
  const ready = configureElements(router, fresh) && startHosts(router, fresh);
  for (const giveBack of restore) giveBack();
  if (!ready) {
    for (const element of fresh) discard(router, element);
    router.world.guest.call("collectGarbage");
    return undefined;
  }
  return {
    commit: () => {
      for (const observation of old.observations) observation.stop();
      for (const adopt of adoptions) adopt();
      takeOver(old, router, fresh, new Set(kept.values()));
      return router;
    },
  };
}

/** The point of no return: from here on the new router is the running one. */
function takeOver(old: Router, router: Router, fresh: readonly GuestElement[], kept: ReadonlySet<GuestElement>): void {
  wirePorts(router);
  initializeGuests(router, fresh);
  for (const element of fresh) takeState(element, old.element(element.name));
  for (const element of old.elements) if (!kept.has(element)) discard(old, element);
  for (const element of kept) wakeListener(router, element);
  router.world.releaseAll(old.wiring);
  router.world.guest.call("collectGarbage");
}

/**
 * The old elements that go on: same name, class, arguments, and nothing on the host that a new start is expected of; and whatever they refer to goes
 * on, too.
 */
function keptElements(old: Router, { configuration }: CheckedConfiguration): Map<string, GuestElement> {
  const kept = new Map<string, GuestElement>();
  for (const { name, className, configuration: text } of configuration.elements) {
    const element = old.element(name);
    const same = element?.className === className && element.configuration === text;
    if (element && same && phaseOf(element) >= DEFAULT_PHASE && (!element.hostHalf?.start || element.hostHalf.goesOn))
      kept.set(name, element);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, element] of kept) {
      const orphaned = [...element.references].some((referred) => kept.get(referred.name) !== referred);
      if (orphaned) changed = kept.delete(name);
    }
  }
  return kept;
}

function takeState(element: GuestElement, from: GuestElement | undefined): void {
  if (!from || from.className !== element.className || from === element) return;
  if (element.elementClass.methods.includes("takeState")) element.call("takeState", from.address);
}

/** Takes an element out of the guest. */
function discard(router: Router, element: GuestElement): void {
  const { guest } = router.world;
  element.activity?.close?.();
  if (element.elementClass.methods.includes("cleanup")) element.call("cleanup");
  for (const [name, { type }] of Object.entries(element.elementClass.fields)) {
    if (type === "Task") guest.call("retireTask", Number(element.get(name)));
    else if (type === "Timer") guest.call("retireTimer", Number(element.get(name)));
  }
  router.world.releaseAll(element);
  guest.call("forget", element.address);
}

/** What it listens to may have changed while it slept: it looks once. */
function wakeListener(router: Router, element: GuestElement): void {
  const { fields, listens } = element.elementClass;
  if (listens.length === 0 || !usesTask(element)) return;
  if (fields.active && Number(element.get("active")) === 0) return;
  router.world.guest.call("wakeTask", Number(element.get("task")));
}
