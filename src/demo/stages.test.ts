import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DomainStatistics } from "../domain/information.ts";
import { auditStages, balanceText, countStages, since, stagesText } from "./stages.ts";

interface Told {
  readonly received?: number;
  readonly sent?: number;
  readonly drops?: Readonly<Record<string, number>>;
  readonly elements?: Readonly<Record<string, readonly [packets: number, drops: number]>>;
}

function told(name: string, { received = 0, sent = 0, drops = {}, elements = {} }: Told): DomainStatistics {
  return {
    id: 1,
    name,
    state: "running",
    nanoseconds: 0,
    received: { packets: received, bytes: 60 * received, drops },
    sent: { packets: sent, bytes: 60 * sent, drops: {} },
    elements: Object.entries(elements).map(([element, [packets, dropped]]) => ({
      name: element,
      class: "Counter",
      packets,
      bytes: 60 * packets,
      drops: dropped,
    })),
  };
}

const STAGES = [
  { title: "source", domains: ["source"] },
  { title: "firewalls", domains: ["a", "b"] },
  { title: "sink", domains: ["sink"] },
];

const STATISTICS = [
  told("source", { sent: 100, elements: { src: [103, 0], out: [0, 3] } }),
  told("a", { received: 50, sent: 40, elements: { refused: [10, 0] } }),
  told("b", { received: 48, sent: 30, drops: { "ring full": 2 }, elements: { refused: [17, 0], out: [0, 1] } }),
  told("sink", { received: 70, elements: { arrived: [70, 0] } }),
  told("stranger", { received: 1000 }),
];

describe("stages of domains", () => {
  const counts = countStages(STAGES, STATISTICS);

  it("account for every packet: passed on, refused, lost on the way and in queues", () => {
    assert.deepEqual(auditStages(STAGES, counts), []);
    assert.equal(
      balanceText(counts),
      "103 packets made = 70 arrived + 27 refused by rules + 2 lost (ring full) + 4 lost (queue full)",
    );
    assert.match(stagesText(STAGES, counts, 0.0001), /^firewalls +98 +27 +3 +70 +0\.98$/m);
  });

  it("show a packet that vanished between two stages, and inside one", () => {
    const vanished = STATISTICS.map((each) =>
      each.name === "sink" ? told("sink", { received: 69, elements: { arrived: [68, 0] } }) : each,
    );
    assert.deepEqual(auditStages(STAGES, countStages(STAGES, vanished)), [
      "sink: 69 packets came, 68 are accounted for",
      "before sink: 70 packets were sent, 69 accounted for",
    ]);
  });

  it("leave out what was before", () => {
    const nothing = since(counts, counts);
    assert.deepEqual(auditStages(STAGES, nothing), []);
    assert.equal(balanceText(nothing), "0 packets made = 0 arrived + 0 refused by rules + none lost");
  });
});
