/** Guests for the benchmarks of the fabric: linked, on the schedule, their interfaces ports that can be connected. */
import { Fabric, type FabricGuest } from "../../src/fabric/fabric.ts";
import type { Port } from "../../src/fabric/port.ts";
import { DEVICES, type DeviceOpener } from "../../src/host/capture/devices.ts";
import { Loop } from "../../src/hypervisor/loop.ts";
import { RING_SLOTS, Vif } from "../../src/hypervisor/vif.ts";
import { linkModule } from "../../src/image/linkedModule.ts";
import { decodeModule } from "../../src/image/wasm/decode.ts";
import { loadLibrary } from "../../src/library/library.ts";
import type { Driver } from "../../src/router/driver.ts";
import { describeForLinking } from "../../src/router/linkDescription.ts";
import { epochTime } from "../../src/router/realTime.ts";
import { openGuest } from "../openGuest.ts";

export interface BenchGuest {
  readonly fabricGuest: FabricGuest;
  /** Its interfaces, in the order in which elements opened them. */
  readonly ports: readonly Port[];
}

/** A fabric, and guests on it that run linked code: one module for all guests of the same configuration. */
export class GuestBench {
  readonly fabric = new Fabric(epochTime());
  readonly #library = loadLibrary();
  readonly #body = decodeModule(this.#library.body());
  readonly #linked = new Map<string, WebAssembly.Module>();

  /** Boots a guest that is not on the schedule yet. @throws Error when the configuration has a fault */
  boot(configuration: string): BenchGuest {
    const vifs = new Map<string, Vif>();
    const vifNamed = (name: string): Vif => {
      const vif = vifs.get(name) ?? new Vif(this.fabric, { index: vifs.size, name, mac: "" }, RING_SLOTS);
      vifs.set(name, vif);
      return vif;
    };
    const opener: DeviceOpener = {
      openForReceiving: (name, connect) => vifNamed(name).open(true, connect),
      openForSending: (name, connect) => vifNamed(name).open(false, connect),
    };
    const driver = openGuest(this.#library, configuration, new Map([[DEVICES, opener]]));
    const { guest } = driver.router.world;
    guest.replaceCode(this.#link(configuration, driver));
    const functions = { run: guest.exported("run"), nextExpiry: guest.exported("nextExpiry") };
    const fabricGuest = this.fabric.addGuest(guest.memory, functions);
    for (const vif of vifs.values()) vif.connect(fabricGuest);
    return { fabricGuest, ports: [...vifs.values()].map(({ port }) => port) };
  }

  #link(configuration: string, { router }: Driver): WebAssembly.Module {
    const linked =
      this.#linked.get(configuration) ?? new WebAssembly.Module(linkModule(this.#body, describeForLinking(router)));
    this.#linked.set(configuration, linked);
    return linked;
  }

  /** Puts a guest on the schedule. */
  start({ fabricGuest, ports }: BenchGuest): void {
    for (const port of ports) port.isUp = true;
    this.fabric.plane.setRunnable(fabricGuest.address, true);
  }

  /** Lets everything run as a hypervisor with busy polling does, while the event loop turns. A guest that fails ends the benchmark. */
  run(): void {
    const callbacks = {
      onWanting: () => undefined,
      onFault: (_guest: FabricGuest, error: unknown) => {
        throw error;
      },
      attend: () => Number.POSITIVE_INFINITY,
    };
    new Loop(this.fabric, callbacks, { busyPolling: true });
    this.fabric.onDevices();
  }
}
