/** The `top` command: live rates of domains, or of a domain's elements. */
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { ToolstackError } from "../domain/toolstack.ts";
import { positiveNumber } from "./options.ts";
import { type DomainRate, type ElementRate, ratesBetween, type Sample } from "./rates.ts";
import { onScreen } from "./screen.ts";
import type { Session } from "./session.ts";
import { stateCell } from "./show.ts";
import type { Column } from "./table.ts";
import { untilAborted, untilInterrupted } from "./terminal.ts";
import { formatCount } from "./units.ts";

const INTERVAL_SECONDS = 1;

interface TopOptions {
  readonly interval: number;
  readonly once?: true;
}

export function addTop(program: Command, session: Session): void {
  program
    .command("top")
    .description("show live rates of all domains, or of the elements of one")
    .argument("[domain]", "name or number")
    .option("-i, --interval <seconds>", "time between two looks", positiveNumber, INTERVAL_SECONDS)
    .option("--once", "show the rates once, after one interval")
    .addHelpText(
      "after",
      `
On a terminal the table is refreshed in place; q or Ctrl-C ends it. With --json, each interval is one line.
Drops of a domain are those at its interfaces, those of an element are what it counts itself.

Examples:
  cosmos top
  cosmos top fw --interval 5
  cosmos top --once --json | jq '.domains[] | select(.processor > 50)'`,
    )
    .action(async (domain: string | undefined, options: TopOptions) => {
      await untilInterrupted(async (stop) => {
        const rates = untilAborted(watch(session, domain, options, stop.signal), stop.signal);
        if (session.json) return printLines(rates, domain, session);
        if (options.once || !session.terminal.output.isTTY) return printTables(rates, domain, session);
        await onScreen(session.terminal, stop, async (show) => {
          for await (const each of rates) await show(await page(each, domain, session));
        });
      });
    });
}

/** Rates of the domain, or of all, after each interval. */
async function* watch(
  session: Session,
  domain: string | undefined,
  { interval, once }: TopOptions,
  signal: AbortSignal,
): AsyncGenerator<DomainRate[]> {
  let before = await look(session, domain);
  while (!signal.aborted) {
    await delay(interval * 1000, undefined, { signal });
    const after = await look(session, domain);
    yield ratesBetween(before, after);
    if (once) return;
    before = after;
  }
}

async function look(session: Session, domain: string | undefined): Promise<Sample> {
  const all = await (await session.toolstack()).statistics();
  const domains = domain === undefined ? all : all.filter(({ id, name }) => name === domain || String(id) === domain);
  if (domain !== undefined && domains.length === 0) throw new ToolstackError("NOT_FOUND", `no domain '${domain}'`);
  return { time: performance.now(), domains };
}

async function printLines(
  rates: AsyncIterable<DomainRate[]>,
  domain: string | undefined,
  session: Session,
): Promise<void> {
  for await (const domains of rates) {
    const time = new Date().toISOString();
    const told = domain === undefined ? domains.map(({ elements: _, ...rest }) => rest) : domains;
    await session.printJsonLine({ time, domains: told });
  }
}

async function printTables(
  rates: AsyncIterable<DomainRate[]>,
  domain: string | undefined,
  session: Session,
): Promise<void> {
  let gap = "";
  for await (const each of rates) {
    await session.print(gap + (await page(each, domain, session)));
    gap = "\n";
  }
}

const DOMAIN_COLUMNS: readonly Column<DomainRate>[] = [
  { title: "ID", align: "right", cell: ({ id }) => String(id) },
  { title: "NAME", cell: ({ name }) => name },
  { title: "STATE", cell: stateCell },
  { title: "CPU%", align: "right", cell: ({ processor }) => processor.toFixed(1) },
  { title: "IN pkt/s", align: "right", cell: ({ received }) => formatCount(received.packetsPerSecond) },
  { title: "IN bit/s", align: "right", cell: ({ received }) => formatCount(received.bitsPerSecond) },
  { title: "OUT pkt/s", align: "right", cell: ({ sent }) => formatCount(sent.packetsPerSecond) },
  { title: "OUT bit/s", align: "right", cell: ({ sent }) => formatCount(sent.bitsPerSecond) },
  { title: "DROPS/s", align: "right", cell: ({ dropsPerSecond }) => formatCount(dropsPerSecond) },
];

const ELEMENT_COLUMNS: readonly Column<ElementRate>[] = [
  { title: "ELEMENT", cell: ({ name }) => name },
  { title: "CLASS", cell: (element) => element.class },
  { title: "PKT/s", align: "right", cell: ({ packetsPerSecond }) => formatCount(packetsPerSecond) },
  { title: "DROPS/s", align: "right", cell: ({ dropsPerSecond }) => formatCount(dropsPerSecond) },
];

/** The busiest first. */
async function page(rates: readonly DomainRate[], domain: string | undefined, session: Session): Promise<string> {
  const table = await session.table(
    DOMAIN_COLUMNS,
    rates.toSorted((a, b) => b.processor - a.processor || a.id - b.id),
  );
  const elements = rates.flatMap((each) => each.elements);
  if (domain === undefined || elements.length === 0) return table;
  return `${table}\n${await session.table(ELEMENT_COLUMNS, elements)}`;
}
