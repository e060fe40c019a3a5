/** Makes the traffic that a router between some networks would see: many conversations at once, in a realistic mix. */

import type { Conversation, Kind, Scene, Step } from "./conversation.ts";
import { buildNetwork, type Network, type Side } from "./hosts.ts";
import { malformedPacket } from "./malformed.ts";
import { Random } from "./random.ts";
import { addressResolution, dnsLookup, fragmentedDatagram, ping, refusedDatagram } from "./smallTalk.ts";
import { tcpSession } from "./tcpSession.ts";

/** How often each kind of conversation begins, in relation to the others. */
export interface Mix {
  readonly tcp: number;
  readonly dns: number;
  readonly ping: number;
  readonly tcp6: number;
  readonly dns6: number;
  readonly ping6: number;
  readonly icmpError: number;
  readonly arp: number;
  readonly fragments: number;
  readonly malformed: number;
}

/** A mix as on an access network: most packets are TCP, most conversations are small. */
export const DEFAULT_MIX: Mix = {
  tcp: 40,
  dns: 25,
  ping: 5,
  tcp6: 6,
  dns6: 4,
  ping6: 2,
  icmpError: 3,
  arp: 6,
  fragments: 4,
  malformed: 5,
};

const STARTERS: Readonly<Record<keyof Mix, (scene: Scene) => Conversation>> = {
  tcp: (scene) => tcpSession(scene, 4),
  dns: (scene) => dnsLookup(scene, 4),
  ping: (scene) => ping(scene, 4),
  tcp6: (scene) => tcpSession(scene, 6),
  dns6: (scene) => dnsLookup(scene, 6),
  ping6: (scene) => ping(scene, 6),
  icmpError: refusedDatagram,
  arp: addressResolution,
  fragments: fragmentedDatagram,
  malformed: malformedPacket,
};

/** The networks of the demo: clients at port 0, servers at port 1. */
export const DEFAULT_SIDES: readonly [Side, ...Side[]] = [
  {
    network: "10.0.0.0/24",
    network6: "2001:db8:0:1::/64",
    routerAddress: "10.0.0.1",
    routerMac: "02:00:00:00:00:01",
    hosts: 60,
  },
  {
    network: "192.0.2.0/24",
    network6: "2001:db8:0:2::/64",
    routerAddress: "192.0.2.1",
    routerMac: "02:00:00:00:00:02",
    hosts: 20,
  },
];

export interface TrafficOptions {
  /** The same seed gives the same packets. */
  readonly seed: number;
  readonly packets: number;
  /** One network for each port of the router. */
  readonly sides?: readonly [Side, ...Side[]];
  readonly mix?: Partial<Mix>;
  /** Time of the beginning, in nanoseconds since 1970. */
  readonly start?: bigint;
  /** How many conversations go on at once. */
  readonly concurrency?: number;
}

/** A frame as it arrives at a port of the router. */
export interface TrafficPacket {
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  /** The port of the router, counted as its networks are. */
  readonly port: number;
  readonly kind: Kind;
  readonly data: Uint8Array;
}

/** 14 November 2023, 22:13:20 UTC. */
const DEFAULT_START = 1_700_000_000_000_000_000n;

/** Nanoseconds from the end of a conversation to the beginning of the one that takes its place. */
const MEAN_PAUSE = 5_000_000;

/**
 * Makes traffic, one packet at a time, in the order of their times.
 *
 * @throws RangeError when a network or address is not one
 */
export function* makeTraffic(options: TrafficOptions): Generator<TrafficPacket> {
  const random = new Random(options.seed);
  const scene: Scene = { random, networks: buildNetworks(options.sides ?? DEFAULT_SIDES) };
  const starters = weightedStarters({ ...DEFAULT_MIX, ...options.mix });
  const begin = (after: number): Ongoing | undefined =>
    nextStep(pickStarter(starters, random)(scene), after + Math.ceil(random.exponential(MEAN_PAUSE)));
  const ongoing: Ongoing[] = [];
  const start = options.start ?? DEFAULT_START;
  let now = 0;
  for (let count = 0; count < options.packets; count++) {
    while (ongoing.length < (options.concurrency ?? 32)) {
      const conversation = begin(now);
      if (conversation !== undefined) ongoing.push(conversation);
    }
    const next = takeEarliest(ongoing);
    now = next.time;
    yield { timestamp: start + BigInt(now), port: next.step.port, kind: next.step.kind, data: next.step.frame };
    const following = nextStep(next.conversation, now);
    if (following !== undefined) ongoing.push(following);
  }
}

function buildNetworks([first, ...others]: readonly [Side, ...Side[]]): readonly [Network, ...Network[]] {
  return [buildNetwork(first, 0), ...others.map((side, index) => buildNetwork(side, index + 1))];
}

/** A conversation, and the packet of it that comes next. */
interface Ongoing {
  readonly conversation: Conversation;
  readonly step: Step;
  /** Nanoseconds since the beginning. */
  readonly time: number;
}

/** @returns undefined when the conversation is over */
function nextStep(conversation: Conversation, now: number): Ongoing | undefined {
  const { done, value } = conversation.next();
  return done ? undefined : { conversation, step: value, time: now + value.gap };
}

/** Takes the packet that comes first out of the list; of two at the same time, the one listed first. */
function takeEarliest(ongoing: Ongoing[]): Ongoing {
  const index = ongoing.reduce((best, { time }, at) => (time < (ongoing[best]?.time ?? 0) ? at : best), 0);
  const [earliest] = ongoing.splice(index, 1);
  if (earliest === undefined) throw new RangeError("no conversations: the concurrency must be at least one");
  return earliest;
}

type Starter = (scene: Scene) => Conversation;

interface Weighted {
  readonly starter: Starter;
  readonly weight: number;
}

function weightedStarters(mix: Mix): readonly Weighted[] {
  const weighted = Object.entries(STARTERS).map(
    ([name, starter]): Weighted => ({ starter, weight: mix[name as keyof Mix] }),
  ); // the keys of STARTERS are those of Mix
  if (!weighted.some(({ weight }) => weight > 0)) throw new RangeError("the mix is empty");
  return weighted;
}

function pickStarter(weighted: readonly Weighted[], random: Random): Starter {
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.below(total);
  const chosen = weighted.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return chosen?.starter ?? addressResolution;
}
