/** What domains do in a second, from two looks at their counters. */
import type { DomainStatistics, Traffic } from "../domain/information.ts";

/** Counters of all domains, and when they were read: milliseconds from any point on. */
export interface Sample {
  readonly time: number;
  readonly domains: readonly DomainStatistics[];
}

export interface TrafficRate {
  readonly packetsPerSecond: number;
  readonly bitsPerSecond: number;
}

export interface ElementRate {
  readonly name: string;
  readonly class: string;
  readonly packetsPerSecond: number;
  readonly dropsPerSecond: number;
}

export interface DomainRate {
  readonly id: number;
  readonly name: string;
  readonly state: DomainStatistics["state"];
  readonly received: TrafficRate;
  readonly sent: TrafficRate;
  /** Lost at interfaces, both ways; what elements drop is theirs. */
  readonly dropsPerSecond: number;
  /** Percent of a core. */
  readonly processor: number;
  readonly elements: readonly ElementRate[];
}

/** A domain that was not there before has no rates yet, and is left out. */
export function ratesBetween(before: Sample, after: Sample): DomainRate[] {
  const seconds = (after.time - before.time) / 1000;
  const earlier = new Map(before.domains.map((domain) => [domain.id, domain]));
  return after.domains.flatMap((domain) => {
    const past = earlier.get(domain.id);
    return past ? [domainRate(past, domain, seconds)] : [];
  });
}

function domainRate(past: DomainStatistics, now: DomainStatistics, seconds: number): DomainRate {
  const elements = new Map(past.elements.map((element) => [element.name, element]));
  return {
    id: now.id,
    name: now.name,
    state: now.state,
    received: trafficRate(past.received, now.received, seconds),
    sent: trafficRate(past.sent, now.sent, seconds),
    dropsPerSecond: rate(drops(past), drops(now), seconds),
    processor: rate(past.nanoseconds, now.nanoseconds, seconds) / 1e7,
    elements: now.elements.map((element) => {
      const pastElement = elements.get(element.name);
      return {
        name: element.name,
        class: element.class,
        packetsPerSecond: rate(pastElement?.packets ?? 0, element.packets, seconds),
        dropsPerSecond: rate(pastElement?.drops ?? 0, element.drops, seconds),
      };
    }),
  };
}

function trafficRate(past: Traffic, now: Traffic, seconds: number): TrafficRate {
  return {
    packetsPerSecond: rate(past.packets, now.packets, seconds),
    bitsPerSecond: 8 * rate(past.bytes, now.bytes, seconds),
  };
}

/** Counters begin at zero again when a domain boots. */
function rate(past: number, now: number, seconds: number): number {
  return (now >= past ? now - past : now) / seconds;
}

function drops({ received, sent }: DomainStatistics): number {
  return [received, sent].flatMap((way) => Object.values(way.drops)).reduce((sum, count) => sum + count, 0);
}
