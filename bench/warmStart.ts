/** What starting takes in a process that runs already: from text, from an image; linking; and how much room a guest takes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Linker } from "../src/image/linker.ts";
import { bootImage } from "../src/machine/bootImage.ts";
import { latency } from "../src/report/index.ts";
import { buildImage } from "../src/router/image.ts";
import { describeForLinking } from "../src/router/linkDescription.ts";
import { epochTime } from "../src/router/realTime.ts";
import { configurationText, PATHS } from "./configurations.ts";
import type { NamedFigure } from "./figure.ts";
import { udpFrame } from "./frames.ts";
import { openGuest } from "./openGuest.ts";
import { packageRoot } from "./packageRoot.ts";
import { FRAME, KIB, repeat, type StartupOptions, timed } from "./startupOptions.ts";

const TEXT_TO_PACKET_LIMIT = 10;

/** From the text of the two-interface router to its first packet, from a source in place of an interface. */
export async function textToPacket({ library, rounds }: StartupOptions): Promise<readonly NamedFigure[]> {
  const text = twoInterfaceRouter();
  const value = await repeat(rounds, async () => {
    const driver = openGuest(library, text);
    await driver.run();
    if (Number(driver.router.element("to1")?.get("count")) !== 1) throw new Error("the first packet got lost");
    driver.router.close();
  });
  return [{ what: "configuration text to first packet", value, unit: "ms", atMost: TEXT_TO_PACKET_LIMIT }];
}

/** What stands in for the capture files of examples/ip-router.click: one packet comes in, and the first that goes out stops the driver. */
function standIns(): readonly (readonly [text: string, standIn: string])[] {
  const clientToServer = udpFrame(FRAME, {
    source: Uint8Array.of(10, 0, 0, 16),
    destination: Uint8Array.of(192, 0, 2, 16),
    sourcePort: 1234,
  });
  const data = Buffer.from(clientToServer).toString("hex");
  return [
    ["FromDump($IN0, STOP true)", `InfiniteSource(DATA \\<${data}>, LIMIT 1)`],
    ["FromDump($IN1, STOP true)", "Idle"],
    ["ToDump($OUT0, ENCAP ETHER)", "Discard"],
    ["ToDump($OUT1, ENCAP ETHER)", "Counter(COUNT_CALL 1 stop) -> Discard"],
    ["DriverManager(pause, pause, wait 0.02s, stop);", ""],
  ];
}

/** The router of examples/ip-router.click, 2 interfaces and some 50 elements, without files. */
function twoInterfaceRouter(): string {
  const file = "examples/ip-router.click";
  const text = readFileSync(path.join(packageRoot(), file), "utf8");
  return standIns().reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`${file} has no '${from}' any more`);
    return result.replace(from, () => to);
  }, text);
}

const RULES_LIMIT = 2000;

/** A firewall of 1000 rules, from its text to its being ready, tables and all. */
export async function thousandRules({ library, processRuns }: StartupOptions): Promise<readonly NamedFigure[]> {
  const firewall = PATHS.find(({ name }) => name === "firewall-1000");
  if (!firewall) throw new Error("there is no firewall-1000 any more");
  const text = configurationText(firewall, FRAME, 1, undefined);
  const times: number[] = [];
  for (let run = 0; run < processRuns; run++) times.push(await timed(() => openGuest(library, text).router.close()));
  return [{ what: "1000 rules compiled", value: latency(times)!, unit: "ms", atMost: RULES_LIMIT }]; // processRuns > 0
}

const MEMORY_LIMIT_KIB = 5 * KIB;

/** Memory of the two-interface router's guest, packet buffers included. */
export function guestMemory({ library }: StartupOptions): readonly NamedFigure[] {
  const { router } = openGuest(library, twoInterfaceRouter());
  const value = router.world.guest.memory.buffer.byteLength / KIB;
  router.close();
  return [{ what: "memory of the two-interface router", value, unit: "KiB", atMost: MEMORY_LIMIT_KIB }];
}

const WARM_LINK_LIMIT = 100;

/** Linking the two-interface router: by a linker that was just started, thread and all, and by one that has worked before. */
export async function linkTime({ library, processRuns, rounds }: StartupOptions): Promise<readonly NamedFigure[]> {
  const { router } = openGuest(library, twoInterfaceRouter());
  const description = describeForLinking(router);
  const cold: number[] = [];
  for (let run = 0; run < processRuns; run++) {
    const linker = new Linker(library.body());
    cold.push(await timed(async () => void (await linker.link(description, "awaited"))));
    linker.close();
  }
  const linker = new Linker(library.body());
  const warm = await repeat(Math.ceil(rounds / 4), async () => void (await linker.link(description, "awaited")));
  linker.close();
  router.close();
  return [
    { what: "first link of the two-interface router", value: latency(cold)!, unit: "ms" }, // processRuns > 0
    { what: "warm link of the two-interface router", value: warm, unit: "ms", atMost: WARM_LINK_LIMIT },
  ];
}

const IMAGE_BOOT_LIMIT = 1;
const IMAGE_SIZE_LIMIT_KIB = 32;
/** Runs of the guest in which the first packet must have come through, and tasks in each. */
const FIRST_PACKET_RUNS = 20;
const FIRST_PACKET_TASKS = 16;

/** The two-interface router as an image: its size, and how long it takes from the bytes to the first packet. */
export async function imageBoot({ library, rounds }: StartupOptions): Promise<readonly NamedFigure[]> {
  const { router } = openGuest(library, twoInterfaceRouter());
  const image = buildImage(router);
  router.close();
  const value = await repeat(rounds, () => {
    const guest = bootImage(image);
    let runs = 0;
    do guest.run(epochTime(), FIRST_PACKET_TASKS);
    while (guest.read("to1.count") !== "1" && runs++ < FIRST_PACKET_RUNS);
    if (runs > FIRST_PACKET_RUNS) throw new Error("the first packet got lost");
  });
  return [
    { what: "linked image to first packet", value, unit: "ms", atMost: IMAGE_BOOT_LIMIT },
    {
      what: "image of the two-interface router",
      value: image.length / KIB,
      unit: "KiB",
      atMost: IMAGE_SIZE_LIMIT_KIB,
    },
  ];
}
