/** The command line as a whole: its commands in groups, and what holds for all of them. */
import { Command } from "commander";
import { VERSION } from "../router/version.ts";
import { addChainCommands } from "./chainCommands.ts";
import { addCompletionCommands } from "./completionCommands.ts";
import { addDaemon } from "./daemonCommand.ts";
import { DEFAULT_SOCKET } from "./endpoint.ts";
import { addLog } from "./eventCommands.ts";
import { addHandlerCommands } from "./handlerCommands.ts";
import { addLifecycleCommands } from "./lifecycleCommands.ts";
import { addNetworkCommands } from "./networkCommands.ts";
import { addPacketCommands } from "./packetCommands.ts";
import { Session, type Surroundings } from "./session.ts";
import { addStateCommands } from "./stateCommands.ts";
import { hasColours } from "./terminal.ts";
import { addTop } from "./topCommand.ts";

/** A command line, ready to be parsed, and what its commands work with. */
export function buildProgram(surroundings: Surroundings): { readonly program: Command; readonly session: Session } {
  const program = new Command("cosmos");
  const session = new Session(surroundings, () => program.opts());
  configure(program, surroundings);
  program.commandsGroup("Domains:");
  addLifecycleCommands(program, session);
  addStateCommands(program, session);
  program.commandsGroup("Inside a domain:");
  addHandlerCommands(program, session);
  addPacketCommands(program, session);
  program.commandsGroup("Watching:");
  addTop(program, session);
  addLog(program, session);
  program.commandsGroup("Networks and chains:");
  addNetworkCommands(program, session);
  addChainCommands(program, session);
  program.commandsGroup("Other:");
  addImage(program);
  addDaemon(program, session, surroundings.runDaemon);
  addCompletionCommands(program, session);
  program.helpCommand("help [command]", "explain a command");
  return { program, session };
}

/** Subcommands inherit these settings when they are added. */
function configure(program: Command, { terminal: { output, errors } }: Surroundings): void {
  program
    .description("Runs Click configurations as domains: tiny virtual machines on a network.")
    .version(VERSION)
    .option("--socket <path>", `the daemon's Unix socket (COSMOS_SOCKET; default ${DEFAULT_SOCKET})`)
    .option("--url <url>", "a daemon elsewhere: http(s)://HOST:PORT (COSMOS_URL)")
    .option("--token <token>", "what that daemon asks for (COSMOS_TOKEN, which other users cannot see)")
    .option("--json", "answer in JSON, for programs")
    .showHelpAfterError("Try 'cosmos --help', or 'cosmos COMMAND --help'.")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => errors.write(text),
      outputError: (text, print) => print(text.replace(/^error: /, "cosmos: ")),
      getOutHelpWidth: () => output.columns || 80,
      getErrHelpWidth: () => errors.columns || 80,
      getOutHasColors: () => hasColours(output),
      getErrHasColors: () => hasColours(errors),
    })
    .addHelpText(
      "after",
      `
Exit status: 0 done, 1 failed, 2 wrong usage, 3 no such domain, network, chain, element or handler, 4 the daemon does not answer.

Examples:
  cosmos create --name fw --config firewall.click --vif attach=switch:lan
  cosmos list
  cosmos read fw counter.count
  cosmos help create`,
    );
}

/** Runs in a way of its own, see run.ts; here it is for help and completion. */
function addImage(program: Command): void {
  const image = program.command("image").description("make images of configurations, and look into them");
  image.command("build").description("link a configuration into an image");
  image.command("inspect").description("tell what is in an image");
}
