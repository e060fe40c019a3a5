/** The demo's second part: many domains on one switch, then a chain of them, made and driven through the library. */
import { setTimeout } from "node:timers/promises";
import { openToolstack } from "../domain/localToolstack.ts";
import type { Toolstack } from "../domain/toolstack.ts";
import { startHypervisor } from "../hypervisor/start.ts";
import { formatNumber, percentile } from "../report/index.ts";
import { LiveTable, type Screen } from "./liveTable.ts";
import { firewall, macOf, nat, type Place, router, sink, source } from "./middleboxes.ts";
import { auditStages, balanceText, type Count, countStages, type Stage, since, stagesText } from "./stages.ts";
import { megabytes } from "./units.ts";

export interface DomainsOptions {
  readonly screen: Screen;
  /** Closes what is open when the demo ends before its time. */
  readonly cleanup: AsyncDisposableStack;
  /** Domains on the switch. */
  readonly domains: number;
  /** Milliseconds of traffic for each of the two. */
  readonly trafficTime: number;
}

export const USUAL_DOMAINS = { domains: 100, trafficTime: 3000 } as const;

/** Milliseconds between two looks at the counters. */
const LOOK_INTERVAL = 100;
/** Milliseconds that packets on their way may take to come to their end. */
const PATIENCE = 5000;

const SOURCE = "source";
const SINK = "sink";
const SINK_MAC = macOf(0xffff);
const SOURCE_MAC = macOf(0);

/** @returns whether every packet is accounted for */
export async function showDomains(options: DomainsOptions): Promise<boolean> {
  const { screen, cleanup } = options;
  const toolstack = await openToolstack({
    startHypervisor: async (_worker, events) => startHypervisor("thread", {}, events),
  });
  cleanup.defer(() => toolstack.close());
  const show = new DomainShow(toolstack, options, (line = "") => screen.write(`${line}\n`));
  try {
    const switchRight = await show.showSwitch();
    const chainRight = await show.showChain();
    return switchRight && chainRight;
  } finally {
    await toolstack.close();
  }
}

class DomainShow {
  readonly #toolstack: Toolstack;
  readonly #options: DomainsOptions;
  readonly #say: (line?: string) => void;

  constructor(toolstack: Toolstack, options: DomainsOptions, say: (line?: string) => void) {
    this.#toolstack = toolstack;
    this.#options = options;
    this.#say = say;
  }

