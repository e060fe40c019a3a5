/** The commands that make shells offer words. */
import { Argument, type Command } from "commander";
import { type Completion, complete } from "./completion.ts";
import { COMPLETE, COMPLETION_SCRIPTS, SHELLS, type Shell } from "./completionScripts.ts";
import type { Session } from "./session.ts";
import { visible } from "./text.ts";

export function addCompletionCommands(program: Command, session: Session): void {
  program
    .command("completion")
    .description("print a script that makes a shell complete commands, options and names")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  source <(cosmos completion bash)
  cosmos completion zsh > ~/.zfunc/_cosmos
  cosmos completion fish > ~/.config/fish/completions/cosmos.fish`,
    )
    .action((shell: Shell) => session.print(COMPLETION_SCRIPTS[shell]));
  program
    .command(COMPLETE, { hidden: true })
    .argument("[words...]")
    .action(async (words: readonly string[]) => {
      await session.print(
        format(await complete(program, words, (options) => session.toolstackAt(Object.fromEntries(options)))),
      );
    });
}

/** Names of guests' elements and of files must not end a line early. */
function format(completion: Completion): string {
  if (completion.kind === "files") return "files\n";
  const lines = completion.candidates.map(({ word, description }) => `${visible(word)}\t${visible(description)}`);
  return ["words", ...lines].map((line) => `${line}\n`).join("");
}
