/** The daemon as a process, with a folder for its socket and its state. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { DaemonClient } from "../../src/api/client.ts";
import { until } from "../../src/api/until.fixture.ts";
import { ToolstackError } from "../../src/domain/toolstack.ts";

const PROGRAM = fileURLToPath(new URL("../../src/bin/cosmos.ts", import.meta.url));

export class Daemon implements AsyncDisposable {
  readonly url: string;
  readonly client: DaemonClient;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(folder: string) {
    const socket = path.join(folder, "cosmos.sock");
    const words = ["daemon", "--socket", socket, "--state", path.join(folder, "state"), "--log-level", "warn"];
    const flags = ["--disable-warning=ExperimentalWarning"];
    this.#child = spawn(process.execPath, [...flags, PROGRAM, ...words], { stdio: ["ignore", "ignore", "inherit"] });
    this.#ended = once(this.#child, "close");
    this.url = `unix:${socket}`;
    this.client = new DaemonClient({ url: this.url });
  }

  /** @param folder  where what it keeps is found again @returns when it answers */
  static async start(folder: string): Promise<Daemon> {
    const daemon = new Daemon(folder);
    process.once("exit", daemon.#endWithUs);
    await until(() => daemon.#answers());
    return daemon;
  }

  /** Of its process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  async #answers(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`the daemon ended with status ${this.#child.exitCode}`);
    try {
      await this.client.list();
      return true;
    } catch (error) {
      if (error instanceof ToolstackError && error.code === "UNREACHABLE") return false;
      throw error;
    }
  }

  readonly #endWithUs = (): void => {
    this.#child.kill("SIGKILL");
  };

  /** As the kernel does it when there is no memory left. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
    process.off("exit", this.#endWithUs);
    await this.client.close();
  }
}
