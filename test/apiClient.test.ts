/** The client is a toolstack: what is done through it is done as if there were no daemon between. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { DaemonClient } from "../src/api/client.ts";
import { listenOnPort, listenOnSocket } from "../src/api/listen.ts";
import type { Router } from "../src/api/router.ts";
import { buildServer } from "../src/api/server.ts";
import { MemoryToolstack } from "../src/api/toolstack.fixture.ts";
import { until } from "../src/api/until.fixture.ts";
import type { DomainEvent } from "../src/domain/information.ts";
import { ToolstackError, type ToolstackErrorCode } from "../src/domain/toolstack.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cosmos-client-"));
const socket = path.join(folder, "socket");
const toolstack = new MemoryToolstack();
const client = new DaemonClient({ url: `unix:${socket}` });
const servers: Router[] = [];

before(async () => {
  servers.push(await buildServer(toolstack));
  await listenOnSocket(servers[0]!, socket);
  await client.create({ name: "fw", config: "Idle;" });
});

after(async () => {
  await client.close();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

const fails = (code: ToolstackErrorCode, message: RegExp) => (error: unknown) =>
  error instanceof ToolstackError && error.code === code && message.test(error.message);

/** Collects into `got`, so that a test can see what has come so far. */
async function collect<Item>(items: AsyncIterable<Item>, enough: number, got: Item[] = []): Promise<Item[]> {
  for await (const item of items) if (got.push(item) === enough) break;
  return got;
}

describe("a client", () => {
  it("answers what the toolstack answers", async () => {
    assert.deepEqual(await client.list(), await toolstack.list());
    assert.deepEqual(await client.information("fw"), await toolstack.information("fw"));
    assert.deepEqual(await client.statistics(), await toolstack.statistics());
    assert.deepEqual(await client.handlers("fw"), await toolstack.handlers("fw"));
    assert.deepEqual(await client.recentEvents(), await toolstack.recentEvents());
    assert.deepEqual(await client.save("fw"), await toolstack.save("fw"));
    assert.deepEqual(await client.chainUp({ name: "edge" }), (await client.chains())[0]);
    await client.chainDown("edge");
    assert.deepEqual(await client.defineNetwork({ name: "office" }), (await client.networks())[0]);
    await client.removeNetwork("office");
    assert.deepEqual(await client.networks(), []);
  });

  it("leads domains through their lives", async () => {
    assert.equal((await client.create({ name: "nat", config: "Idle;" }, { paused: true })).state, "paused");
    assert.equal((await client.unpause("nat")).state, "running");
    assert.equal((await client.swap("nat", { text: "// 2", parameters: { A: "1" } })).description.config, "// 2");
    assert.equal((await client.attachVif("nat", { name: "lan" })).vifs[0]?.name, "lan");
    assert.equal((await client.detachVif("nat", "lan")).vifs.length, 0);
    assert.equal((await client.pause("nat")).state, "paused");
    assert.equal((await client.reboot("nat")).state, "running");
    const copy = await client.restore(await client.save("nat"), { name: "copy", paused: true });
    assert.deepEqual([copy.name, copy.state], ["copy", "paused"]);
    assert.equal((await client.stop("nat")).state, "stopped");
    assert.equal((await client.start("nat", { text: "// 3", file: "c.click" })).description.config, "// 3");
    await client.destroy("copy");
    await client.migrate("nat", { url: "unix:/elsewhere" });
    assert.deepEqual(
      (await client.list()).map(({ name }) => name),
      ["fw"],
    );
  });

  it("carries any handler and any bytes", () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(".", "..", "a/b.count"), fc.string({ minLength: 1, unit: "grapheme" })),
        fc.uint8Array(),
        async (handler, bytes) => {
          const value = Buffer.from(bytes).toString("latin1");
          await client.writeHandler("fw", handler, value);
          assert.equal(await client.readHandler("fw", handler), value);
          assert.equal(await toolstack.readHandler("fw", handler), value);
        },
      ),
    ));

  it("fails as the toolstack does, with code and messages", async () => {
    await assert.rejects(client.information("x/../fw"), fails("NOT_FOUND", /no domain 'x\/..\/fw'/));
    await assert.rejects(client.create({ name: "fw" }), fails("EXISTS", /already/));
    await assert.rejects(client.swap("fw", { text: "Nonsense", file: "a" }), fails("INVALID", /^a:1: unknown/));
    await assert.rejects(client.restore(Buffer.from("?")), fails("INVALID", /not a file/));
    await assert.rejects(client.create({ name: "a b" }), fails("INVALID", /^body\.name: /));
  });

  it("follows events and consoles until its signal aborts", async () => {
    const stop = new AbortController();
    const events: DomainEvent[] = [];
    const said: string[] = [];
    const following = [
      collect(client.events(stop.signal, 2), Number.POSITIVE_INFINITY, events),
      collect(client.followConsole("fw", stop.signal), Number.POSITIVE_INFINITY, said),
    ];
    await until(() => toolstack.followers === 2);
    toolstack.say("fw", "\xffone\n");
    toolstack.say("fw", "two");
    await toolstack.pause("fw");
    await toolstack.unpause("fw");
    const recent = await client.recentEvents();
    await until(() => said.length === 2 && events.length === recent.length - 2);
    const [first] = await collect(client.events(stop.signal, recent.length - 1), 1);
    assert.deepEqual(first, recent.at(-1));
    stop.abort();
    await Promise.all(following);
    assert.deepEqual(said, ["\xffone\n", "two"]);
    assert.deepEqual(events, recent.slice(2));
    await until(() => toolstack.followers === 0);
  });

  it("follows traces and captures, which end of themselves", async () => {
    const { signal } = new AbortController();
    assert.equal((await collect(client.trace("fw", { count: 3 }, signal), 9)).length, 3);
    const request = { element: "c", port: 0, count: 2, snapLength: 100 };
    const file = Buffer.concat(await collect(client.capture("fw", request, signal), 9));
    assert.equal(file.length, 24 + 2 * 100);
    const refused = (items: AsyncIterable<unknown>, code: ToolstackErrorCode) =>
      assert.rejects(collect(items, 1), fails(code, /./));
    await refused(client.trace("fw", { count: 1, filter: "nonsense" }, signal), "INVALID");
    await refused(client.capture("fw", { ...request, element: "x" }, signal), "NOT_FOUND");
    await refused(client.followConsole("x", signal), "NOT_FOUND");
  });

  it("takes nothing more of a capture that it was told to leave", async () => {
    const stop = new AbortController();
    const request = { element: "c", port: 0 };
    for await (const _packet of client.capture("fw", request, stop.signal)) stop.abort();
  });
});

