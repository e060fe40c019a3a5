import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { propagate, type Wire } from "./propagate.ts";

type Open = "push" | "pull" | "agnostic";

/** Click's way: over all wires again and again. */
function propagateNaively(wires: readonly Wire[], outputs: Open[], inputs: Open[]): number[] {
  const clashes: number[] = [];
  for (let changed = true; changed; ) {
    changed = false;
    for (const [position, { from, to }] of wires.entries()) {
      if (clashes.includes(position) || outputs[from] === inputs[to]) continue;
      if (inputs[to] === "agnostic") inputs[to] = outputs[from]!;
      else if (outputs[from] === "agnostic") outputs[from] = inputs[to]!;
      else {
        clashes.push(position);
        continue;
      }
      changed = true;
    }
  }
  return clashes;
}

const PORTS = 8;
const ports = fc.array(fc.constantFrom<Open>("push", "pull", "agnostic", "agnostic", "agnostic", "agnostic"), {
  minLength: PORTS,
  maxLength: PORTS,
});
const wires = fc.array(fc.record({ from: fc.nat(PORTS - 1), to: fc.nat(PORTS - 1) }), { maxLength: 20 });

describe("propagate", () => {
  it("decides the same ports and blames the same wires, in the same order, as going over all wires does", () =>
    fc.assert(
      fc.property(wires, ports, ports, (wires, outputs, inputs) => {
        const naive = { outputs: [...outputs], inputs: [...inputs] };
        const expected = propagateNaively(wires, naive.outputs, naive.inputs);
        const clashes: number[] = [];
        propagate(wires, outputs, inputs, (wire) => clashes.push(wire));
        assert.deepEqual({ clashes, outputs, inputs }, { clashes: expected, ...naive });
      }),
      { numRuns: 2000 },
    ));
});
