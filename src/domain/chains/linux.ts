/** Runs programs of Linux, with errors that say what was run. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ToolstackError } from "../toolstack.ts";
import { messageOf } from "../undoable.ts";

const run = promisify(execFile);

/** Programs of the administrator are not in everybody's search path. */
export function administratorEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin` };
}

/**
 * The `ip` command of iproute2.
 * @returns what it printed
 * @throws ToolstackError UNAVAILABLE with the command and its message
 */
export async function ip(...words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("ip", words, { env: administratorEnvironment() });
    return stdout;
  } catch (error) {
    throw new ToolstackError("UNAVAILABLE", `ip ${words.join(" ")}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is no command 'ip': install iproute2";
  const said = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim().replaceAll("\n", "; ") : "";
  const advice = /not permitted|permission denied/i.test(said) ? " (network namespaces need root)" : "";
  return (said || messageOf(error)) + advice;
}
