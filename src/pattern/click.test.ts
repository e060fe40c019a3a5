import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compileForTest, ruleSet } from "./rules.testing.ts";

/** Path of a real Click, to compare with. */
const click = process.env.CLICK;

describe("Next to a real Click", { skip: click === undefined && "set CLICK=/path/to/click to compare with it" }, () => {
  it("programs and messages are the same for any rules", () => {
    let compared = 0;
    fc.assert(
      fc.property(ruleSet, ({ element, configuration }) => {
        const outputs = element === "IPFilter" ? 3 : configuration.length;
        const sinks = Array.from({ length: outputs }, (_, i) => `c[${i}] -> Discard;`).join(" ");
        const router = `Idle -> c :: ${element}(${configuration.join(", ")}); ${sinks} DriverManager(stop)`;
        const theirs = spawnSync(click!, ["-qe", router, "-h", "c.program"], { encoding: "utf8" });
        // some sets break assertions in Click
        fc.pre(theirs.signal === null);
        const { pattern, lines } = compileForTest(element, configuration);
        assert.equal(pattern?.programText() ?? "", theirs.stdout);
        const messages = theirs.stderr.split("\n").filter((line) => line.startsWith("  "));
        assert.deepEqual(
          lines,
          messages.map((line) => line.slice(2)),
        );
        compared++;
      }),
      { numRuns: 200 },
    );
    assert.ok(compared >= 200);
  });
});
