/**
 * `delayProgram.ts SAMPLES`: how long a frame takes from a device through one guest to another device, in memory, in a thread that polls. The next frame arrives as
 * soon as one has left, so that whatever the loop does in between counts. Tells microseconds.
 */
import { singleFrame } from "../frames.ts";
import { tell } from "../program.ts";
import { layChain } from "./chain.ts";
import { GuestBench } from "./guests.ts";

const FRAME = 64;
/** Until the engine has compiled what runs. */
const WARM_UP = 100_000;

const samples = Number(process.argv[2]);
const bench = new GuestBench();
const { source, sink } = layChain(bench, 1, [[singleFrame(FRAME)]]);
const times: number[] = [];
let last = performance.now();
let left = WARM_UP + samples;

sink.onTransmit = () => {
  const now = performance.now();
  if (left-- <= samples) times.push((now - last) * 1000);
  last = now;
  if (left > 0) return;
  source.isActive = false;
  tell(times);
};
source.isActive = true;
bench.run();
