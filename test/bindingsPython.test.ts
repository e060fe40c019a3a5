/** The Python command line, and so the generated Python client, with a live daemon. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { listenOnPort, listenOnSocket } from "../src/api/listen.ts";
import type { Router } from "../src/api/router.ts";
import { buildServer } from "../src/api/server.ts";
import { MemoryToolstack } from "../src/api/toolstack.fixture.ts";
import { until } from "../src/api/until.fixture.ts";

/** The first that has what the generated client needs: Debian's packages are for Debian's own. */
const PYTHON = ["python3", "/usr/bin/python3"].find(
  (python) => spawnSync(python, ["-c", "import urllib3, six, certifi, dateutil"], { stdio: "ignore" }).status === 0,
);
const CLI = fileURLToPath(new URL("../bindings/python/cosmos_cli.py", import.meta.url));
const TOKEN = "0123456789abcdef0123456789abcdef";

const folder = mkdtempSync(path.join(tmpdir(), "cosmos-bindings-"));
const socket = path.join(folder, "socket");
const toolstack = new MemoryToolstack();
const servers: Router[] = [];

before(async () => {
  servers.push(await buildServer(toolstack), await buildServer(toolstack, { token: TOKEN }));
  await listenOnSocket(servers[0]!, socket);
  await listenOnPort(servers[1]!, "127.0.0.1", 0);
});

after(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

const url = () => servers[1]!.listeningOrigin;

describe("the Python command line", { skip: withoutPython() }, () => {
  interface Ended {
    readonly code: number;
    readonly output: string;
    readonly errors: string;
  }

  /** @param words  the command line. @returns output with one character a byte */
  function cosmos(words: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
    const env = {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: "1",
      COSMOS_SOCKET: socket,
      COSMOS_TOKEN: "",
      ...environment,
    };
    return new Promise((resolve, reject) =>
      execFile(PYTHON ?? "", [CLI, ...words], { encoding: "latin1", env }, (error, output, errors) => {
        const code = error ? error.code : 0;
        if (typeof code === "number") resolve({ code, output, errors });
        else reject(error);
      }),
    );
  }

  it("leads a domain through its life", async () => {
    const file = path.join(folder, "router.click");
    writeFileSync(file, "Idle -> Discard;");
    const states = [
      ["create", "py", file, "--vif", "switch:office", "--paused"],
      ["unpause", "py"],
      ["pause", "py"],
      ["stop", "py"],
      ["start", "py", file],
    ];
    const told = [];
    for (const words of states) told.push((await cosmos(words)).output);
    assert.deepEqual(
      told,
      ["paused", "running", "paused", "stopped", "running"].map((state) => `py: ${state}\n`),
    );
    assert.match((await cosmos(["list"])).output, /^ID +NAME +STATE .*\n\d+ +py +running /);
    const info = JSON.parse((await cosmos(["info", "py"])).output);
    assert.deepEqual([info.name, info.vifs[0].attach], ["py", "switch:office"]);
  });

  it("reads and writes handlers, values that look like JSON and other bytes among them", async () => {
    assert.equal((await cosmos(["read", "py", "", "config"])).output, "Idle -> Discard;");
    for (const value of ["1e3", "true", "é"]) {
      await cosmos(["write", "py", "a/b", "count x", value]);
      const bytes = Buffer.from(value).toString("latin1");
      assert.equal(await toolstack.readHandler("py", "a/b.count x"), bytes);
      assert.equal((await cosmos(["read", "py", "a/b", "count x"])).output, bytes);
    }
  });

  it("prints what the guest has said, and follows it", async () => {
    toolstack.say("py", "before\xff\n");
    assert.equal((await cosmos(["console", "py"])).output, "before\xff\n");
    const following = cosmos(["console", "--follow", "py"]);
    await until(() => toolstack.followers > 0);
    toolstack.say("py", "then\xff\n");
    await toolstack.close();
    assert.equal((await following).output, "before\xff\nthen\xff\n");
  });

  it("tells the daemon's words on a fault, and how to start a daemon that is not there", async () => {
    const { code, errors } = await cosmos(["read", "py", "no", "such"]);
    assert.deepEqual([code, errors], [3, "cosmos_cli: domain 'py' has no handler 'no.such'\n"]);
    assert.equal((await cosmos(["create", "a b"])).code, 1);
    assert.equal((await cosmos(["create", "c", path.join(folder, "nothing.click")])).code, 1);
    const alone = await cosmos(["list"], { COSMOS_SOCKET: path.join(folder, "nowhere") });
    assert.equal(alone.code, 4);
    assert.match(alone.errors, /no daemon answers at unix:.*'cosmos daemon'/);
  });

  it("works over TCP with the token", async () => {
    assert.match((await cosmos(["--url", url(), "list"], { COSMOS_TOKEN: TOKEN })).output, /py/);
    assert.match((await cosmos(["--url", url(), "list"])).errors, /Authorization: Bearer TOKEN/);
    assert.equal((await cosmos(["destroy", "py"])).code, 0);
  });
});

function withoutPython(): string | false {
  return PYTHON ? false : "skipped: python3 with urllib3, six, certifi and dateutil is not installed";
}
