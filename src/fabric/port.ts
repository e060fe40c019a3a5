/** Ports of switches and wires: who is connected, within which limits, and what passed. */
import type { Fabric, FabricGuest } from "./fabric.ts";
import type { Segment } from "./segment.ts";

/** Who takes frames at a port, as in plane/state.ts. */
export const OWNER_GUEST = 1;
export const OWNER_DEVICE = 2;
export const OWNER_DEVICE_OFFLOADS = 3;

/** Reasons of loss in the order of the plane's counters (plane/state.ts). */
export const LOSSES = [
  "not connected",
  "ring full",
  "faulty",
  "VLAN not allowed",
  "flood limit",
  "rate limit",
  "receiver down",
  "too long",
  "bad offload",
  "device busy",
  "no buffer",
] as const;

/** Where they stand behind the port's counters, and how large each is. */
const COUNTER = 8;
const LOSS_COUNTERS = 4;

const VLAN_IGNORED = 0;
const VLAN_ACCESS = 1;
const VLAN_TRUNK = 2;
const VLAN_BYTES = 512;

/** Packets and bytes one way, and what was lost, by reason. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
  readonly drops: Readonly<Record<string, number>>;
}

/** VLANs of a port: one without tags, or several with theirs. */
export interface PortVlans {
  /** Of frames without tag; absent on a trunk = none are taken. */
  readonly vlan?: number | undefined;
  readonly trunk?: readonly number[] | undefined;
}

/** Packets a second; the plane keeps the state of each. */
export class RateLimit {
  readonly address: number;
  readonly #fabric: Fabric;

  /** @param rate  packets a second */
  constructor(fabric: Fabric, rate: number) {
    this.#fabric = fabric;
    this.address = fabric.allocate(fabric.plane.limitBytes());
    const interval = Math.max(Math.round(1e9 / rate), 1);
    // A hundredth of a second's packets may come at once, 16 at least: senders come in bursts.
    fabric.plane.makeLimit(this.address, BigInt(interval), BigInt(Math.max(interval * 16, 10_000_000)));
  }

  release(): void {
    this.#fabric.release(this.address, this.#fabric.plane.limitBytes());
  }
}

/** A ring of a guest that is connected to a port. */
export interface Lane {
  readonly address: number;
  readonly receives: boolean;
  readonly guest: FabricGuest;
}

/** Whoever looks at a port; it is closed with the port. */
export interface PortTap {
  /** Of the plane's structure. */
  readonly address: number;
  close(): void;
}

export class Port {
  readonly fabric: Fabric;
  readonly address: number;
  readonly number: number;
  readonly owner: number;
  segment: Segment | undefined;
  readonly lanes = new Set<Lane>();
  readonly #onRemove: () => void;
  readonly #limits = new Map<"in" | "out" | "storm", RateLimit>();
  #shared: { readonly in: RateLimit; readonly out: RateLimit } | undefined;
  #tap: PortTap | undefined;
  #allowedVlans = 0;

  constructor(fabric: Fabric, number: number, owner: number, onRemove: () => void = () => undefined) {
    this.fabric = fabric;
    this.number = number;
    this.owner = owner;
    this.#onRemove = onRemove;
    this.address = fabric.allocate(fabric.plane.portBytes());
    fabric.plane.makePort(this.address, number, owner);
  }

  /** Whether frames are delivered: a guest that does not run, and a device without link, get none. */
  set isUp(up: boolean) {
    this.fabric.plane.setUp(this.address, up);
  }

