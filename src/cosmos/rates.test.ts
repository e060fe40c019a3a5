import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DomainStatistics } from "../domain/information.ts";
import { ratesBetween } from "./rates.ts";

function statistics(changes: Partial<DomainStatistics>): DomainStatistics {
  const nothing = { packets: 0, bytes: 0, drops: {} };
  return {
    id: 1,
    name: "fw",
    state: "running",
    nanoseconds: 0,
    received: nothing,
    sent: nothing,
    elements: [],
    ...changes,
  };
}

describe("rates", () => {
  it("are what came in a second between two looks", () => {
    const before = statistics({ nanoseconds: 1e9, received: { packets: 100, bytes: 6400, drops: { "ring full": 5 } } });
    const after = statistics({
      nanoseconds: 2e9,
      received: { packets: 300, bytes: 19_200, drops: { "ring full": 6, "no such VLAN": 1 } },
      sent: { packets: 10, bytes: 1000, drops: {} },
      elements: [{ name: "c", class: "Counter", packets: 40, bytes: 2400, drops: 2 }],
    });
    assert.deepEqual(ratesBetween({ time: 500, domains: [before] }, { time: 2500, domains: [after] }), [
      {
        id: 1,
        name: "fw",
        state: "running",
        received: { packetsPerSecond: 100, bitsPerSecond: 51_200 },
        sent: { packetsPerSecond: 5, bitsPerSecond: 4000 },
        dropsPerSecond: 1,
        processor: 50,
        elements: [{ name: "c", class: "Counter", packetsPerSecond: 20, dropsPerSecond: 1 }],
      },
    ]);
  });

  it("are never negative: a domain that booted again counts from zero", () => {
    const before = statistics({ nanoseconds: 9e9, received: { packets: 1000, bytes: 64_000, drops: {} } });
    const after = statistics({ nanoseconds: 1e8, received: { packets: 10, bytes: 640, drops: {} } });
    const [rates] = ratesBetween({ time: 0, domains: [before] }, { time: 1000, domains: [after] });
    assert.deepEqual([rates?.received.packetsPerSecond, rates?.processor], [10, 10]);
  });

  it("are not there for a domain that was not there, or has gone", () => {
    const [old, fresh] = [statistics({ id: 1 }), statistics({ id: 2 })];
    assert.deepEqual(ratesBetween({ time: 0, domains: [old] }, { time: 1000, domains: [fresh] }), []);
  });
});
