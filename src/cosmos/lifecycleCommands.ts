/** Commands that make domains and end them, and what can be told of them. */
import { type Command, Option } from "commander";
import type { DomainInformation } from "../domain/information.ts";
import type { Toolstack } from "../domain/toolstack.ts";
import { type DescriptionOptions, describeDomain, readConfigurationFile } from "./describe.ts";
import { collect, collectParameter, positiveInteger, positiveNumber, VIF_HELP, wholeNumber } from "./options.ts";
import { withProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import { answerDomain, explainDomain, listDomains } from "./show.ts";

export function addLifecycleCommands(program: Command, session: Session): void {
  addCreate(program, session);
  addList(program, session);
  addInfo(program, session);
  addStart(program, session);
  addTransitions(program, session);
  addDestroy(program, session);
}

interface CreateOptions extends DescriptionOptions {
  readonly paused?: true;
  /** False with `--no-start`. */
  readonly start: boolean;
}

function addCreate(program: Command, session: Session): void {
  program
    .command("create")
    .description("make a domain and start it")
    .argument("[file]", "description in TOML or JSON, - for standard input; options win over what it says")
    .option("--name <name>", "name of the domain")
    .option("--config <file>", "Click configuration, - for standard input")
    .addOption(
      new Option("--image <file>", "image to run instead, which `cosmos image build` made").conflicts("config"),
    )
    .option("--param <name=value>", "value of a variable of the configuration; may be repeated", collectParameter)
    .option("--memory <MiB>", "memory that the guest may take, at most", positiveInteger)
    .option("--vif <members>", `${VIF_HELP}; may be repeated`, collect)
    .option("--cpu <share>", "share of a core that the guest may take, at most (0 to 1)", positiveNumber)
    .option("--rate <packets>", "packets a second that the domain takes in, at most", positiveInteger)
    .addOption(
      new Option("--on-crash <policy>", "what becomes of a crashed domain").choices(["destroy", "restart", "preserve"]),
    )
    .option("--worker <number>", "worker thread to run on", wholeNumber)
    .option("--checkpoint <seconds>", "time between checkpoints, which survive the daemon", positiveNumber)
    .addOption(new Option("--paused", "boot it, but do not let it run").conflicts("start"))
    .option("--no-start", "do not boot it")
    .addHelpText(
      "after",
      `
Examples:
  cosmos create firewall.toml
  cosmos create --name fw --config fw.click --vif attach=switch:lan --vif attach=packet:eth1
  cosmos create firewall.toml --name fw2 --param RATE=1000 --paused
  cosmos create --name fw3 --image fw.image --vif attach=switch:lan`,
    )
    .action(async (file: string | undefined, options: CreateOptions) => {
      const description = await describeDomain(file, options, session.terminal);
      const toolstack = await session.toolstack();
      const domain = await withProgress(session.terminal, `creating ${description.name}`, () =>
        options.start
          ? toolstack.create(description, { paused: options.paused === true })
          : createStopped(toolstack, description),
      );
      await answerDomain(session, domain);
    });
}

/** The toolstack boots what it creates, so that a faulty configuration leaves nothing: paused, it does not run until it is stopped. */
async function createStopped(
  toolstack: Toolstack,
  description: Parameters<Toolstack["create"]>[0],
): Promise<DomainInformation> {
  const { name } = await toolstack.create(description, { paused: true });
  try {
    return await toolstack.stop(name);
  } catch (error) {
    await toolstack.destroy(name);
    throw error;
  }
}

function addList(program: Command, session: Session): void {
  program
    .command("list")
    .alias("ls")
    .description("list the domains")
    .addHelpText("after", "\nExamples:\n  cosmos list\n  cosmos list --json | jq -r '.[].name'")
    .action(async () => {
      const domains = await (await session.toolstack()).list();
      await session.answer(domains, () => listDomains(session, domains));
    });
}

function addInfo(program: Command, session: Session): void {
  program
    .command("info")
    .description("tell everything about a domain")
    .argument("<domain>", "name or number")
    .addHelpText("after", "\nExamples:\n  cosmos info fw\n  cosmos info 3 --json")
    .action(async (name: string) => {
      const domain = await (await session.toolstack()).information(name);
      await session.answer(domain, () => explainDomain(session, domain));
    });
}

function addStart(program: Command, session: Session): void {
  program
    .command("start")
    .description("boot a domain that is stopped, crashed or has no configuration; a running one is swapped")
    .argument("<domain>", "name or number")
    .argument("[file]", "Click configuration that it gets, - for standard input")
    .addHelpText("after", "\nExamples:\n  cosmos start fw\n  cosmos start fw firewall.click")
    .action(async (name: string, file: string | undefined) => {
      const configuration = file === undefined ? undefined : await readConfigurationFile(file, session.terminal);
      await answerDomain(session, await (await session.toolstack()).start(name, configuration));
    });
}

const TRANSITIONS = [
  { name: "stop", description: "stop domains: memory and state are gone, descriptions stay" },
  { name: "pause", description: "let domains stand still, with all their state" },
  { name: "unpause", description: "let paused domains go on" },
  { name: "reboot", description: "stop domains and boot them again from their descriptions" },
] as const;

function addTransitions(program: Command, session: Session): void {
  for (const { name, description } of TRANSITIONS) {
    program
      .command(name)
      .description(description)
      .argument("<domain...>", "names or numbers")
      .addHelpText("after", `\nExamples:\n  cosmos ${name} fw\n  cosmos ${name} fw nat 7`)
      .action(async (domains: readonly string[]) => {
        const toolstack = await session.toolstack();
        await forEach(domains, async (domain) => answerDomain(session, await toolstack[name](domain)));
      });
  }
}

function addDestroy(program: Command, session: Session): void {
  program
    .command("destroy")
    .alias("rm")
    .description("end domains, and forget them")
    .argument("<domain...>", "names or numbers")
    .addHelpText("after", "\nExamples:\n  cosmos destroy fw\n  cosmos destroy fw nat 7")
    .action(async (domains: readonly string[]) => {
      const toolstack = await session.toolstack();
      await forEach(domains, (domain) => toolstack.destroy(domain));
    });
}

/** Does the work for each in turn, even when it failed for others. @throws all failures */
async function forEach(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      await work(name);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures);
}
