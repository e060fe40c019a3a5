/** Runs the `cosmos` command from its words to its exit status. */
import type { Writable } from "node:stream";
import { EXIT_STATUS, reportOf } from "./faults.ts";
import { buildProgram } from "./program.ts";
import type { Surroundings } from "./session.ts";
import { write } from "./terminal.ts";

/**
 * @param words  the command line without the command's name
 * @returns the exit status
 */
export async function runCosmos(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output, errors } = surroundings.terminal;
  // Whoever writes learns of its failure; without a listener, Node would end the process.
  for (const stream of [output, errors]) stream.on("error", ignore);
  const [first, ...rest] = words;
  if (first === "image") return surroundings.runImage(rest);
  const { program, session } = buildProgram(surroundings);
  try {
    await program.parseAsync([...words], { from: "user" });
    return EXIT_STATUS.done;
  } catch (error) {
    const { status, messages } = reportOf(error);
    await complain(messages, surroundings.terminal.errors);
    return status;
  } finally {
    await session.close();
  }
}

function ignore(): void {}

/** Nobody is there to hear that standard error is closed. */
async function complain(messages: readonly string[], errors: Writable): Promise<void> {
  for (const message of messages) await write(errors, `cosmos: ${message}\n`).catch(ignore);
}
