/** Commands of `cosmos` that go on until they are ended, and what ends them. The daemon is a toolstack in memory. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { run, withDomains } from "../src/cosmos/run.fixture.ts";

const directory = mkdtempSync(path.join(tmpdir(), "cosmos-test-"));
after(() => rmSync(directory, { recursive: true }));

/** Lets Ctrl-C arrive when this text has been printed. */
function interruptAt(text: string): (printed: string) => void {
  return (printed) => {
    if (printed.includes(text)) process.emit("SIGINT");
  };
}

describe("cosmos console and log", () => {
  it("print what is kept, and follow until Ctrl-C", async () => {
    const toolstack = await withDomains("web");
    toolstack.say("web", "first\n");
    assert.equal((await run(toolstack, ["console", "web"])).out, "first\n");
    const speak = (): void => {
      if (toolstack.followers === 0) setImmediate(speak);
      else toolstack.say("web", "second\n");
    };
    speak();
    const { status, out } = await run(toolstack, ["console", "web", "-f"], { onOutput: interruptAt("second") });
    assert.deepEqual([status, out], [0, "first\nsecond\n"]);
  });

  it("do not let a guest control the terminal", async () => {
    const toolstack = await withDomains("web");
    toolstack.say("web", "\x1b]0;pwned\x07\n");
    const { out } = await run(toolstack, ["console", "web"], { terminal: { rows: 24, columns: 80 } });
    assert.equal(out, "\\x1b]0;pwned\\x07\n");
  });

  it("tell events in lines", async () => {
    const toolstack = await withDomains("web");
    await toolstack.pause("web");
    const lines = "2026-01-01T00:00:00.000Z  web (1)  created\n2026-01-01T00:00:00.000Z  web (1)  paused\n";
    assert.equal((await run(toolstack, ["log"])).out, lines);
    const { out } = await run(toolstack, ["log", "--follow", "--json"], { onOutput: interruptAt("paused") });
    assert.deepEqual(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).event),
      ["created", "paused"],
    );
  });
});

describe("cosmos trace and capture", () => {
  it("tell packets' ways", async () => {
    const toolstack = await withDomains("web");
    const { out } = await run(toolstack, ["trace", "web", "-c", "2", "ip", "proto", "icmp"]);
    assert.match(out, /^packet 0 {2}\S+ {2}60 bytes {2}ARP\n {2}c :: Counter \[0\]\n\npacket 1 /);
    assert.equal((await run(toolstack, ["trace", "web", "--json"])).out.trimEnd().split("\n").length, 10);
    assert.equal((await run(toolstack, ["trace", "web", "nonsense"])).status, 1);
  });

  it("write a capture whole", async () => {
    const toolstack = await withDomains("web");
    const place = path.join(directory, "out.pcap");
    assert.equal((await run(toolstack, ["capture", "web", "c[0]", place, "-c", "2", "-s", "10"])).status, 0);
    assert.equal(readFileSync(place).length, 24 + 20);
    assert.match((await run(toolstack, ["capture", "web", "c", place, "-c", "1"])).errors, /exists: .* --force/);
    assert.equal((await run(toolstack, ["capture", "web", "c", place, "-c", "1", "--force"])).status, 0);
    assert.equal((await run(toolstack, ["capture", "web", "c", "-", "-c", "1"])).out.length, 24 + 60);
  });

  it("know a vif from an element", async () => {
    const toolstack = await withDomains("web");
    await toolstack.attachVif("web", { name: "c" });
    const places: unknown[] = [];
    const capture = toolstack.capture.bind(toolstack);
    toolstack.capture = (domain, request, signal) => {
      const { vif, element, port } = request;
      places.push(vif ?? `${element}[${port}]`);
      return capture(domain, request, signal);
    };
    for (const place of ["c", "0", "c[0]"])
      assert.equal((await run(toolstack, ["capture", "web", place, "-", "-c", "1"])).status, 0);
    assert.deepEqual(places, ["c", "0", "c[0]"]);
  });

  it("end a capture at Ctrl-C with the packets so far", async () => {
    const toolstack = await withDomains("web");
    const { status, out } = await run(toolstack, ["capture", "web", "c", "-"], { onOutput: interruptAt("\x05") });
    assert.equal(status, 0);
    assert.equal((out.length - 24) % 60, 0);
  });

  it("leave no file behind a capture that fails", async () => {
    const toolstack = await withDomains("web");
    const before = readdirSync(directory);
    assert.equal((await run(toolstack, ["capture", "web", "none", path.join(directory, "none.pcap")])).status, 3);
    assert.deepEqual(readdirSync(directory), before);
  });
});

describe("cosmos top", () => {
  it("prints rates once", async () => {
    const toolstack = await withDomains("web");
    const { out } = await run(toolstack, ["top", "--once", "-i", "0.01"]);
    assert.match(out, /^ID {2}NAME {2}STATE +CPU% {2}IN pkt\/s/);
    assert.match(out, /\n 1 {2}web +running +0\.0 +0 /);
    const elements = (await run(toolstack, ["top", "web", "--once", "-i", "0.01"])).out;
    assert.match(elements, /\n\nELEMENT {2}CLASS +PKT\/s {2}DROPS\/s\nc +Counter +0 +0\n$/);
    const json = JSON.parse((await run(toolstack, ["top", "--once", "-i", "0.01", "--json"])).out);
    assert.deepEqual([json.domains[0].name, json.domains[0].processor], ["web", 0]);
    assert.equal((await run(toolstack, ["top", "none", "--once"])).status, 3);
  });

  it("fills a terminal again and again, and gives it back at the end", async () => {
    const toolstack = await withDomains("web", "dns", "nat");
    const input = Object.assign(new PassThrough(), { isTTY: true, raw: [] as boolean[] });
    const keyboard = Object.assign(input, { setRawMode: (raw: boolean) => input.raw.push(raw) });
    let pages = 0;
    const { status, out } = await run(toolstack, ["top", "-i", "0.01"], {
      input: keyboard,
      terminal: { rows: 3, columns: 20 },
      onOutput: (text) => {
        if (text.startsWith("\x1b[H") && ++pages === 2) keyboard.write("q");
      },
    });
    assert.deepEqual([status, input.raw], [0, [true, false]]);
    assert.ok(out.startsWith("\x1b[?1049h") && out.endsWith("\x1b[?1049l"));
    const [, page = ""] = out.split("\x1b[H");
    const lines = stripVTControlCharacters(page).split("\r\n");
    assert.deepEqual([lines.length, Math.max(...lines.map((line) => line.length))], [3, 20]);
  });
});

describe("cosmos as a process", () => {
  const entry = fileURLToPath(new URL("../src/bin/cosmos.ts", import.meta.url));

  it("ends quietly when nobody reads on, and says when there is no daemon", async () => {
    const closed = spawn(process.execPath, [entry, "completion", "bash"]);
    closed.stdout.destroy();
    assert.deepEqual(await once(closed, "close"), [0, null]);
    const lonely = spawn(process.execPath, [entry, "list", "--socket", path.join(directory, "none.sock")]);
    let errors = "";
    lonely.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    assert.deepEqual(await once(lonely, "close"), [4, null]);
    assert.match(errors, /^cosmos: .*none\.sock/);
  });
});
