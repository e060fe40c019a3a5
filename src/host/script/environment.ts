/** What a Script needs from the world around it: handlers of other elements, time, files, signals, and a place for messages. */

import type { Diagnostics } from "../../language/diagnostics.ts";
import type { ArgumentContext } from "../../library/arguments/argumentType.ts";

/** A handler that exists and allows the access it was looked up for. */
export interface ScriptHandler {
  /** Full name, as Click prints it: `ELEMENT.HANDLER`, or `HANDLER` for a global one. */
  readonly name: string;
  /** Whether a read takes a parameter. */
  readonly takesParameter: boolean;
  /** @returns the value; after an error, which is reported, the empty string */
  read(parameter: string, diagnostics: Diagnostics): string;
  /** @returns zero, or the handler's own status: negative after an error, which is reported */
  write(value: string, diagnostics: Diagnostics): number;
}

export type Access = "read" | "write";

/** A result, or the text of what went wrong. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** An open output file. */
export interface OutputFile {
  write(text: string): void;
  close(): void;
}

/**
 * The world of one Script element. Text is one character for each byte, so that lengths, comparisons and quotes are
 * Click's. Times are nanoseconds. The wake-up is one timer: setting it again moves it.
 */
export interface ScriptEnvironment {
  /** The element itself, and the names it sees. */
  readonly context: ArgumentContext;
  /** Where a script that runs by itself reports: standard error. */
  readonly diagnostics: Diagnostics;
  /**
   * Looks a handler up as Click does: `ELEMENT.HANDLER` from this element's compound outward, `.HANDLER` globally, a bare
   * name on this element and then globally.
   *
   * @returns the handler, or Click's message, such as `no element named 'X'` or `no 'X.H' read handler`
   */
  findHandler(name: string, access: Access): Outcome<ScriptHandler>;
  /** Time since 1970. */
  now(): bigint;
  /** A uniform 31-bit number. */
  random(): number;
  processId(): number;
  /** Prints on standard output. */
  print(text: string): void;
  /** Prints on standard error, as it is. */
  printMessage(text: string): void;
  /** @returns the file, or `PATH: SYSTEM-ERROR` */
  openFile(path: string, mode: "truncate" | "append"): Outcome<OutputFile>;
  /** @param path  `-` is standard input  @returns the contents, or `PATH: SYSTEM-ERROR` */
  readFile(path: string): Outcome<string>;
  /** @returns the system's error text, or undefined when the signal was sent */
  sendSignal(processId: number, signal: number): string | undefined;
  /** Asks for `onTimer` after a delay. */
  wakeAfter(delay: bigint): void;
  cancelWake(): void;
  /** Asks for `onSignal` once, when one of the signals arrives. */
  awaitSignals(signals: readonly number[]): void;
  /** The driver stops when this count falls to zero or below. */
  runCount(): number;
  adjustRunCount(delta: number): void;
}
