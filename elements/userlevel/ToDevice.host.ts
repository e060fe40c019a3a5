/** ToDevice: its arguments, and the device at the other end of its ring. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { TransmitRing } from "../../src/machine/ring.ts";
import { configureDevice, ringMemory, startDevice } from "./deviceRing.host.ts";

export const hostHalf: HostHalf = {
  goesOn: true,

  configure(element, values) {
    const burst = Number(values.get("BURST") ?? 1);
    if (burst <= 0) element.error("bad BURST");
    else element.set("burst", burst);
    configureDevice(element, values, String(values.get("METHOD") ?? ""));
  },

  start(element, services) {
    let ring: TransmitRing | undefined;
    const connect = (): TransmitRing => {
      ring ??= new TransmitRing(ringMemory(element), Number(element.get("ring")));
      return ring;
    };
    const activity = startDevice(
      element,
      services,
      (opener, name) => opener.openForSending(name, connect, services.now),
      () => {
        if (element.get("waiting")) services.wakeTask();
      },
    );
    return {
      ...activity,
      restored() {
        ring = undefined;
        connect();
      },
      close() {
        activity.service?.();
        activity.close?.();
      },
    };
  },
};
