/** Devices of a configuration that becomes an image: what they are is decided where the image runs, so any name will do. */
import type { DeviceOpener, PacketDevice, RingEnd } from "../host/capture/devices.ts";
import { ETHERNET } from "../host/capture/linkTypes.ts";

/** Slots of each ring: as many as interfaces of domains have (src/hypervisor/vif.ts). */
const SLOTS = 64;

export interface RecordedDevice {
  /** As the configuration has it. */
  readonly name: string;
  /** Whether the guest receives from it. */
  readonly receives: boolean;
  /** Gives the ring, once the guest has it. */
  readonly ring: () => RingEnd;
}

export class RecordedDevices implements DeviceOpener {
  readonly opened: RecordedDevice[] = [];

  openForReceiving(name: string, ring: () => RingEnd): PacketDevice {
    return this.#record({ name, receives: true, ring });
  }

  openForSending(name: string, ring: () => RingEnd): PacketDevice {
    return this.#record({ name, receives: false, ring });
  }

  #record(device: RecordedDevice): PacketDevice {
    this.opened.push(device);
    return { linkType: ETHERNET, slots: SLOTS, close: () => undefined };
  }
}
