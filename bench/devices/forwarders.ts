/** What may stand between two interfaces: the kernel's bridge, our switch, or a guest. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { ip } from "../../test/support/namespaces.ts";
import { packageRoot } from "../packageRoot.ts";

export interface Forwarder {
  readonly name: string;
  /** Forwards until it is disposed of. */
  start(ports: readonly string[]): Promise<AsyncDisposable>;
}

const BRIDGE = "ckbench0";

/** As a user sets it up: nothing but two ports. */
export const KERNEL_BRIDGE: Forwarder = {
  name: "kernel bridge",
  async start(ports) {
    ip("link", "add", BRIDGE, "type", "bridge");
    for (const port of ports) ip("link", "set", "dev", port, "master", BRIDGE);
    ip("link", "set", "dev", BRIDGE, "up");
    return {
      async [Symbol.asyncDispose]() {
        ip("link", "del", BRIDGE);
      },
    };
  },
};

/** Our own, in a process of its own. */
export function ours(
  means: "switch" | "guest",
  kind: "packet" | "xdp",
  idle: "polling" | "sleeping" = "sleeping",
): Forwarder {
  return {
    name: `${means === "switch" ? "our switch" : "a guest"}, ${kind}${idle === "polling" ? ", busy-polling" : ""}`,
    async start(ports) {
      const program = path.join(packageRoot(), "bench/devices/forwardProgram.ts");
      const child = spawn(process.execPath, [program, means, kind, idle, ...ports], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      await untilSaid(child, /^ready$/);
      return {
        async [Symbol.asyncDispose]() {
          const ended = once(child, "exit");
          child.stdin?.end();
          await ended;
        },
      };
    },
  };
}

/** Waits for a line of a program. @throws Error when it ends before */
export async function untilSaid({ stdout, spawnfile }: ChildProcess, pattern: RegExp): Promise<void> {
  if (!stdout) throw new Error(`${spawnfile} is not listened to`);
  for await (const line of createInterface(stdout)) if (pattern.test(line)) return;
  throw new Error(`${spawnfile} ended before it said ${pattern}`);
}
