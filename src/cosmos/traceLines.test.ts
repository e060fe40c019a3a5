import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TraceStep } from "../domain/information.ts";
import { TraceLines } from "./traceLines.ts";

function step(changes: Partial<TraceStep>): TraceStep {
  return {
    packet: 1,
    time: 1_700_000_000.25,
    element: "in",
    class: "FromDevice",
    port: 0,
    event: "emitted",
    length: 98,
    summary: "IP 10.0.0.1 > 10.0.0.2: icmp echo request",
    ...changes,
  };
}

function told(...steps: readonly Partial<TraceStep>[]): string {
  const lines = new TraceLines();
  return steps
    .map((each) => lines.lines(step(each)))
    .join("")
    .replace(/\d\d:\d\d:\d\d\./g, "TIME.");
}

describe("a packet's way", () => {
  it("is a line an element, to the end", () => {
    assert.equal(
      told({}, { element: "fw", class: "IPFilter", port: -1, event: "dropped" }),
      `packet 1  TIME.250000  98 bytes  IP 10.0.0.1 > 10.0.0.2: icmp echo request
  in :: FromDevice [0]
  fw :: IPFilter  dropped
`,
    );
  });

  it("tells what an element made of it", () => {
    assert.match(
      told({}, { element: "nat", class: "IPRewriter", port: 1, summary: "IP 1.2.3.4 > 10.0.0.2: icmp echo request" }),
      / {2}nat :: IPRewriter \[1\]\n {6}IP 1\.2\.3\.4 > 10\.0\.0\.2/,
    );
  });

  it("is resumed where another packet came between", () => {
    const text = told({}, { packet: 2, summary: "ARP" }, { element: "q", class: "Queue", port: -1, event: "kept" });
    assert.match(text, /\n\npacket 2 {2}.*ARP\n.*\n\npacket 1 {2}goes on\n {2}q :: Queue {2}kept here\n$/);
  });

  it("cannot control the terminal", () => {
    assert.doesNotMatch(told({ element: "\x1b[2J", summary: "\x07" }, { summary: "\x9b" }), /[^\n\P{Cc}]/u);
  });
});
