/** The daemon as a process: where it listens, what it tells systemd, and how it ends. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { DaemonClient } from "../src/api/client.ts";
import { claimSocket } from "../src/api/listen.ts";
import { until } from "../src/api/until.fixture.ts";
import { ToolstackError } from "../src/domain/toolstack.ts";

const FIXTURE = fileURLToPath(new URL("../src/api/daemon.fixture.ts", import.meta.url));
const TOKEN = "0123456789abcdef0123456789abcdef";
const folder = mkdtempSync(path.join(tmpdir(), "cosmos-daemon-"));
const children = new Set<ChildProcess>();

after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** @returns the process, and how it ended */
function start(file: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(file, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  const texts = { output: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.errors += text));
  const ended = once(child, "close").then(([code, signal]): Ended => {
    children.delete(child);
    return { code, signal, ...texts };
  });
  return { child, texts, ended };
}

function startDaemon(args: readonly string[], environment: Record<string, string> = {}) {
  return start(process.execPath, ["--disable-warning=ExperimentalWarning", FIXTURE, ...args], environment);
}

async function answers(client: DaemonClient): Promise<boolean> {
  try {
    await client.list();
    return true;
  } catch (error) {
    if (error instanceof ToolstackError && error.code === "UNREACHABLE") return false;
    throw error;
  }
}

async function withClient(url: string, use: (client: DaemonClient) => Promise<unknown>, token?: string): Promise<void> {
  const client = new DaemonClient({ url, token });
  try {
    await until(() => answers(client));
    await use(client);
  } finally {
    await client.close();
  }
}

describe("the daemon's socket", () => {
  const socket = path.join(folder, "run", "cosmos.sock");

  it("is for its owner and group, refuses a second daemon, and goes with the daemon", async () => {
    const { child, ended } = startDaemon([socket]);
    await withClient(`unix:${socket}`, async () => {
      assert.equal(statSync(socket).mode & 0o777, 0o660);
      const second = await startDaemon([socket]).ended;
      assert.equal(second.code, 1);
      assert.match(second.errors, /a daemon listens at '.*cosmos\.sock' already/);
    });
    child.kill("SIGTERM");
    const { code, output } = await ended;
    assert.equal(code, 0);
    assert.equal(existsSync(socket), false);
    for (const line of output.trimEnd().split("\n")) assert.equal(typeof JSON.parse(line).level, "number");
  });

  it("is taken over from a daemon that was killed", async () => {
    const first = startDaemon([socket]);
    await withClient(`unix:${socket}`, async () => {
      first.child.kill("SIGKILL");
      await first.ended;
    });
    assert.equal(existsSync(socket), true);
    const second = startDaemon([socket]);
    await withClient(`unix:${socket}`, async () => second.child.kill("SIGINT"));
    assert.equal((await second.ended).code, 0);
  });

  it("does not take the place of anything else", async () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    await assert.rejects(claimSocket(file), /is no socket/);
    assert.equal(existsSync(file), true);
    await assert.rejects(claimSocket(path.join(folder, "x".repeat(200))), /107 bytes/);
    await assert.rejects(claimSocket(path.join(file, "socket")), /cannot listen at .*file/);
  });
});

describe("the daemon on TCP", () => {
  it("does not begin without a token that cannot be guessed", async () => {
    const socket = path.join(folder, "tcp.sock");
    const without = await startDaemon([socket, "0"], { COSMOS_TOKEN: "" }).ended;
    assert.equal(without.code, 1);
    assert.match(without.errors, /32 characters/);
    assert.equal(existsSync(socket), false);
  });

  it("answers there too, and does not log the token", async () => {
    const socket = path.join(folder, "tcp.sock");
    const { child, texts, ended } = startDaemon([socket, "0"], { COSMOS_TOKEN: TOKEN });
    await until(() => /http:\/\/127\.0\.0\.1:\d+/.test(texts.output));
    const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(texts.output) ?? [];
    await withClient(url, (client) => client.create({ name: "fw" }), TOKEN);
    child.kill("SIGTERM");
    const { code, output } = await ended;
    assert.equal(code, 0);
    assert.match(output, /"method":"POST","url":"\/v1\/domains","status":201/);
    assert.ok(!output.includes(TOKEN));
  });
});

describe("the daemon under systemd", { skip: withoutPython() }, () => {
  /** Prints each message that comes to the socket, on a line. */
  const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1].replace("@", "\\0", 1))
print("bound", flush=True)
while True:
    message = receiver.recv(4096).decode()
    print(message, flush=True)
    if message == "STOPPING=1":
        break
`;

  for (const kind of ["path", "abstract"])
    it(`tells when it is ready, alive, and stopping, over a socket with a name that is ${kind}`, async () => {
      const name = path.join(folder, "notify");
      const notify = kind === "path" ? name : `@${name}`;
      const receiver = start("python3", ["-c", RECEIVER, notify]);
      await until(() => receiver.texts.output.includes("bound"));
      const environment = { NOTIFY_SOCKET: notify, WATCHDOG_USEC: "100000" };
      const { child, ended } = startDaemon([path.join(folder, `${kind}.sock`)], environment);
      await until(() => receiver.texts.output.includes("WATCHDOG=1"));
      child.kill("SIGTERM");
      assert.equal((await ended).code, 0);
      assert.match((await receiver.ended).output, /^bound\nREADY=1\n(WATCHDOG=1\n)+STOPPING=1\n$/);
    });
});

function withoutPython(): string | false {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return "skipped: python3 is not installed";
  }
}
