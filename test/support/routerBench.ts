/** A router on the bench: simulated time, packets given to and taken from its devices by name, handlers by name, swaps, linked code. */
import assert from "node:assert/strict";
import { DEVICES, type DeviceOpener, type PacketInlet, type PacketOutlet } from "../../src/host/capture/devices.ts";
import { ETHERNET } from "../../src/host/capture/linkTypes.ts";
import { RUN_PENDING } from "../../src/library/guestAbi.ts";
import { loadLibrary } from "../../src/library/library.ts";
import type { Driver } from "../../src/router/driver.ts";
import { type OpenOptions, openRouter, replaceConfiguration } from "../../src/router/open.ts";
import { ETHERTYPE, etherFrame, ipPacket, PROTOCOL, udpDatagram } from "../../src/traffic/headers.ts";

const library = loadLibrary();
const MILLISECOND = 1_000_000n;
const SLOTS = 64;

/** Devices that are queues in JavaScript. */
class Queues implements DeviceOpener {
  moved = 0;
  readonly arriving = new Map<string, Uint8Array[]>();
  readonly sent = new Map<string, string[]>();

  openForReceiving(name: string, connect: () => PacketInlet) {
    const waiting: Uint8Array[] = [];
    this.arriving.set(name, waiting);
    return {
      linkType: ETHERNET,
      slots: SLOTS,
      serve: () => {
        const before = this.moved;
        for (; waiting[0] && connect().write(waiting[0]); this.moved++) waiting.shift();
        return this.moved > before;
      },
      close: () => undefined,
    };
  }

  openForSending(name: string, connect: () => PacketOutlet) {
    const sent: string[] = [];
    this.sent.set(name, sent);
    return {
      linkType: ETHERNET,
      slots: SLOTS,
      serve: () => {
        const taken = connect().read((packet) => sent.push(Buffer.from(packet).toString("hex")) > 0);
        this.moved += taken;
        return taken > 0;
      },
      close: () => undefined,
    };
  }
}

export class RouterBench {
  readonly driver: Driver;
  readonly printed: string[] = [];
  readonly #queues = new Queues();
  readonly #options: OpenOptions;

  constructor(configuration: string, more: Partial<OpenOptions> = {}) {
    this.#options = {
      library,
      parameters: new Map(),
      clickPath: undefined,
      simulatedStart: 0n,
      seed: 1n,
      print: () => undefined,
      printMessage: (text) => this.printed.push(text),
      allowReconfigure: true,
      shared: new Map([[DEVICES, this.#queues]]),
      ...more,
    };
    const driver = openRouter({ text: Buffer.from(configuration), file: "bench" }, this.#options);
    assert.ok(driver, this.printed.join(""));
    this.driver = driver;
  }

  /** Lets packets arrive at a device, and the guest work for some simulated time. */
  run(milliseconds: number, device?: string, packets: readonly Uint8Array[] = []): void {
    const { driver } = this;
    if (device !== undefined) this.#queues.arriving.get(device)?.push(...packets);
    const end = driver.router.kernelTime + BigInt(milliseconds) * MILLISECOND;
    driver.flush();
    while (driver.router.kernelTime < end) {
      const { router } = driver;
      const { guest } = router.world;
      const { moved } = this.#queues;
      const isPending = (Number(guest.call("run", router.kernelTime, 64)) & RUN_PENDING) !== 0;
      driver.flush();
      if (isPending || this.#queues.moved > moved) continue;
      const next = BigInt.asUintN(64, BigInt(guest.call("nextExpiry")));
      if (next > router.kernelTime) router.kernelTime = next < end ? next : end;
    }
  }

  /** Takes what a device has sent, in hexadecimal. */
  sent(device: string): string[] {
    return this.#queues.sent.get(device)?.splice(0) ?? [];
  }

  read(handler: string, parameter = ""): string {
    const found = this.driver.router.findHandler(undefined, handler, "read");
    assert.ok(typeof found !== "string", String(found));
    return found.read(parameter);
  }

  write(handler: string, value: string): void {
    const found = this.driver.router.findHandler(undefined, handler, "write");
    assert.ok(typeof found !== "string", String(found));
    found.write(value);
  }

  swap(configuration: string): void {
    replaceConfiguration(this.driver, configuration, this.#options);
    this.driver.attend();
  }
}

/** A frame with a datagram between hosts of 10.0.0.0/24. */
export function datagramFrame(from: number, to: number, sourcePort = 1000, destinationPort = 53): Uint8Array {
  const route = { source: Uint8Array.of(10, 0, 0, from), destination: Uint8Array.of(10, 0, 0, to) };
  const datagram = udpDatagram(route, sourcePort, destinationPort, Uint8Array.of(1, 2, 3));
  const packet = ipPacket({ ...route, protocol: PROTOCOL.udp, ttl: 64, id: sourcePort }, datagram);
  return etherFrame(new Uint8Array(6), new Uint8Array(6), ETHERTYPE.ip4, packet);
}
