/** What the router offers to elements that are active on the host. */
import type { HostServices } from "../library/hostHalf.ts";
import { GuestStream, streamLayout } from "../machine/stream.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";

export function hostServices(router: Router, element: GuestElement): HostServices {
  const { guest, library } = router.world;
  return {
    now: () => element.router.now(),
    print: router.options.print,
    printMessage: router.options.printMessage,
    runCount: () => element.router.runCount,
    adjustRunCount: (delta) => {
      element.router.runCount += delta;
    },
    makeStream: (field, size) => {
      const address = Number(guest.call("makeStream", size)) >>> 0;
      element.set(field, address);
      return new GuestStream(guest, streamLayout(library.catalogue), address);
    },
    noteActivity: () => element.router.noteActivity(),
    awaitEvents: () => element.router.onAwaitEvents(),
    wakeTask: () => {
      guest.call("wakeTask", Number(element.get("task")));
    },
    findHandler: (name, access) => element.router.findHandler(element, name, access),
    diagnostics: router.options.diagnostics,
    context: element.context,
  };
}
