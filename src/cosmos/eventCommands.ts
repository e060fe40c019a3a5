/** The command that tells what happened to domains. */
import type { Command } from "commander";
import type { DomainEvent } from "../domain/information.ts";
import type { Session } from "./session.ts";
import { untilAborted, untilInterrupted } from "./terminal.ts";
import { visible } from "./text.ts";

export function addLog(program: Command, session: Session): void {
  program
    .command("log")
    .description("print what happened to domains: the newest thousand events")
    .option("-f, --follow", "go on with what happens, until Ctrl-C")
    .addHelpText(
      "after",
      "\nExamples:\n  cosmos log\n  cosmos log --follow --json | jq 'select(.event == \"crashed\")'",
    )
    .action(async ({ follow }: { readonly follow?: true }) => {
      const toolstack = await session.toolstack();
      const tell = (event: DomainEvent): Promise<void> =>
        session.json ? session.printJsonLine(event) : session.print(`${eventLine(event)}\n`);
      if (!follow) {
        for (const event of await toolstack.recentEvents()) await tell(event);
        return;
      }
      await untilInterrupted(async ({ signal }) => {
        for await (const event of untilAborted(toolstack.events(signal), signal)) await tell(event);
      });
    });
}

function eventLine({ time, event, id, name, reason }: DomainEvent): string {
  return `${time}  ${visible(name)} (${id})  ${event}${reason === "" ? "" : `: ${visible(reason)}`}`;
}
