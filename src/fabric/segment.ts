/** Switches and wires: ports that reach each other. */
import type { Fabric } from "./fabric.ts";
import { type Lane, OWNER_GUEST, type Port, type PortVlans } from "./port.ts";

/** IEEE 802.1D §7.9.2: the recommended ageing time, in seconds. */
export const DEFAULT_AGEING = 300;
/** What ports without VLANs of their own belong to in a switch that has some, as in Linux. */
const DEFAULT_VLAN = 1;

/** A learned address as it lies in the plane's table: key u64, port u32, second u32. */
const ADDRESS_PORT = 8;
const ADDRESS_HEARD = 12;

export class Segment {
  readonly fabric: Fabric;
  readonly kind: "switch" | "wire";
  readonly address: number;
  readonly ports = new Map<Port, PortVlans | undefined>();
  /** Ports with VLANs of their own, and whether the plane looks at tags here. */
  #withVlans = 0;
  #aware = false;
  #shortcuts: { readonly lane: Lane; readonly place: number }[] = [];

  constructor(fabric: Fabric, kind: "switch" | "wire", number: number) {
    this.fabric = fabric;
    this.kind = kind;
    this.address = fabric.allocate(fabric.plane.segmentBytes());
    fabric.plane.makeSegment(this.address, kind === "wire", number, DEFAULT_AGEING);
  }

  /** Seconds after which a silent address is forgotten. */
  set ageing(seconds: number) {
    this.fabric.plane.setAgeing(this.address, seconds);
  }

  /** @throws Error when a wire has two ends already */
  connect(port: Port, vlans?: PortVlans): void {
    if (this.kind === "wire" && this.ports.size === 2) throw new Error("a wire has two ends, and both are taken");
    this.fabric.plane.connect(port.address, this.address);
    port.segment = this;
    this.ports.set(port, vlans);
    if (vlans) this.#withVlans++;
    this.#arrangeVlans(port);
    this.rewire();
  }

  disconnect(port: Port): void {
    if (!this.ports.has(port)) return;
    this.fabric.plane.settle();
    if (this.ports.get(port)) this.#withVlans--;
    this.ports.delete(port);
    this.#cutShortcuts();
    this.fabric.plane.disconnect(port.address);
    port.segment = undefined;
    this.#arrangeVlans(port);
    this.rewire();
  }

  /** As soon as one port has VLANs, all have. */
  #arrangeVlans(changed: Port): void {
    const aware = this.#withVlans > 0;
    const ports = aware === this.#aware ? [changed] : this.ports.keys();
    this.#aware = aware;
    this.fabric.plane.setVlanAware(this.address, aware);
    for (const port of ports) {
      if (this.ports.has(port)) port.setVlans(aware ? (this.ports.get(port) ?? { vlan: DEFAULT_VLAN }) : undefined);
    }
  }

  /** Lays short cuts from ring to ring between two guests at the ends of a wire, where nobody has to look at the frames. */
  rewire(): void {
    this.#cutShortcuts();
    if (this.kind !== "wire") return;
    const [a, b] = [...this.ports.keys()];
    if (!a || !b || [a, b].some((port) => port.owner !== OWNER_GUEST || port.needsSwitch)) return;
    this.#shortcut(a, b);
    this.#shortcut(b, a);
  }

  #shortcut(from: Port, to: Port): void {
    const receivers = [...to.lanes].filter((lane) => lane.receives);
    const [receiver] = receivers;
    if (!receiver || receivers.length > 1) return;
    for (const lane of from.lanes) {
      if (lane.receives) continue;
      const place = this.fabric.placeWire(lane.guest.memory, receiver.guest.memory);
      this.fabric.plane.setWire(lane.address, receiver.address, place);
      this.#shortcuts.push({ lane, place });
    }
  }

  #cutShortcuts(): void {
    for (const { lane, place } of this.#shortcuts) {
      this.fabric.plane.setWire(lane.address, 0, 0);
      this.fabric.dropWire(place);
    }
    this.#shortcuts = [];
  }

  /** Gives everything back. All ports must be gone. */
  remove(): void {
    this.fabric.release(this.address, this.fabric.plane.segmentBytes());
  }
}

/** Where an address was heard. */
export interface LearnedAddress {
  readonly mac: string;
  readonly vlan: number;
  readonly port: Port;
  /** Seconds since it was heard. */
  readonly age: number;
}

/**
 * The addresses that a switch knows.
 * @param table  where they lie in the plane, and how many places there are
 * @param second  the present, seconds since 1970
 */
export function learnedAddresses(
  { ports }: Segment,
  view: DataView,
  table: { readonly address: number; readonly places: number; readonly bytes: number },
  second: number,
): LearnedAddress[] {
  const byAddress = new Map([...ports.keys()].map((port) => [port.address, port]));
  const found: LearnedAddress[] = [];
  for (let place = 0; place < table.places; place++) {
    const at = table.address + place * table.bytes;
    const port = byAddress.get(view.getUint32(at + ADDRESS_PORT, true));
    if (!port) continue;
    const mac = Array.from({ length: 6 }, (_, byte) =>
      view
        .getUint8(at + byte)
        .toString(16)
        .padStart(2, "0"),
    );
    found.push({
      mac: mac.join(":"),
      vlan: view.getUint16(at + 6, true),
      port,
      age: Math.max(second - view.getUint32(at + ADDRESS_HEARD, true), 0),
    });
  }
  return found;
}
