/** A switch as the standards tell it (IEEE 802.1D §7, 802.1Q §6.9), frame by frame: what the fabric's is held against. */

import type { TestFrame } from "./frames.fixture.ts";
import type { PortVlans } from "./port.ts";

export interface NaivePort {
  readonly vlans: PortVlans | undefined;
  readonly out: TestFrame[];
  taken: number;
  refused: number;
}

interface Learned {
  port: number;
  second: number;
}

const DEFAULT_VLAN = 1;

export class NaiveSwitch {
  readonly ports: readonly NaivePort[];
  readonly #ageing: number;
  readonly #aware: boolean;
  readonly #learned = new Map<string, Learned>();

  constructor(vlans: readonly (PortVlans | undefined)[], ageing: number) {
    this.#aware = vlans.some((each) => each !== undefined);
    this.ports = vlans.map((each) => ({ vlans: each, out: [], taken: 0, refused: 0 }));
    this.#ageing = ageing;
  }

  /** @param second  the present */
  accept(number: number, frame: TestFrame, second: number): void {
    const port = this.ports[number];
    if (!port) return;
    port.taken++;
    const vlan = this.#aware ? ingress(vlansOf(port), frame) : 0;
    if (vlan === undefined) {
      port.refused++;
      return;
    }
    if (!isGroup(frame.from)) this.#learned.set(`${vlan} ${frame.from}`, { port: number, second });
    const known = isGroup(frame.to) ? undefined : this.#learned.get(`${vlan} ${frame.to}`);
    if (known && second - known.second <= this.#ageing) {
      if (known.port !== number) this.#emit(known.port, frame, vlan);
      return;
    }
    for (const [other, { vlans }] of this.ports.entries())
      if (other !== number && (!this.#aware || carries(vlans ?? { vlan: DEFAULT_VLAN }, vlan)))
        this.#emit(other, frame, vlan);
  }

  #emit(number: number, frame: TestFrame, vlan: number): void {
    const port = this.ports[number];
    port?.out.push(this.#aware ? egress(vlansOf(port), frame, vlan) : frame);
  }
}

function vlansOf({ vlans }: NaivePort): PortVlans {
  return vlans ?? { vlan: DEFAULT_VLAN };
}

function isGroup(address: string): boolean {
  return (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;
}

function carries({ vlan, trunk = [] }: PortVlans, wanted: number): boolean {
  return vlan === wanted || trunk.includes(wanted);
}

/** The VLAN of a frame; undefined = the port refuses it. */
function ingress(vlans: PortVlans, { tag }: TestFrame): number | undefined {
  const vlan = tag && tag.vlan !== 0 ? tag.vlan : vlans.vlan;
  return vlan !== undefined && carries(vlans, vlan) ? vlan : undefined;
}

/** A frame as it leaves: without tag in the port's own VLAN, tagged in others. */
function egress(vlans: PortVlans, frame: TestFrame, vlan: number): TestFrame {
  if (vlans.vlan === vlan) return { ...frame, tag: undefined };
  return { ...frame, tag: { vlan, priority: frame.tag?.priority ?? 0 } };
}
