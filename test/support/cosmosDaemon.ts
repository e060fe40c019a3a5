/** A daemon with a socket and a state of its own, and the `cosmos` command that talks to it: both as users start them, by `bin/cosmos`. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const COMMANDS = fileURLToPath(new URL("../../bin/", import.meta.url));

/** Milliseconds between two looks at what takes its time. */
const LOOK_INTERVAL = 50;

export class CosmosDaemon implements AsyncDisposable {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #log = "";

  private constructor() {
    this.#folder = mkdtempSync(path.join(tmpdir(), "cosmos-daemon-"));
    this.#environment = {
      ...process.env,
      COSMOS_SOCKET: path.join(this.#folder, "socket"),
      COSMOS_STATE: path.join(this.#folder, "state"),
    };
    this.#child = spawn(path.join(COMMANDS, "cosmos"), ["daemon"], { env: this.#environment, stdio: "pipe" });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (text: Buffer) => {
        this.#log += text.toString();
      });
    this.#ended = new Promise((resolve) => this.#child.once("exit", resolve));
    process.once("exit", this.#kill);
  }

  /** @throws Error with the daemon's log when it ends instead */
  static async start(): Promise<CosmosDaemon> {
    const daemon = new CosmosDaemon();
    await until(async () => {
      if (daemon.#child.exitCode !== null) throw new Error(`the daemon ended:\n${daemon.#log}`);
      return (await daemon.try("list")) !== undefined;
    });
    return daemon;
  }

  /** Runs a command. @returns what it printed @throws Error with what it complained of when it fails */
  cosmos(...words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(path.join(COMMANDS, "cosmos"), words, { env: this.#environment }, (error, output, complaints) => {
        if (error) reject(new Error(`cosmos ${words.join(" ")}: ${complaints}${this.#log}`));
        else resolve(output);
      });
    });
  }

  /** Runs a command that may fail. @returns what it printed; undefined = it failed */
  async try(...words: readonly string[]): Promise<string | undefined> {
    return this.cosmos(...words).catch(() => undefined);
  }

  async number(domain: string, handler: string): Promise<number> {
    return Number(await this.cosmos("read", domain, handler));
  }

  readonly #kill = (): void => {
    this.#child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#ended;
    process.off("exit", this.#kill);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Waits for what others do in their own time; the test's time limit ends it. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(LOOK_INTERVAL);
}