  /** A source sends to many firewalls in turn; each sends what it lets pass to a sink, all over the same switch. */
  async showSwitch(): Promise<boolean> {
    const { domains } = this.#options;
    this.#say(`== ${domains} firewalls on one switch, each a domain of its own ==`);
    const vifs = [{ attach: "switch:lan" }];
    await this.#toolstack.create({ name: SINK, config: sink(SINK_MAC), vifs });
    const macs = Array.from({ length: domains }, (_, index) => macOf(index + 1));
    const names = await this.#bootFirewalls(macs);
    await this.#toolstack.create({ name: SOURCE, config: source(SOURCE_MAC, macs), vifs });
    const right = await this.#drive([
      { title: "source", domains: [SOURCE] },
      { title: `${domains} firewalls`, domains: names },
      { title: "sink", domains: [SINK] },
    ]);
    await this.#destroyAll();
    return right;
  }

  async #bootFirewalls(macs: readonly string[]): Promise<readonly string[]> {
    const table = new LiveTable(this.#options.screen);
    const boots: number[] = [];
    const names: string[] = [];
    const memory = process.memoryUsage().rss;
    const start = performance.now();
    for (const [index, mac] of macs.entries()) {
      const config = firewall({ mac, next: SINK_MAC, out: 0 });
      const { name, bootMilliseconds } = await this.#toolstack.create({
        name: `firewall${index + 1}`,
        config,
        vifs: [{ attach: "switch:lan" }],
      });
      names.push(name);
      boots.push(bootMilliseconds);
      table.refresh(() => `${names.length} of ${macs.length} domains booted`);
    }
    const grown = process.memoryUsage().rss - memory;
    table.finish(
      `Created and booted ${macs.length} domains in ${formatNumber(performance.now() - start)} ms; a boot took ` +
        `${formatNumber(percentile(boots, 50))} ms (median).\n` +
        `This process takes ${megabytes(grown)} more than before, the thread that links their code included.\n`,
    );
    return names;
  }

  /** Wires from domain to domain. */
  async showChain(): Promise<boolean> {
    this.#say();
    this.#say("== A chain of domains: firewall, NAT, router ==");
    const boxes: readonly (readonly [name: string, configure: (place: Place) => string])[] = [
      ["firewall", firewall],
      ["nat", nat],
      ["router", router],
    ];
    await this.#toolstack.create({ name: SINK, config: sink(SINK_MAC), vifs: [{ attach: `wire:${boxes.length}` }] });
    for (const [index, [name, configure]] of boxes.entries()) {
      const isLast = index === boxes.length - 1;
      const place = { mac: macOf(index + 1), next: isLast ? SINK_MAC : macOf(index + 2), out: 1 };
      const vifs = [{ attach: `wire:${index}` }, { attach: `wire:${index + 1}` }];
      await this.#toolstack.create({ name, config: configure(place), vifs });
    }
    const config = source(SOURCE_MAC, [macOf(1)]);
    await this.#toolstack.create({ name: SOURCE, config, vifs: [{ attach: "wire:0" }] });
    const right = await this.#drive(
      [SOURCE, ...boxes.map(([name]) => name), SINK].map((name) => ({ title: name, domains: [name] })),
    );
    await this.#destroyAll();
    return right;
  }

  /** Lets the source send for a while, and follows the packets. @returns whether all of them are accounted for */
  async #drive(stages: readonly Stage[]): Promise<boolean> {
    const { screen, trafficTime } = this.#options;
    const table = new LiveTable(screen);
    const look = async (): Promise<readonly Count[]> => countStages(stages, await this.#toolstack.statistics());
    const before = await lookUntil(look, (counts) => stages.every((stage, index) => haveGreeted(stage, counts[index])));
    const start = performance.now();
    await this.#toolstack.writeHandler(SOURCE, "src.active", "true");
    for (let time = 0; time < trafficTime; time = performance.now() - start) {
      await setTimeout(LOOK_INTERVAL);
      const counts = since(before, await look());
      table.refresh(() => stagesText(stages, counts, (performance.now() - start) / 1000));
    }
    await this.#toolstack.writeHandler(SOURCE, "src.active", "false");
    const seconds = (performance.now() - start) / 1000;
    const after = await lookUntil(look, (counts) => auditStages(stages, since(before, counts)).length === 0);
    const counts = since(before, after);
    table.finish(stagesText(stages, counts, seconds));
    const faults = auditStages(stages, counts);
    this.#say(`${balanceText(counts)}${faults.length === 0 ? ": right." : ": WRONG."}`);
    for (const fault of faults) this.#say(`WRONG: ${fault}`);
    return faults.length === 0;
  }

  async #destroyAll(): Promise<void> {
    for (const { name } of await this.#toolstack.list()) await this.#toolstack.destroy(name);
  }
}

/** Every domain sends one frame at first, which tells the switch where it is. */
function haveGreeted({ domains }: Stage, count: Count | undefined): boolean {
  return count !== undefined && count.sent >= domains.length;
}

/** Looks until the counts are as they are to be, or for as long as that may take. */
async function lookUntil(
  look: () => Promise<readonly Count[]>,
  isReached: (counts: readonly Count[]) => boolean,
): Promise<readonly Count[]> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const counts = await look();
    if (isReached(counts) || performance.now() > end) return counts;
    await setTimeout(LOOK_INTERVAL);
  }
}
