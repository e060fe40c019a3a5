/**
 * Ends what does not come back. V8 can be told to terminate what runs in a thread, loops of WebAssembly included, and everything else in the thread goes on;
 * Node offers that for scripts of node:vm.
 */
import { Script } from "node:vm";

/** A script sees globals only. */
const KEY = "clickos.watched";
const script = new Script(`globalThis[Symbol.for("${KEY}")]()`);

/** What ran was ended. */
export class WatchdogError extends Error {
  constructor(milliseconds: number) {
    super(`it did not come back within ${milliseconds} ms`);
  }
}

/**
 * Runs a function. Setting up the watchdog takes about 0.12 ms.
 * @param milliseconds  that it may take
 * @throws WatchdogError when it took longer; what the function threw
 */
export function runWatched<Result>(work: () => Result, milliseconds: number): Result {
  Reflect.set(globalThis, Symbol.for(KEY), work);
  try {
    return script.runInThisContext({ timeout: milliseconds }) as Result; // the script gives what `work` gave
  } catch (error) {
    const timedOut = error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    throw timedOut ? new WatchdogError(milliseconds) : error;
  }
}
