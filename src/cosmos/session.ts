/** What every command works with: the terminal, the way to the daemon, and how answers are told. */
import type { Toolstack } from "../domain/toolstack.ts";
import type { DaemonSettings } from "./daemonCommand.ts";
import { type Endpoint, type EndpointOptions, endpointOf } from "./endpoint.ts";
import { type Column, formatTable } from "./table.ts";
import { hasColours, type Terminal, write } from "./terminal.ts";

/** What the command line says about all commands. */
export interface GlobalOptions extends EndpointOptions {
  readonly json?: true;
}

/** What the command is run in. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly openToolstack: (endpoint: Endpoint) => Promise<Toolstack>;
  /** The `image` command, which needs no daemon. @returns the exit status */
  readonly runImage: (words: readonly string[]) => Promise<number>;
  /** The `daemon` command; runs until it is told to stop. */
  readonly runDaemon: (settings: DaemonSettings) => Promise<void>;
}

export class Session {
  readonly terminal: Terminal;
  readonly #openToolstack: Surroundings["openToolstack"];
  readonly #options: () => GlobalOptions;
  #toolstack: Promise<Toolstack> | undefined;

  /** @param options  called when the command line is parsed */
  constructor({ terminal, openToolstack }: Surroundings, options: () => GlobalOptions) {
    this.terminal = terminal;
    this.#openToolstack = openToolstack;
    this.#options = options;
  }

  get options(): GlobalOptions {
    return this.#options();
  }

  get json(): boolean {
    return this.options.json === true;
  }

  /** Opens it when it is first needed. */
  toolstack(): Promise<Toolstack> {
    return this.toolstackAt(this.options);
  }

  /** The same, where the options are not those of this command line. */
  toolstackAt(options: EndpointOptions): Promise<Toolstack> {
    this.#toolstack ??= this.#openToolstack(endpointOf(options));
    return this.#toolstack;
  }

  print(text: string): Promise<void> {
    return write(this.terminal.output, text);
  }

  /** An answer to programs, of several lines. */
  printJson(value: unknown): Promise<void> {
    return this.print(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One of many answers to programs, on a line of its own. */
  printJsonLine(value: unknown): Promise<void> {
    return this.print(`${JSON.stringify(value)}\n`);
  }

  /** An answer for programs, or, where none was asked for, the text for people. */
  async answer(value: unknown, text: () => string | Promise<string>): Promise<void> {
    await (this.json ? this.printJson(value) : this.print(await text()));
  }

  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Promise<string> {
    return formatTable(columns, rows, hasColours(this.terminal.output));
  }

  async close(): Promise<void> {
    const toolstack = await this.#toolstack?.catch(() => undefined);
    await toolstack?.close();
  }
}
