/** FromDevice: its arguments, and the device at the other end of its ring. */
import { formatLinkType, parseLinkType } from "../../src/host/capture/linkTypes.ts";
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { ReceiveRing } from "../../src/machine/ring.ts";
import { configureDevice, deviceOf, ringMemory, startDevice } from "./deviceRing.host.ts";

const DEFAULT_SNAP_LENGTH = 2046;
const SHORTEST_SNAP = 14;
const LONGEST_SNAP = 65535;
const LARGEST_HEADROOM = 8190;
/** Stands in the guest's field until the device says what it has. */
const UNKNOWN_LINK_TYPE = 0xffff_ffff;

export const hostHalf: HostHalf = {
  goesOn: true,

  configure(element, values) {
    const snapLength = Number(values.get("SNAPLEN") ?? DEFAULT_SNAP_LENGTH);
    const burst = Number(values.get("BURST") ?? 1);
    const encapsulation = values.get("ENCAP");
    const linkType = encapsulation === undefined ? undefined : parseLinkType(String(encapsulation));
    if (snapLength < SHORTEST_SNAP || snapLength > LONGEST_SNAP) element.error("SNAPLEN out of range");
    else if (Number(values.get("HEADROOM") ?? 0) > LARGEST_HEADROOM) element.error("HEADROOM out of range");
    else if (burst <= 0) element.error("BURST out of range");
    else if (encapsulation !== undefined && linkType === undefined) element.error("bad encapsulation type");
    else {
      if (values.has("BPF_FILTER")) element.warning("not using METHOD PCAP, BPF filter ignored");
      configureDevice(element, values, String(values.get("METHOD") ?? values.get("CAPTURE") ?? ""));
      element.set("snapLength", snapLength);
      element.set("burst", burst);
      element.set("linkType", linkType ?? UNKNOWN_LINK_TYPE);
      element.expectPacketLength(snapLength);
    }
  },

  start(element, services) {
    let ring: ReceiveRing | undefined;
    const connect = (): ReceiveRing => {
      ring ??= new ReceiveRing(ringMemory(element), Number(element.get("ring")));
      return ring;
    };
    const activity = startDevice(
      element,
      services,
      (opener, name) => opener.openForReceiving(name, connect, services.now),
      () => {
        services.wakeTask();
        services.noteActivity();
      },
    );
    const device = deviceOf(element);
    if (device && element.get("linkType") === UNKNOWN_LINK_TYPE) element.set("linkType", device.linkType);
    return {
      ...activity,
      restored() {
        ring = undefined;
        connect();
      },
    };
  },

  handlers: {
    kernel_drops: {
      flags: "r",
      documentation: "Packets that came and found no room; `??` when the device does not know.",
      read: (element) => String(deviceOf(element)?.drops ?? "??"),
    },
    encap: {
      flags: "r",
      documentation: "What the packets start with, as ToDump's ENCAP takes it.",
      read: (element) => formatLinkType(Number(element.get("linkType"))),
    },
  },
};
