/** A conversation: what some hosts send each other through the router, in order. */

import { type Address, ETHERTYPE, etherFrame, type IpOptions, ipPacket } from "./headers.ts";
import type { Host, Network } from "./hosts.ts";
import type { Random } from "./random.ts";

/** What a packet belongs to. */
export type Kind = "tcp" | "dns" | "ping" | "icmp error" | "arp" | "fragment" | "malformed";

/** A frame that reaches the router. */
export interface Step {
  /** Nanoseconds since the step before it. */
  readonly gap: number;
  readonly port: number;
  readonly kind: Kind;
  readonly frame: Uint8Array;
}

export type Conversation = Iterator<Step>;

/** The world in which conversations happen. */
export interface Scene {
  readonly random: Random;
  readonly networks: readonly [Network, ...Network[]];
}

/** IP version of a conversation. */
export type Version = 4 | 6;

/** One direction between two hosts. */
export interface Path {
  readonly from: Host;
  readonly to: Host;
  readonly version: Version;
}

/** Two hosts on different networks, if there is more than one. */
export function pickPath({ random, networks }: Scene, version: Version): Path {
  const near = random.pick(networks);
  const others = networks.filter((network) => network !== near);
  const [first = near, ...more] = others;
  const far = random.pick([first, ...more]);
  return { from: pickHostOf(near, random), to: pickHostOf(far, random), version };
}

function pickHostOf(network: Network, random: Random): Host {
  // A few hosts have most of the traffic.
  return network.hosts[random.below(random.between(1, network.hosts.length))] ?? network.hosts[0];
}

export function reversed({ from, to, version }: Path): Path {
  return { from: to, to: from, version };
}

export function addressOf(host: Host, version: Version): Address {
  return version === 4 ? host.ip4 : host.ip6;
}

export function routeOf({ from, to, version }: Path): { readonly source: Address; readonly destination: Address } {
  return { source: addressOf(from, version), destination: addressOf(to, version) };
}

/** What systems set the time to live to. */
const INITIAL_TTLS = [64, 64, 128, 255] as const;

/** What a host puts into the IP headers of a conversation. */
export class IpSender {
  readonly #path: Path;
  readonly #scene: Scene;
  readonly #ttl: number;
  #id: number;

  constructor(path: Path, scene: Scene) {
    this.#path = path;
    this.#scene = scene;
    this.#ttl = scene.random.pick(INITIAL_TTLS) - scene.random.below(8);
    this.#id = scene.random.below(0x10000);
  }

  get path(): Path {
    return this.#path;
  }

  /** A packet, without its frame. */
  packet(protocol: number, payload: Uint8Array, overrides: Partial<IpOptions> = {}): Uint8Array {
    this.#id = (this.#id + 1) & 0xffff;
    return ipPacket({ ...routeOf(this.#path), protocol, ttl: this.#ttl, id: this.#id, ...overrides }, payload);
  }

  /** A packet in a frame for the router. */
  frame(protocol: number, payload: Uint8Array, overrides: Partial<IpOptions> = {}): Uint8Array {
    return this.wrap(this.packet(protocol, payload, overrides));
  }

  /** Puts an IP packet into a frame for the router. */
  wrap(packet: Uint8Array): Uint8Array {
    const { from, version } = this.#path;
    return etherFrame(gatewayOf(from, this.#scene), from.mac, version === 4 ? ETHERTYPE.ip4 : ETHERTYPE.ip6, packet);
  }
}

export function gatewayOf(host: Host, { networks }: Scene): Uint8Array {
  return (networks[host.port] ?? networks[0]).routerMac;
}
