/** Ordinary programs in network namespaces. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { until } from "../../src/api/until.fixture.ts";
import type { Namespace } from "../support/namespaces.ts";

/** A program that runs; it ends with its namespace at the latest. */
export class Program {
  /** What it said on standard output and on standard error. */
  output = "";
  errors = "";
  readonly #name: string;
  readonly #child: ChildProcess;
  #status: number | null | undefined;
  /** Its status, null when a signal ended it. */
  readonly ended: Promise<number | null>;

  constructor(namespace: Namespace, name: string, ...args: readonly string[]) {
    this.#name = name;
    this.#child = namespace.start(name, args);
    this.#child.stdout?.setEncoding("latin1").on("data", (text: string) => {
      this.output += text;
    });
    this.#child.stderr?.setEncoding("latin1").on("data", (text: string) => {
      this.errors += text;
    });
    this.ended = once(this.#child, "close").then(([status]) => {
      this.#status = status;
      return status;
    });
  }

  /** Waits until it has said something. @throws Error when it ends before, or keeps silent */
  async said(pattern: RegExp): Promise<void> {
    const isSaid = () => pattern.test(this.output) || pattern.test(this.errors);
    await until(() => isSaid() || this.#status !== undefined);
    if (!isSaid()) throw new Error(`${this.#name} ended before it said ${pattern}:\n${this.output}${this.errors}`);
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Asks it to end, and waits for it. */
  async interrupt(): Promise<void> {
    this.#child.kill("SIGINT");
    await this.ended;
  }

  /** Waits for its end. @returns its standard output @throws AssertionError with what it said when its status is not 0 */
  async succeed(): Promise<string> {
    const status = await this.ended;
    assert.equal(status, 0, `${this.#name} failed:\n${this.output}${this.errors}`);
    return this.output;
  }
}
