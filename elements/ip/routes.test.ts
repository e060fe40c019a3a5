/** Route tables against a list that is searched from end to end. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runClick } from "../../src/bin/clickCommand.ts";

interface Route {
  readonly address: number;
  readonly length: number;
  readonly output: number;
}

const OUTPUTS = 3;

function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

/** Addresses near each other, so that routes cover each other and lookups hit them. */
const addresses = fc
  .tuple(fc.constantFrom(0, 10, 192), fc.constantFrom(0, 1, 128), fc.constantFrom(0, 255), fc.nat(255))
  .map(([a, b, c, d]) => ((a << 24) | (b << 16) | (c << 8) | d) >>> 0);

const routes: fc.Arbitrary<Route> = fc
  .record({ address: addresses, length: fc.nat(32), output: fc.nat(OUTPUTS - 1) })
  .map(({ address, length, output }) => ({ address: (address & maskOf(length)) >>> 0, length, output }));

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ set: routes }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.nat(40) }) },
    { weight: 2, arbitrary: fc.record({ lookUp: addresses }) },
  ),
  { minLength: 1, maxLength: 60 },
);

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

const prefixOf = ({ address, length }: Route): string => `${dotted(address)}/${length}`;

/** The instructions for a script, and the outputs that its lookups must print. */
function play(taken: readonly ({ set: Route } | { remove: number } | { lookUp: number })[]): [string[], number[]] {
  const table = new Map<string, Route>();
  const instructions: string[] = [];
  const expected: number[] = [];
  for (const step of taken) {
    if ("set" in step) {
      table.set(prefixOf(step.set), step.set);
      instructions.push(`write r.set ${prefixOf(step.set)} ${step.set.output}`);
    } else if ("remove" in step) {
      const prefix = [...table.keys()][step.remove];
      if (prefix === undefined) continue;
      table.delete(prefix);
      instructions.push(`write r.remove ${prefix}`);
    } else {
      const matching = [...table.values()].filter(
        (route) => (step.lookUp & maskOf(route.length)) >>> 0 === route.address,
      );
      expected.push(matching.toSorted((a, b) => b.length - a.length)[0]?.output ?? -1);
      instructions.push(`print r.lookup ${dotted(step.lookUp)}`);
    }
  }
  return [instructions, expected];
}

async function run(configuration: string): Promise<string> {
  let output = "";
  const status = await runClick(["--link=off", "-e", configuration], {
    readStandardInput: () => Buffer.alloc(0),
    print: (text) => {
      output += text;
    },
    printMessage: (text) => assert.fail(text),
  });
  assert.equal(status, 0);
  return output;
}

describe("route tables", () => {
  for (const className of ["RadixIPLookup", "LinearIPLookup", "DirectIPLookup", "RangeIPLookup"])
    it(`${className} finds the longest prefix, whatever was set and removed before`, () =>
      fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          const [instructions, expected] = play(taken);
          const ports = Array.from({ length: OUTPUTS }, (_, port) => `r[${port}] -> Discard;`).join(" ");
          const script = [...instructions, "stop"].join(", ");
          const output = await run(`Idle -> r :: ${className}; ${ports} DriverManager(${script})`);
          assert.equal(output, expected.map((port) => `${port}\n`).join(""));
        }),
        { numRuns: 15 },
      ));
});
