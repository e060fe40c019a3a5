/** Creates and destroys domains until it is killed, and prints each deed that was acknowledged: `+NAME`, `-NAME`; `~NAME` = it is being destroyed. Words: the state directory, and a prefix for names. */
import { writeSync } from "node:fs";
import { FixtureHypervisor } from "../src/domain/hypervisor.fixture.ts";
import { openToolstack } from "../src/domain/localToolstack.ts";

const [stateDirectory = "", prefix = ""] = process.argv.slice(2);
const toolstack = await openToolstack({
  stateDirectory,
  startHypervisor: async (_, events) => new FixtureHypervisor(events),
});
for (let index = 0; ; index++) {
  const name = `d${prefix}-${index}`;
  await toolstack.create({ name, config: "Idle;", vifs: [{ attach: "switch:lan" }] });
  writeSync(1, `+${name}\n`);
  if (index % 3 !== 0) continue;
  writeSync(1, `~${name}\n`);
  await toolstack.destroy(name);
  writeSync(1, `-${name}\n`);
}
