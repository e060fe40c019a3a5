/**
 * `switchProgram.ts GUESTS WINDOWS`: frames from a device through so many guests on one switch and back, in memory, in one thread. Tells nanoseconds a frame, by its
 * length, when they come in bursts for each guest, and, of the smallest, for a guest a `single` one at a time.
 */
import { ETHERTYPE, etherFrame } from "../../src/traffic/headers.ts";
import { FRAME_LENGTHS } from "../configurations.ts";
import { tell } from "../program.ts";
import { GuestBench } from "./guests.ts";
import { MemoryDevice } from "./memoryDevice.ts";
import { BURST, measureRates, type Traffic } from "./rate.ts";

const CONFIGURATION = "FromDevice(0) -> EtherMirror -> ToDevice(0);";
const HEADER = 14;
const SMALLEST = 64;
/** Frames that the device brings at once. */
const BATCH = 256;

/** Locally administered. */
const address = (kind: number, number: number): Uint8Array => Uint8Array.of(2, 0, 0, kind, number >> 8, number & 0xff);
const guestAddress = (number: number): Uint8Array => address(1, number);
const frame = (to: Uint8Array, from: Uint8Array, length: number): Uint8Array =>
  etherFrame(to, from, ETHERTYPE.ip4, new Uint8Array(length - HEADER));

const [guestCount = 1, windows = 1] = process.argv.slice(2).map(Number);
const bench = new GuestBench();
const { fabric } = bench;
const network = fabric.addSegment("switch");
const guests = Array.from({ length: guestCount }, () => bench.boot(CONFIGURATION));
for (const { ports } of guests) for (const port of ports) network.connect(port);

/** Frames for all guests in turn. @param burst  so many for each */
function traffic(name: string, number: number, length: number, burst: number): Traffic {
  const own = address(0, number);
  const guestOf = (place: number): number => Math.floor(place / burst) % guestCount;
  const batches = Array.from({ length: Math.ceil((guestCount * burst) / BATCH) }, (_, batch) =>
    Array.from({ length: BATCH }, (_, place) => frame(guestAddress(guestOf(batch * BATCH + place)), own, length)),
  );
  const device = new MemoryDevice(fabric.memory, batches);
  const port = fabric.addDevicePort(device);
  network.connect(port);
  hear(port.address, own);
  return { name, source: device, sink: device };
}

/** Has the switch learn who is behind a port; the frame itself goes nowhere, for no guest is up yet. */
function hear(port: number, from: Uint8Array): void {
  const device = new MemoryDevice(fabric.memory, [[frame(guestAddress(0), from, HEADER)]]);
  device.isActive = true;
  const count = device.receive();
  fabric.plane.receive(port, device.receiveTable, count);
}

for (const [number, { ports }] of guests.entries()) for (const port of ports) hear(port.address, guestAddress(number));
const traffics = [
  ...FRAME_LENGTHS.map((length, place) => traffic(String(length), place, length, BURST)),
  traffic("single", FRAME_LENGTHS.length, SMALLEST, 1),
];
for (const guest of guests) bench.start(guest);
bench.run();
tell(await measureRates(traffics, windows));
