/** Commands for chains: several domains, networks and namespaces that come and go together. */
import type { Command } from "commander";
import type { ChainInformation } from "../domain/chain.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import { readDescription } from "./describe.ts";
import { withProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import { stateCell } from "./show.ts";
import type { Cell, Column } from "./table.ts";

export function addChainCommands(program: Command, session: Session): void {
  const chains = program
    .command("chain")
    .description("several domains that come and go together")
    .addHelpText("after", "\nExamples:\n  cosmos chain up shop.toml\n  cosmos chain status shop");
  addUp(chains, session);
  addDown(chains, session);
  addStatus(chains, session);
  addList(chains, session);
}

function addUp(chains: Command, session: Session): void {
  chains
    .command("up")
    .description("create everything that a chain consists of, or nothing")
    .argument("<file>", "description in TOML or JSON, - for standard input")
    .addHelpText("after", "\nExample:\n  cosmos chain up shop.toml")
    .action(async (file: string) => {
      const description = await readDescription(file, session.terminal, (readers) => readers.readChainDescription);
      const toolstack = await session.toolstack();
      const chain = await withProgress(session.terminal, `bringing up ${description.name}`, () =>
        toolstack.chainUp(description),
      );
      await answerChain(session, chain);
    });
}

function addDown(chains: Command, session: Session): void {
  chains
    .command("down")
    .description("remove everything that `up` made")
    .argument("<chain>", "name of the chain")
    .addHelpText("after", "\nExample:\n  cosmos chain down shop")
    .action(async (name: string) => {
      const toolstack = await session.toolstack();
      await withProgress(session.terminal, `taking down ${name}`, () => toolstack.chainDown(name));
    });
}

function addStatus(chains: Command, session: Session): void {
  chains
    .command("status")
    .description("tell the state of a chain's domains and programs")
    .argument("<chain>", "name of the chain")
    .addHelpText("after", "\nExample:\n  cosmos chain status shop --json")
    .action(async (name: string) => {
      const chain = (await (await session.toolstack()).chains()).find((each) => each.name === name);
      if (!chain) throw new ToolstackError("NOT_FOUND", `no chain '${name}'`);
      await answerChain(session, chain);
    });
}

const CHAIN_COLUMNS: readonly Column<ChainInformation>[] = [
  { title: "NAME", cell: ({ name }) => name },
  {
    title: "DOMAINS",
    cell: ({ domains }) => `${domains.filter(({ state }) => state === "running").length} of ${domains.length} running`,
  },
  { title: "NAMESPACES", align: "right", cell: ({ namespaces }) => String(namespaces.length) },
];

function addList(chains: Command, session: Session): void {
  chains
    .command("list")
    .description("list the chains")
    .addHelpText("after", "\nExample:\n  cosmos chain list --json")
    .action(async () => {
      const found = await (await session.toolstack()).chains();
      await session.answer(found, () => session.table(CHAIN_COLUMNS, found));
    });
}

/** A domain, or a program in a namespace. */
interface Hop {
  readonly kind: string;
  readonly name: string;
  readonly state: Cell;
}

const HOP_COLUMNS: readonly Column<Hop>[] = [
  { title: "KIND", cell: ({ kind }) => kind },
  { title: "NAME", cell: ({ name }) => name },
  { title: "STATE", cell: ({ state }) => state },
];

function answerChain(session: Session, chain: ChainInformation): Promise<void> {
  return session.answer(chain, () => session.table(HOP_COLUMNS, hopsOf(chain)));
}

function hopsOf({ domains, namespaces }: ChainInformation): Hop[] {
  return [
    ...domains.map((domain) => ({ kind: "domain", name: domain.name, state: stateCell(domain) })),
    ...namespaces.flatMap(({ name, programs }) => [
      { kind: "namespace", name, state: "" },
      ...programs.map(({ command, running }) => ({
        kind: "program",
        name: `${name}: ${firstLine(command)}`,
        state: running ? stateCell({ state: "running" }) : ({ text: "ended", style: "red" } as const),
      })),
    ]),
  ];
}

/** Of a command that is a whole script. */
function firstLine(command: string): string {
  const [first = "", ...rest] = command.trim().split("\n");
  return rest.length === 0 ? first : `${first} ...`;
}
