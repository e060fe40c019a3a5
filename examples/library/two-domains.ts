/**
 * two-domains.ts: domains without a daemon. A program makes two of them with a wire between, lets them run, and reads their handlers.
 *
 *   node examples/library/two-domains.ts
 */
import { setTimeout } from "node:timers/promises";
import { openCosmos } from "clickos";

const PACKETS = 100_000;

const cosmos = await openCosmos();
try {
  const sink = await cosmos.create({
    name: "sink",
    config: "FromDevice(0) -> counter :: Counter -> Discard;",
    vifs: [{ attach: "wire:line" }],
  });
  const source = await cosmos.create({
    name: "source",
    config: `InfiniteSource(LENGTH 50, LIMIT $PACKETS, STOP false)
      -> EtherEncap(0x88b5, 02:00:00:00:00:01, 02:00:00:00:00:02)
      -> Queue(256) -> ToDevice(0);`,
    parameters: { PACKETS: String(PACKETS) },
    vifs: [{ attach: "wire:line" }],
  });
  for (const { name, elements, bootMilliseconds } of [sink, source])
    console.log(`${name}: ${elements} elements, booted in ${bootMilliseconds.toFixed(1)} ms`);

  let count = 0;
  while (count < PACKETS) {
    await setTimeout(100);
    count = Number(await cosmos.readHandler("sink", "counter.count"));
    console.log(`counter.count = ${count}`);
  }
  for (const { name, sent, received } of await cosmos.statistics())
    console.log(`${name}: sent ${sent.packets}, received ${received.packets}`);
} finally {
  await cosmos.close();
}
