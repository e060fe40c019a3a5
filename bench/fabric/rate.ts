/**
 * What frames cost on their way to a device, in windows of time: processor time of the whole process, since others may want the same core. On a machine of its own the
 * process polls without a pause, and processor time is time.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { MemoryDevice } from "./memoryDevice.ts";

/** Milliseconds of processor time. The engine compiles what runs twice; the first, longer one is not counted for that. */
const WARM_UP = 400;
const WINDOW = 100;
/** Milliseconds between two looks at the time. */
const STEP = 10;

/** Frames in a row for the same guest, of all guests on a switch: under load a guest finds several when its turn comes. */
export const BURST = 8;

/** A device that makes traffic, and the one to which it comes in the end. */
export interface Traffic {
  readonly name: string;
  readonly source: MemoryDevice;
  readonly sink: MemoryDevice;
}

/**
 * Lets each kind of traffic run for a while, again and again.
 * @returns nanoseconds of processor time a frame, by the traffic's name
 * @throws Error when frames get lost
 */
export async function measureRates(traffics: readonly Traffic[], windows: number): Promise<Record<string, number[]>> {
  const rates = Object.fromEntries(traffics.map(({ name }): [string, number[]] => [name, []]));
  for (let window = -1; window < windows; window++) {
    for (const { name, source, sink } of traffics) {
      const nanoseconds = await measureWindow(source, sink, window < 0 ? WARM_UP : WINDOW);
      if (window >= 0) rates[name]?.push(nanoseconds);
    }
  }
  return rates;
}

async function measureWindow(source: MemoryDevice, sink: MemoryDevice, milliseconds: number): Promise<number> {
  const [received, sent, start] = [source.received, sink.sent, process.cpuUsage()];
  source.isActive = true;
  let used = 0;
  while (used < milliseconds) {
    await wait(STEP);
    const { user, system } = process.cpuUsage(start);
    used = (user + system) / 1000;
  }
  const frames = sink.sent - sent;
  source.isActive = false;
  await untilQuiet(sink);
  const lost = source.received - received - (sink.sent - sent);
  if (lost !== 0) throw new Error(`of ${source.received - received} frames, ${lost} were lost`);
  return (used * 1e6) / frames;
}

/** Waits until what is on its way has arrived. */
async function untilQuiet(sink: MemoryDevice): Promise<void> {
  for (let before = -1; before !== sink.sent; ) {
    before = sink.sent;
    await wait(1);
  }
}