describe("a client without its daemon", () => {
  const list = (url: string, token?: string) => new DaemonClient({ url, token }).list();

  it("says how to start one", async () => {
    const nowhere = path.join(folder, "nowhere");
    await assert.rejects(list(`unix:${nowhere}`), fails("UNREACHABLE", /no daemon listens at unix:.*cosmos daemon/));
  });

  it("says so when what answers is something else", async () => {
    const other = createServer((connection) => connection.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
    const babbler = createServer((connection) => connection.end("220 mail ready\r\n"));
    for (const [index, server] of [other, babbler].entries()) {
      const place = path.join(folder, `other${index}`);
      await new Promise<void>((resolve) => server.listen(place, resolve));
      await assert.rejects(list(`unix:${place}`), fails("UNREACHABLE", /no cosmos daemon|no answer from unix:/));
      server.close();
    }
  });

  it("is told when the daemon goes while it follows", async () => {
    const place = path.join(folder, "short");
    const short = await buildServer(toolstack);
    await listenOnSocket(short, place);
    const events = new DaemonClient({ url: `unix:${place}` }).events(new AbortController().signal);
    const following = assert.rejects(
      collect(events, Number.POSITIVE_INFINITY),
      fails("UNREACHABLE", /went away|no answer/),
    );
    await until(() => toolstack.followers > 0);
    await short.close();
    await following;
  });
});

describe("a client over TCP", () => {
  const token = "0123456789abcdef0123456789abcdef";

  it("needs the token", async () => {
    const server = await buildServer(toolstack, { token });
    servers.push(server);
    await listenOnPort(server, "127.0.0.1", 0);
    const url = server.listeningOrigin;
    const own = new DaemonClient({ url, token });
    assert.equal((await own.list()).length, 1);
    await own.close();
    await assert.rejects(new DaemonClient({ url }).list(), fails("UNREACHABLE", /refused the token/));
  });

  it("trusts the authority that it was given, and no other", { skip: withoutOpenssl() }, async () => {
    const names = { key: path.join(folder, "key.pem"), certificate: path.join(folder, "certificate.pem") };
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2";
    const alternative = ["-addext", "subjectAltName=IP:127.0.0.1"];
    const output = ["-keyout", names.key, "-out", names.certificate];
    execFileSync("openssl", [...request.split(" "), ...alternative, ...output], { stdio: "ignore" });
    const tls = { key: readFileSync(names.key, "utf8"), certificate: readFileSync(names.certificate, "utf8") };
    const garbled = { ...tls, key: "no key" };
    await assert.rejects(buildServer(toolstack, { token, tls: garbled }), fails("INVALID", /^TLS: .*PEM/));
    const server = await buildServer(toolstack, { token, tls });
    servers.push(server);
    await listenOnPort(server, "127.0.0.1", 0);
    const url = `https://127.0.0.1:${new URL(server.listeningOrigin).port}`;
    const trusting = new DaemonClient({ url, token, authority: tls.certificate });
    assert.equal((await trusting.list()).length, 1);
    await trusting.close();
    await assert.rejects(new DaemonClient({ url, token }).list(), fails("UNREACHABLE", /self[- ]signed certificate/i));
  });
});

function withoutOpenssl(): string | false {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return false;
  } catch {
    return "skipped: openssl is not installed";
  }
}