  /** undefined = tags are not looked at. */
  setVlans(vlans: PortVlans | undefined): void {
    const { plane } = this.fabric;
    if (vlans?.trunk) {
      if (this.#allowedVlans === 0) this.#allowedVlans = this.fabric.allocate(VLAN_BYTES);
      const bits = new Uint8Array(this.fabric.view.buffer, this.#allowedVlans, VLAN_BYTES).fill(0);
      for (const vlan of vlans.trunk) bits[vlan >> 3] = (bits[vlan >> 3] ?? 0) | (1 << (vlan & 7));
      plane.setVlan(this.address, VLAN_TRUNK, vlans.vlan ?? 0, this.#allowedVlans);
      return;
    }
    plane.setVlan(this.address, vlans ? VLAN_ACCESS : VLAN_IGNORED, vlans?.vlan ?? 0, 0);
    if (this.#allowedVlans !== 0) this.fabric.release(this.#allowedVlans, VLAN_BYTES);
    this.#allowedVlans = 0;
  }

  /** @param shared  limits that other ports have part in */
  setLimits(rate: number | undefined, shared: { readonly in: RateLimit; readonly out: RateLimit } | undefined): void {
    this.#replaceLimit("in", rate);
    this.#replaceLimit("out", rate);
    this.#shared = shared;
    this.#applyLimits();
  }

  /** @param rate  flooded packets a second that come in here */
  setStormLimit(rate: number | undefined): void {
    this.#replaceLimit("storm", rate);
    this.#applyLimits();
  }

  #replaceLimit(which: "in" | "out" | "storm", rate: number | undefined): void {
    this.#limits.get(which)?.release();
    this.#limits.delete(which);
    if (rate !== undefined) this.#limits.set(which, new RateLimit(this.fabric, rate));
  }

  #applyLimits(): void {
    const address = (which: "in" | "out" | "storm"): number => this.#limits.get(which)?.address ?? 0;
    const shared = this.#shared;
    const [sharedIn, sharedOut] = [shared?.in.address ?? 0, shared?.out.address ?? 0];
    this.fabric.plane.setLimits(this.address, address("in"), address("out"), sharedIn, sharedOut, address("storm"));
    this.segment?.rewire();
  }

  /** Whether every frame must be looked at: no short cut from guest to guest. */
  get needsSwitch(): boolean {
    return this.#limits.size > 0 || this.#shared !== undefined || this.isTapped;
  }

  get isTapped(): boolean {
    return this.#tap !== undefined;
  }

  /** @param tap  who gets copies of the port's frames; undefined = nobody */
  setTap(tap: PortTap | undefined): void {
    this.#tap = tap;
    this.fabric.plane.setTap(this.address, tap?.address ?? 0);
    this.segment?.rewire();
  }

  /**
   * Connects a ring of a guest.
   * @param ring  as the guest's memory has it now: where it starts is believed, nothing later
   */
  addLane(
    guest: FabricGuest,
    receives: boolean,
    ring: { readonly address: number; readonly slots: number; readonly capacity: number; readonly index: number },
  ): Lane {
    const { plane } = this.fabric;
    const address = this.fabric.allocate(plane.laneBytes());
    plane.makeLane(address, this.address, guest.address, ring.address, ring.slots, ring.capacity, ring.index);
    const lane = { address, receives, guest };
    this.lanes.add(lane);
    if (receives) plane.addReceivingLane(address);
    else plane.addSendingLane(address);
    this.segment?.rewire();
    return lane;
  }

  removeLane(lane: Lane): void {
    if (!this.lanes.delete(lane)) return;
    const { plane } = this.fabric;
    this.segment?.rewire();
    if (lane.receives) plane.removeReceivingLane(lane.address);
    else plane.removeSendingLane(lane.address);
    this.fabric.release(lane.address, plane.laneBytes());
  }

  /** What came in at the port, as the switch sees it, and what it lost of that and of what was to go out. */
  get traffic(): { readonly in: Traffic; readonly out: Traffic } {
    const at = this.fabric.plane.portCounters(this.address);
    const read = (place: number): number => Number(this.fabric.view.getBigUint64(at + place * COUNTER, true));
    const [inDrops, outDrops]: [Record<string, number>, Record<string, number>] = [{}, {}];
    for (const [reason, name] of LOSSES.entries()) {
      const count = read(LOSS_COUNTERS + reason);
      if (count > 0) (OUTWARD.has(name) ? outDrops : inDrops)[name] = count;
    }
    return {
      in: { packets: read(0), bytes: read(1), drops: inDrops },
      out: { packets: read(2), bytes: read(3), drops: outDrops },
    };
  }

  /** Disconnects it and gives everything back. */
  remove(): void {
    this.fabric.plane.settle();
    this.#tap?.close();
    this.segment?.disconnect(this);
    for (const lane of [...this.lanes]) this.removeLane(lane);
    this.setLimits(undefined, undefined);
    this.setStormLimit(undefined);
    this.setVlans(undefined);
    this.fabric.release(this.address, this.fabric.plane.portBytes());
    this.#onRemove();
  }
}

/** Losses on the way out of the switch. */
const OUTWARD: ReadonlySet<string> = new Set([
  "ring full",
  "receiver down",
  "too long",
  "bad offload",
  "device busy",
  "no buffer",
]);
