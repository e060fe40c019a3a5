/** Programs that measure in processes of their own, so that neither memory nor compiled code of other measurements is in their way. */
import { execFile } from "node:child_process";
import path from "node:path";
import { packageRoot } from "./packageRoot.ts";

const TIMEOUT_MS = 180_000;
/** Enough for the times of all runs. */
const MAX_OUTPUT = 64 << 20;

/**
 * Runs a program of the benchmarks.
 * @param file  below bench/
 * @returns what it told; the caller knows the program
 * @throws Error with what the program complained of
 */
export function runProgram<Result>(file: string, ...words: readonly (string | number)[]): Promise<Result> {
  const command = [path.join(packageRoot(), "bench", file), ...words.map(String)];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      command,
      { encoding: "utf8", timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT },
      (error, stdout, stderr) => {
        if (!error)
          resolve(JSON.parse(stdout) as Result); // what `tell` of that program wrote
        else
          reject(new Error(error.killed ? `${file}: no end within ${TIMEOUT_MS / 1000} s` : complaint(stderr, error)));
      },
    );
  });
}

/** Of a program that ended by an exception, its message. */
function complaint(stderr: string, error: Error): string {
  return /^\w*Error(?: \[\w+\])?: (.*)$/m.exec(stderr)?.[1] ?? error.message;
}

/** In such a program: tells the result, and ends. */
export function tell(result: unknown): void {
  process.stdout.write(JSON.stringify(result), () => process.exit());
}
