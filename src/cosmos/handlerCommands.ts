/** Commands that look into a domain's elements: handlers, and the console. */
import type { Command } from "commander";
import type { HandlerInformation } from "../domain/information.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import { UsageFault } from "./faults.ts";
import { readInput } from "./files.ts";
import type { Session } from "./session.ts";
import type { Column } from "./table.ts";
import { untilAborted, untilInterrupted } from "./terminal.ts";
import { guestPrinter, typedBytes } from "./text.ts";

export function addHandlerCommands(program: Command, session: Session): void {
  addHandlers(program, session);
  addRead(program, session);
  addWrite(program, session);
  addConsole(program, session);
}

const COLUMNS: readonly Column<HandlerInformation>[] = [
  { title: "HANDLER", cell: ({ element, name }) => (element === "" ? name : `${element}.${name}`) },
  { title: "CLASS", cell: (handler) => handler.class || "-" },
  { title: "FLAGS", cell: ({ flags }) => flags },
];

function addHandlers(program: Command, session: Session): void {
  program
    .command("handlers")
    .description("list the handlers of a domain, or of one of its elements")
    .argument("<domain>", "name or number")
    .argument("[element]", "name of an element")
    .addHelpText(
      "after",
      "\nFlags: r readable, w writable, + takes a parameter.\n\nExample:\n  cosmos handlers fw counter",
    )
    .action(async (domain: string, element: string | undefined) => {
      const all = await (await session.toolstack()).handlers(domain);
      const handlers = element === undefined ? all : all.filter((each) => each.element === element);
      if (element !== undefined && handlers.length === 0)
        throw new ToolstackError("NOT_FOUND", `domain '${domain}' has no element '${element}'`);
      await session.answer(handlers, () => session.table(COLUMNS, handlers));
    });
}

/** A handler's name, and the words behind it. */
export interface HandlerWords {
  /** `ELEMENT.HANDLER`, or a global handler. */
  readonly handler: string;
  readonly rest: readonly string[];
}

/**
 * Understands `ELEMENT.HANDLER REST`, ClickOS's `ELEMENT HANDLER REST`, `HANDLER` for a global handler, and `.HANDLER REST` for one with words
 * behind it. Names of elements have no dots.
 */
export function parseHandlerWords([first = "", second, ...others]: readonly string[]): HandlerWords {
  const rest = second === undefined ? [] : [second, ...others];
  if (first.startsWith(".")) return { handler: first.slice(1), rest };
  if (first.includes(".") || second === undefined) return { handler: first, rest };
  return { handler: `${first}.${second}`, rest: others };
}

const HANDLER_HELP = "ELEMENT.HANDLER, or ELEMENT HANDLER; HANDLER or .HANDLER for a global one";

function addRead(program: Command, session: Session): void {
  program
    .command("read")
    .description("read a handler")
    .argument("<domain>", "name or number")
    .argument("<handler...>", `${HANDLER_HELP}; then its parameter, if it takes one`)
    .addHelpText(
      "after",
      "\nExamples:\n  cosmos read fw counter.count\n  cosmos read fw counter count\n  cosmos read fw list",
    )
    .action(async (domain: string, words: readonly string[]) => {
      const { handler, rest } = parseHandlerWords(words);
      const value = await (await session.toolstack()).readHandler(domain, typedBytes([handler, ...rest].join(" ")));
      if (session.json) return session.printJson({ domain, handler, value });
      const newline = value === "" || value.endsWith("\n") ? "" : "\n";
      await guestPrinter(session.terminal.output)(value + newline);
    });
}

function addWrite(program: Command, session: Session): void {
  program
    .command("write")
    .description("write a handler")
    .argument("<domain>", "name or number")
    .argument("<handler...>", `${HANDLER_HELP}; then the value, - for standard input`)
    .addHelpText(
      "after",
      `
A value that begins with '-' comes behind '--'.

Examples:
  cosmos write fw counter.reset
  cosmos write fw shaper rate 1000
  cosmos write fw filter.config - < rules
  cosmos write fw -- meter.offset -5`,
    )
    .action(async (domain: string, words: readonly string[]) => {
      const { handler, rest } = parseHandlerWords(words);
      if (handler === "") throw new UsageFault("which handler? Write ELEMENT.HANDLER");
      const value = await writtenValue(rest, session);
      await (await session.toolstack()).writeHandler(domain, typedBytes(handler), value);
    });
}

/** One character a byte. */
async function writtenValue(words: readonly string[], { terminal }: Session): Promise<string> {
  if (words.length !== 1 || words[0] !== "-") return typedBytes(words.join(" "));
  const { bytes } = await readInput("-", terminal);
  return bytes.toString("latin1");
}

function addConsole(program: Command, session: Session): void {
  program
    .command("console")
    .description("print what a domain has said, as much as is kept")
    .argument("<domain>", "name or number")
    .option("-f, --follow", "go on with what it says, until Ctrl-C")
    .addHelpText("after", "\nExamples:\n  cosmos console fw\n  cosmos console fw --follow | grep -i denied")
    .action(async (domain: string, { follow }: { readonly follow?: true }) => {
      const toolstack = await session.toolstack();
      const printGuest = guestPrinter(session.terminal.output);
      const tell = (text: string): Promise<void> =>
        session.json ? session.printJsonLine({ domain, text }) : printGuest(text);
      await tell(await toolstack.console(domain));
      if (!follow) return;
      await untilInterrupted(async ({ signal }) => {
        for await (const text of untilAborted(toolstack.followConsole(domain, signal), signal)) await tell(text);
      });
    });
}
