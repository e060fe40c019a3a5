/** `chainProgram.ts GUESTS WINDOWS`: frames through a chain of so many guests, in memory, in one thread. Tells nanoseconds a frame, by its length. */
import { FRAME_LENGTHS } from "../configurations.ts";
import { singleFrame } from "../frames.ts";
import { tell } from "../program.ts";
import { layChain } from "./chain.ts";
import { GuestBench } from "./guests.ts";
import { measureRates } from "./rate.ts";

/** Frames that the device brings at once: what ToDevice puts into a ring of 64 before it gives way, so that no hop is ever full. */
const BATCH = 56;

const [guestCount = 1, windows = 1] = process.argv.slice(2).map(Number);
const bench = new GuestBench();
const traffics = FRAME_LENGTHS.map((length) => {
  const frames = Array<Uint8Array>(BATCH).fill(singleFrame(length));
  return { name: String(length), ...layChain(bench, guestCount, [frames]) };
});
bench.run();
tell(await measureRates(traffics, windows));
