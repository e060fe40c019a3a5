/** What ordinary programs in network namespaces see: they ask somebody, and tell whether there was an answer. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { administratorEnvironment } from "../domain/chains/linux.ts";

const run = promisify(execFile);

/** A network namespace, by its name. */
export interface NetworkNamespace {
  readonly name: string;
}

/** Seconds to wait for what is to come, on a machine that may be busy. */
export const PATIENCE = 10;
/** Seconds to wait for what is not to come. */
export const DENIED = 1;

/** @returns what a web server says; undefined = nothing, or an error */
export async function fetchFrom(
  namespace: NetworkNamespace,
  server: string,
  seconds: number = PATIENCE,
): Promise<string | undefined> {
  const words = ["--silent", "--fail", "--noproxy", "*", "--max-time", String(seconds), `http://${server}/`];
  const { failed, said } = await runIn(namespace, "curl", words);
  return failed ? undefined : said;
}

export async function isAnswered(
  namespace: NetworkNamespace,
  address: string,
  seconds: number = PATIENCE,
): Promise<boolean> {
  return !(await ping(namespace, seconds, [address])).failed;
}

/** @returns what ping says of one packet: of the answer, or of an error that came instead */
export async function pingOnce(namespace: NetworkNamespace, ...words: readonly string[]): Promise<string> {
  return (await ping(namespace, PATIENCE, words)).said;
}

interface Outcome {
  readonly failed: boolean;
  readonly said: string;
}

function ping(namespace: NetworkNamespace, seconds: number, words: readonly string[]): Promise<Outcome> {
  return runIn(namespace, "ping", ["-n", "-c", "1", "-W", String(seconds), ...words]);
}

async function runIn({ name }: NetworkNamespace, program: string, words: readonly string[]): Promise<Outcome> {
  try {
    const { stdout } = await run("ip", ["netns", "exec", name, program, ...words], { env: administratorEnvironment() });
    return { failed: false, said: stdout };
  } catch (error) {
    return { failed: true, said: error instanceof Error && "stdout" in error ? String(error.stdout) : "" };
  }
}
