/** The `click` command as a process: launching, options, exit status, signals. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const CLICK = fileURLToPath(new URL("../bin/click", import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-test-"));
after(() => rmSync(folder, { recursive: true }));

function click(
  words: readonly string[],
  options: { input?: string; cwd?: string; command?: string; env?: NodeJS.ProcessEnv } = {},
): { out: string; messages: string; status: number | null } {
  const { command = CLICK, input = "", cwd = folder, env } = options;
  const { stdout, stderr, status } = spawnSync(command, words, {
    input,
    cwd,
    encoding: "latin1",
    timeout: 20_000,
    ...(env ? { env } : {}),
  });
  return { out: stdout, messages: stderr, status };
}

function file(name: string, text: string): string {
  writeFileSync(path.join(folder, name), text);
  return name;
}

const THREE = "InfiniteSource(LIMIT 3, STOP true) -> c :: Counter -> Discard;";

describe("click finds itself", () => {
  it("through a symbolic link, from any directory", () => {
    const link = path.join(folder, "linked-click");
    symlinkSync(CLICK, link);
    assert.equal(click(["-e", THREE, "-h", "c.count"], { command: link, cwd: "/" }).out, "3\n");
  });

  it("when no Node is on PATH", () => {
    assert.equal(click(["-e", THREE, "-h", "c.count"], { env: { PATH: "/usr/bin:/bin" } }).out, "3\n");
  });
});

describe("click reads its configuration", () => {
  it("from a file", () => {
    assert.equal(click([file("three.click", THREE), "-h", "c.count"]).out, "3\n");
  });

  it("from standard input, asked or not", () => {
    assert.equal(click(["-h", "c.count"], { input: THREE }).out, "3\n");
    assert.equal(click(["-", "-h", "c.count"], { input: THREE }).out, "3\n");
  });

  it("with parameters, which win over define", () => {
    const configuration = "define($N 3); InfiniteSource(LIMIT $N, STOP true) -> c :: Counter -> Discard;";
    assert.equal(click(["N=7", "-e", configuration, "-h", "c.count"]).out, "7\n");
  });

  it("and says which file it cannot read", () => {
    const { messages, status } = click(["nowhere.click"]);
    assert.equal(messages, "nowhere.click: No such file or directory\n");
    assert.equal(status, 1);
  });
});

describe("click's options", () => {
  it("combine, and may be abbreviated", () => {
    assert.equal(click(["-qe", THREE, "--hand", "c.count"]).out, "0\n");
  });

  it("are refused with the usage when they are unknown", () => {
    const { messages, status } = click(["--frobnicate"]);
    assert.match(
      messages,
      /^click: unrecognized option '--frobnicate'\nUsage: click \[OPTION\]\.\.\. \[ROUTERFILE\]\n/,
    );
    assert.equal(status, 1);
  });

  it("write the flat configuration", () => {
    const { out } = click(["-qe", "elementclass X { input -> Null -> output } Idle -> x :: X -> Discard", "-o", "-"]);
    assert.equal(
      out,
      "Idle@1 :: Idle;\nDiscard@3 :: Discard;\nx/Null@1 :: Null;\n\nIdle@1 -> x/Null@1\n    -> Discard@3;\n",
    );
  });

  it("print several handlers with their names", () => {
    assert.equal(click(["-e", THREE, "-h", "c.count", "-h", "c.class"]).out, "c.count:\n3\n\nc.class:\nCounter\n\n");
  });

  it("say which handlers are not there, print the others, and fail", () => {
    const { out, messages, status } = click(["-e", THREE, "-h", "c.count", "-h", "c.nothing", "-h", "x.count"]);
    assert.equal(out, "c.count:\n3\n\n");
    assert.equal(messages, "no 'c.nothing' handler\nno element 'x'\n");
    assert.equal(status, 1);
  });

  it("give the exit handler's value as exit status", () => {
    assert.equal(click(["-e", THREE, "-x", "c.count"]).status, 3);
    const { messages, status } = click(["-e", THREE, "-x", "c.class"]);
    assert.equal(messages, "exit handler value should be integer\n");
    assert.equal(status, 255);
  });

  it("simulate time", () => {
    const { out } = click(["--simtime", "-e", "Script(wait 1000s, print $(now), stop)"]);
    assert.match(out, /^1000001000\.\d+\n$/);
  });

  it("show help and version", () => {
    assert.match(click(["--help"]).out, /Usage: click \[OPTION\]\.\.\. \[ROUTERFILE\]/);
    assert.match(click(["--version"]).out, /^click \(Click\) \d+\.\d+\.\d+\n/);
  });
});

describe("click refuses a faulty configuration", () => {
  it("with the place of every fault of arguments, and status 1", () => {
    const { messages, status } = click(["-e", "Idle -> Queue(x) -> Unqueue(BURST y) -> Discard"]);
    assert.equal(
      messages,
      "config:1: While configuring 'Queue@2 :: Queue':\n  CAPACITY: invalid number\n" +
        "config:1: While configuring 'Unqueue@3 :: Unqueue':\n  BURST: invalid number\nRouter could not be initialized!\n",
    );
    assert.equal(status, 1);
  });

  it("without the closing line when it is the language that is at fault", () => {
    const { messages, status } = click(["-e", "Idle -> -> Discard"]);
    assert.equal(messages, "config:1: syntax error near '->'\n");
    assert.equal(status, 1);
  });
});

describe("click and signals", () => {
  it("stops on SIGINT and still prints handlers", async () => {
    const child = spawn(
      CLICK,
      ["-e", 's :: Script(print "started"); Idle -> c :: Counter -> Discard', "-h", "c.count"],
      {
        cwd: folder,
      },
    );
    let out = "";
    child.stdout.on("data", (data: Buffer) => {
      if (out === "") child.kill("SIGINT");
      out += data.toString();
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(out, "started\n0\n");
    assert.equal(status, 0);
  });
});
