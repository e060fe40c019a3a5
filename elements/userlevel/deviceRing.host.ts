/** What FromDevice and ToDevice share: which device is meant, and the ring that connects it with the guest. */
import { captureDevices, DEVICES, type DeviceOpener, type PacketDevice } from "../../src/host/capture/devices.ts";
import { hostAccess } from "../../src/host/hostAccess.ts";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostActivity, HostedElement, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import type { RingMemory } from "../../src/machine/ring.ts";

/** The device that is meant when none is named: the first one. */
const FIRST_DEVICE = "0";
/** As Click has them where it has no libpcap. */
const METHODS = new Set(["LINUX", "PCAP"]);

const names = new WeakMap<HostedElement, string>();
const devices = new WeakMap<HostedElement, PacketDevice>();

/** Reads the arguments that both have. */
export function configureDevice(element: HostedElement, values: ArgumentValues, method: string): void {
  const name = values.get("DEVNAME") ?? values.get("DEVID") ?? FIRST_DEVICE;
  if (name === "") element.error("interface not set");
  if (method !== "" && !METHODS.has(method)) element.error("bad METHOD");
  names.set(element, String(name));
}

/** @returns the device of an element that was started */
export function deviceOf(element: HostedElement): PacketDevice | undefined {
  return devices.get(element);
}

/**
 * Opens the element's device, and serves it while the guest runs.
 * @param open  opens it for the direction that the element needs
 * @param hasNews  called when packets were moved
 */
export function startDevice(
  element: HostedElement,
  services: HostServices,
  open: (opener: DeviceOpener, name: string) => PacketDevice,
  hasNews: () => void,
): HostActivity {
  const name = names.get(element) ?? FIRST_DEVICE;
  const opener = element.shared<DeviceOpener>(DEVICES, () => captureDevices(hostAccess(element)));
  let device: PacketDevice;
  try {
    device = open(opener, name);
  } catch (error) {
    element.error(`${name}: ${systemErrorText(error)}`);
    return {};
  }
  devices.set(element, device);
  element.set("ring", element.call("attach", device.slots));
  const serve = device.serve?.bind(device);
  if (!serve) return { close: () => device.close() };
  return {
    service() {
      try {
        if (!serve()) return false;
      } catch (error) {
        services.printMessage(`${element.className}(${name}): ${systemErrorText(error)}\n`);
        return false;
      }
      hasNews();
      return true;
    },
    close: () => device.close(),
  };
}

/** The memory that the element's ring lies in, as it is at each use: it may grow. */
export function ringMemory(element: HostedElement): RingMemory {
  let buffer: ArrayBufferLike | undefined;
  let bytes = new Uint8Array(0);
  let view: DataView = new DataView(new ArrayBuffer(0));
  const refresh = (): void => {
    const current = element.memory(0, 0).buffer;
    if (current === buffer) return;
    buffer = current;
    bytes = new Uint8Array(current as ArrayBuffer); // a guest's memory is not shared between threads
    view = new DataView(current);
  };
  return {
    get bytes() {
      refresh();
      return bytes;
    },
    get view() {
      refresh();
      return view;
    },
  };
}
