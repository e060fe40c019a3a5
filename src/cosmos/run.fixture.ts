/** Runs the `cosmos` command in this process, on a toolstack in memory, and keeps what it prints. */
import { PassThrough, type Readable } from "node:stream";
import { MemoryToolstack } from "../api/toolstack.fixture.ts";
import type { Toolstack } from "../domain/toolstack.ts";
import type { DaemonSettings } from "./daemonCommand.ts";
import type { Endpoint } from "./endpoint.ts";
import { runCosmos } from "./run.ts";

export interface Circumstances {
  /** What stands on standard input. */
  readonly input?: Readable;
  /** The size of the terminal that standard output is; absent = a pipe. */
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** Called for each piece of standard output. */
  readonly onOutput?: (text: string) => void;
}

export interface Outcome {
  readonly status: number;
  /** Standard output, one character a byte. */
  readonly out: string;
  readonly errors: string;
  /** Daemons that were asked for. */
  readonly endpoints: readonly Endpoint[];
  readonly daemons: readonly DaemonSettings[];
}

/** @param toolstack  what the daemon would have */
export async function run(
  toolstack: Toolstack,
  words: readonly string[],
  { input = emptyInput(), terminal, onOutput }: Circumstances = {},
): Promise<Outcome> {
  const output = Object.assign(new PassThrough(), terminal && { isTTY: true, ...terminal });
  const errors = new PassThrough();
  const out = collect(output, onOutput);
  const complaints = collect(errors);
  const endpoints: Endpoint[] = [];
  const daemons: DaemonSettings[] = [];
  const status = await runCosmos(words, {
    terminal: { input, output, errors },
    openToolstack: async (endpoint) => {
      endpoints.push(endpoint);
      return toolstack;
    },
    runImage: async () => 0,
    runDaemon: async (settings) => {
      daemons.push(settings);
    },
  });
  return { status, out: out(), errors: complaints(), endpoints, daemons };
}

/** Running domains with these names, each a Counter `c`. */
export async function withDomains(...names: readonly string[]): Promise<MemoryToolstack> {
  const toolstack = new MemoryToolstack();
  for (const name of names) await toolstack.create({ name, config: "c :: Counter", configFile: `${name}.click` });
  return toolstack;
}

function emptyInput(): Readable {
  return new PassThrough().end();
}

function collect(stream: Readable, onData: (text: string) => void = () => undefined): () => string {
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    onData(chunk.toString("latin1"));
  });
  return () => text;
}
