/** Commands that change running domains without losing their state: save, restore, migrate, swap, attach, detach. */
import { type Command, Option } from "commander";
import { readConfigurationFile } from "./describe.ts";
import { readInput, writeOutput } from "./files.ts";
import { collectParameter, given, parseVif, VIF_HELP } from "./options.ts";
import { withProgress } from "./progress.ts";
import type { Session } from "./session.ts";
import { answerDomain } from "./show.ts";

export function addStateCommands(program: Command, session: Session): void {
  addSave(program, session);
  addRestore(program, session);
  addMigrate(program, session);
  addSwap(program, session);
  addAttach(program, session);
  addDetach(program, session);
}

function addSave(program: Command, session: Session): void {
  program
    .command("save")
    .description("write a domain with all its state to a file; it goes on")
    .argument("<domain>", "name or number")
    .argument("<output>", "file to write, - for standard output")
    .option("--force", "replace a file that exists")
    .addHelpText("after", "\nExamples:\n  cosmos save fw fw.state\n  cosmos save fw - | ssh other cosmos restore -")
    .action(async (domain: string, path: string, { force }: { readonly force?: true }) => {
      const toolstack = await session.toolstack();
      const { terminal } = session;
      await withProgress(terminal, `saving ${domain}`, async () => {
        const state = async function* (): AsyncGenerator<Uint8Array> {
          yield await toolstack.save(domain);
        };
        await writeOutput({ path, force: force === true }, state(), terminal);
      });
    });
}

interface RestoreOptions {
  readonly name?: string;
  readonly paused?: true;
}

function addRestore(program: Command, session: Session): void {
  program
    .command("restore")
    .description("make a domain of a file that `save` wrote; it goes on where it was")
    .argument("<file>", "file to read, - for standard input")
    .option("--name <name>", "another name than it had")
    .option("--paused", "do not let it run yet")
    .addHelpText("after", "\nExamples:\n  cosmos restore fw.state\n  cosmos restore fw.state --name fw2 --paused")
    .action(async (file: string, { name, paused }: RestoreOptions) => {
      const { bytes } = await readInput(file, session.terminal);
      const toolstack = await session.toolstack();
      const domain = await withProgress(session.terminal, `restoring ${file}`, () =>
        toolstack.restore(bytes, { ...given("name", name), paused: paused === true }),
      );
      await answerDomain(session, domain);
    });
}

function addMigrate(program: Command, session: Session): void {
  program
    .command("migrate")
    .description("move a domain with all its state to another daemon; on a failure it goes on here")
    .argument("<domain>", "name or number")
    .argument("<target>", "the other daemon: unix:PATH or http(s)://HOST:PORT")
    .addOption(new Option("--target-token <token>", "what the other daemon asks for").env("COSMOS_TARGET_TOKEN"))
    .addHelpText("after", "\nExample:\n  COSMOS_TARGET_TOKEN=secret cosmos migrate fw https://other.example:7070")
    .action(async (domain: string, url: string, { targetToken }: { readonly targetToken?: string }) => {
      const toolstack = await session.toolstack();
      await withProgress(session.terminal, `migrating ${domain}`, () =>
        toolstack.migrate(domain, { url, ...given("token", targetToken) }),
      );
    });
}

function addSwap(program: Command, session: Session): void {
  program
    .command("swap")
    .description("give a running domain another configuration; elements with the same name and class keep their state")
    .argument("<domain>", "name or number")
    .argument("<file>", "Click configuration, - for standard input")
    .option("--param <name=value>", "value of a variable of the configuration; may be repeated", collectParameter)
    .addHelpText("after", "\nExample:\n  cosmos swap fw stricter.click --param RATE=1000")
    .action(async (domain: string, file: string, { param }: { readonly param?: Record<string, string> }) => {
      const configuration = await readConfigurationFile(file, session.terminal);
      const toolstack = await session.toolstack();
      await answerDomain(session, await toolstack.swap(domain, { ...configuration, ...given("parameters", param) }));
    });
}

function addAttach(program: Command, session: Session): void {
  program
    .command("attach")
    .description("give a domain another interface")
    .argument("<domain>", "name or number")
    .requiredOption("--vif <members>", VIF_HELP)
    .addHelpText("after", "\nExample:\n  cosmos attach fw --vif name=eth2,attach=switch:lan,vlan=10")
    .action(async (domain: string, { vif }: { readonly vif: string }) => {
      const description = parseVif(vif);
      await answerDomain(session, await (await session.toolstack()).attachVif(domain, description));
    });
}

function addDetach(program: Command, session: Session): void {
  program
    .command("detach")
    .description("take an interface from a domain")
    .argument("<domain>", "name or number")
    .argument("<vif>", "name or number of the interface")
    .addHelpText("after", "\nExample:\n  cosmos detach fw eth2")
    .action(async (domain: string, vif: string) => {
      await answerDomain(session, await (await session.toolstack()).detachVif(domain, vif));
    });
}
