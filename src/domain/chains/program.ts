/** An ordinary program in a network namespace, kept running. */
import { type ChildProcess, spawn } from "node:child_process";
import { administratorEnvironment } from "./linux.ts";
import { signal } from "./namespace.ts";

/** Milliseconds before a program that failed is started again: at first, and at most (each failure doubles it). */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** Milliseconds that a program has to end by itself. */
const PATIENCE = 2000;
/** Characters of its last words that are told. */
const LAST_WORDS = 400;

/**
 * Run by the shell in a process group of its own. One that fails is started again; one that ends with status 0 has done its work.
 */
export class Program {
  readonly command: string;
  readonly #namespace: string;
  readonly #notice: (text: string) => void;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = FIRST_PAUSE;
  #stopped = false;

  /** @param notice  told why it failed */
  constructor(command: string, namespace: string, notice: (text: string) => void) {
    this.command = command;
    this.#namespace = namespace;
    this.#notice = notice;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    // What a daemon makes is for nobody else, but a program's files are its own affair: it starts with the usual mask.
    const words = ["netns", "exec", this.#namespace, "sh", "-c", `umask 022\n${this.command}`];
    const child = spawn("ip", words, {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: administratorEnvironment(),
    });
    this.#child = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-LAST_WORDS);
    });
    child.on("error", ({ message }) => this.#onEnd(message));
    child.on("exit", (status, name) => {
      const end = name === null ? `status ${status}` : name;
      this.#onEnd(status === 0 ? undefined : [end, said.trim()].filter(Boolean).join(": "));
    });
  }

  /** Ends it and all that it started. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child?.pid === undefined) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const group = -child.pid;
    signal(group, "SIGTERM");
    const timer = setTimeout(() => signal(group, "SIGKILL"), PATIENCE);
    await ended;
    clearTimeout(timer);
    signal(group, "SIGKILL");
  }

  /** @param fault  undefined = it has done its work */
  #onEnd(fault: string | undefined): void {
    this.#child = undefined;
    if (this.#stopped || fault === undefined) return;
    this.#notice(`program '${this.command}' in ${this.#namespace} failed: ${fault}`);
    this.#timer = setTimeout(() => this.start(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
