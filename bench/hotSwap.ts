/** How long it takes to change a rule of a running guest. */
import path from "node:path";
import { LinkCache } from "../src/image/cache.ts";
import { latency } from "../src/report/index.ts";
import type { Driver } from "../src/router/driver.ts";
import { LinkedTier } from "../src/router/linkedTier.ts";
import { replaceConfiguration } from "../src/router/open.ts";
import { writePcap } from "../src/traffic/index.ts";
import type { NamedFigure } from "./figure.ts";
import { capture, FLOWS, flowFrames, singleFrame } from "./frames.ts";
import { openGuest, openOptions } from "./openGuest.ts";
import { FRAME, type StartupOptions } from "./startupOptions.ts";

const SWAP_LIMIT = 150;
const SWAP_WAIT_LIMIT = 10_000;

/** A firewall and a NAT under load. @param denied  a port that no packet here has */
function natUnderLoad(file: string, denied: number): string {
  const frame = Buffer.from(singleFrame(FRAME)).toString("hex");
  return `
flows :: FromDump(${file}, TIMING false, END_CALL load.active true) -> Strip(14) -> check :: CheckIPHeader
  -> firewall :: IPFilter(deny udp dst port ${denied}, allow udp, deny all)
  -> nat :: IPRewriter(pattern 1.2.3.4 1024-65535# - - 0 1, MAPPING_CAPACITY 65536);
load :: InfiniteSource(DATA \\<${frame}>, ACTIVE false, BURST 32, TIMESTAMP false) -> Strip(14) -> check;
nat[0] -> d :: Discard; nat[1] -> Discard;
`;
}

/** One rule of a running firewall is changed: until the new rule holds, and until the guest runs linked code again. */
export async function hotSwap({ library, directory, processRuns }: StartupOptions): Promise<readonly NamedFigure[]> {
  const file = path.join(directory, "swap-flows.pcap");
  writePcap(file, capture(flowFrames(FRAME, FLOWS), FLOWS));
  const driver = openGuest(library, natUnderLoad(file, 1));
  const tier = new LinkedTier(driver, new LinkCache(path.join(directory, "cache")));
  await tier.start("eager");
  const running = driver.run();
  const flows = (): number => Number(handlerText(driver, "nat.size"));
  try {
    await until(() => flows() >= FLOWS);
    const taken: number[] = [];
    const linked: number[] = [];
    for (let rule = 0; rule < processRuns; rule++) {
      const { router } = driver;
      const start = performance.now();
      replaceConfiguration(
        driver,
        natUnderLoad(file, 2 + rule),
        openOptions(library, () => undefined),
      );
      await until(() => driver.router !== router);
      taken.push(performance.now() - start);
      await until(() => driver.router.world.guest.isReplaced);
      linked.push(performance.now() - start);
      if (flows() < FLOWS) throw new Error(`of ${FLOWS} flows, ${flows()} were kept`);
    }
    return [
      {
        what: "hot swap of a rule, 10,000 flows kept, until it holds",
        value: latency(taken)!,
        unit: "ms",
        atMost: SWAP_LIMIT,
      },
      { what: "the same, until the guest is linked again", value: latency(linked)!, unit: "ms" }, // processRuns > 0
    ];
  } finally {
    driver.stop();
    await running;
    tier.close();
    driver.router.close();
  }
}

function handlerText({ router }: Driver, name: string): string {
  const handler = router.findHandler(undefined, name, "read");
  if (typeof handler === "string") throw new Error(handler);
  return handler.read("");
}

/** Waits while the driver works between two looks. @throws Error when it takes too long */
async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > SWAP_WAIT_LIMIT) throw new Error("the guest does not get there");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
