/** Guests in a row between two devices, over wires. */
import type { GuestBench } from "./guests.ts";
import { MemoryDevice } from "./memoryDevice.ts";
import type { Traffic } from "./rate.ts";

const CONFIGURATION = "FromDevice(0) -> ToDevice(1);";

/**
 * Lays a chain; its guests run.
 * @param guestCount  at least 1
 * @param batches  what the first device brings
 */
export function layChain(
  bench: GuestBench,
  guestCount: number,
  batches: readonly (readonly Uint8Array[])[],
): Pick<Traffic, "source" | "sink"> {
  const { fabric } = bench;
  const [source, sink] = [new MemoryDevice(fabric.memory, batches), new MemoryDevice(fabric.memory, [])];
  const guests = Array.from({ length: guestCount }, () => bench.boot(CONFIGURATION));
  const ports = [fabric.addDevicePort(source), ...guests.flatMap((guest) => guest.ports), fabric.addDevicePort(sink)];
  for (let place = 0; place < ports.length; place += 2) {
    const wire = fabric.addSegment("wire");
    for (const port of ports.slice(place, place + 2)) wire.connect(port);
  }
  for (const guest of guests) bench.start(guest);
  return { source, sink };
}
