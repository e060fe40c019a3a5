/** The API as any HTTP client sees it, over a toolstack in memory. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text as readText } from "node:stream/consumers";
import { after, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import type { Router } from "../src/api/router.ts";
import { buildServer } from "../src/api/server.ts";
import { MemoryToolstack } from "../src/api/toolstack.fixture.ts";
import { until } from "../src/api/until.fixture.ts";
import { DomainInformation, TraceStep } from "../src/domain/information.ts";
import { schemaFaults } from "../src/domain/schemaFaults.ts";

const servers: Router[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

let toolstack: MemoryToolstack;
let server: Router;

beforeEach(async () => {
  toolstack = new MemoryToolstack();
  server = await serve(toolstack);
});

async function serve(...options: Parameters<typeof buildServer>): Promise<Router> {
  const built = await buildServer(...options);
  servers.push(built);
  return built;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** @param body  sent as JSON */
async function ask(method: Method, url: string, body?: object) {
  const answer = await server.inject({ method, url, ...(body && { payload: body }) });
  return { status: answer.statusCode, body: answer.body === "" ? undefined : answer.json() };
}

const CREATE = { name: "fw", config: "Idle -> Discard;" };

describe("domains over HTTP", () => {
  it("are created, listed, told of and destroyed", async () => {
    const { status, body } = await ask("POST", "/v1/domains", CREATE);
    assert.equal(status, 201);
    assert.deepEqual(schemaFaults(DomainInformation, body), []);
    assert.deepEqual((await ask("GET", "/v1/domains")).body, [body]);
    assert.deepEqual((await ask("GET", "/v1/domains/fw")).body, body);
    assert.deepEqual((await ask("GET", "/v1/domains/1")).body, body);
    assert.deepEqual(await ask("DELETE", "/v1/domains/fw"), { status: 204, body: undefined });
    assert.equal((await ask("GET", "/v1/domains/fw")).status, 404);
  });

  it("are paused, also at once when they are created, and go on", async () => {
    assert.equal((await ask("POST", "/v1/domains?paused=true", CREATE)).body.state, "paused");
    assert.equal((await ask("POST", "/v1/domains/fw/unpause")).body.state, "running");
    assert.equal((await ask("POST", "/v1/domains/fw/pause")).body.state, "paused");
    assert.equal((await ask("POST", "/v1/domains/fw/reboot")).body.state, "running");
    assert.equal((await ask("POST", "/v1/domains/fw/stop")).body.state, "stopped");
  });

  it("start with and without a configuration, and change it", async () => {
    await ask("POST", "/v1/domains", { name: "fw" });
    assert.equal((await ask("POST", "/v1/domains/fw/start", { config: "Idle;" })).body.description.config, "Idle;");
    await ask("POST", "/v1/domains/fw/stop");
    assert.equal((await ask("POST", "/v1/domains/fw/start")).body.state, "running");
    const swapped = await ask("POST", "/v1/domains/fw/swap", { config: "// 2", parameters: { RATE: "5" } });
    assert.deepEqual(swapped.body.description.parameters, { RATE: "5" });
  });

  it("get interfaces and lose them, by name or number", async () => {
    await ask("POST", "/v1/domains", CREATE);
    await ask("POST", "/v1/domains/fw/vifs", { name: "lan", attach: "switch:office" });
    assert.equal((await ask("POST", "/v1/domains/fw/vifs", {})).body.vifs.length, 2);
    assert.equal((await ask("DELETE", "/v1/domains/fw/vifs/lan")).body.vifs.length, 1);
    assert.equal((await ask("DELETE", "/v1/domains/fw/vifs/0")).body.vifs.length, 0);
    assert.equal((await ask("DELETE", "/v1/domains/fw/vifs/0")).status, 404);
  });

  it("are saved to bytes and restored from them, under another name", async () => {
    await ask("POST", "/v1/domains", CREATE);
    const saved = await server.inject({ method: "GET", url: "/v1/domains/fw/save" });
    assert.equal(saved.headers["content-type"], "application/octet-stream");
    const restored = await server.inject({
      method: "POST",
      url: "/v1/restore?name=copy&paused=true",
      headers: { "content-type": "application/octet-stream" },
      payload: saved.rawPayload,
    });
    assert.equal(restored.statusCode, 201);
    assert.equal(restored.json().name, "copy");
    assert.equal(restored.json().state, "paused");
  });
});

describe("handlers over HTTP", () => {
  const put = (handler: string, value: Buffer, headers = { "content-type": "text/plain" }) =>
    server.inject({ method: "PUT", url: `/v1/domains/fw/handlers/${handler}`, headers, payload: value });

  it("give back the bytes that were written, whatever their names", async () => {
    await ask("POST", "/v1/domains", CREATE);
    const names = fc.oneof(
      fc.constantFrom("a/b.count", "c.lookup 10.0.0.1", "%2F", "?", "#", "100%", "été"),
      fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
      fc.string({ minLength: 500, maxLength: 1500 }),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array(), async (name, value) => {
        const handler = encodeURIComponent(name);
        assert.equal((await put(handler, Buffer.from(value))).statusCode, 204);
        const read = await server.inject({ method: "GET", url: `/v1/domains/fw/handlers/${handler}` });
        assert.equal(read.headers["content-type"], "text/plain; charset=iso-8859-1");
        assert.deepEqual(read.rawPayload, Buffer.from(value));
        const kept = await toolstack.readHandler("fw", name);
        assert.equal(kept, Buffer.from(value).toString("latin1"));
      }),
      { numRuns: 50 },
    );
  });

  it("take the bytes of a text as they are, whatever encoding is claimed", async () => {
    await ask("POST", "/v1/domains", CREATE);
    await put("c.x", Buffer.from("é"), { "content-type": "text/plain; charset=utf-8" });
    assert.equal(await toolstack.readHandler("fw", "c.x"), "\xc3\xa9");
  });

  it("take text only", async () => {
    await ask("POST", "/v1/domains", CREATE);
    const refused = await put("c.x", Buffer.from("{}"), { "content-type": "application/json" });
    assert.equal(refused.statusCode, 415);
    assert.match(refused.json().messages[0], /application\/json/);
  });

  it("are not there in a domain that does not run", async () => {
    await ask("POST", "/v1/domains", { name: "fw" });
    assert.deepEqual(await ask("GET", "/v1/domains/fw/handlers/config"), {
      status: 409,
      body: { code: "WRONG_STATE", messages: ["domain 'fw' is stopped: start it first"] },
    });
  });
});

describe("requests at fault", () => {
  const refused = async (method: Method, url: string, body: object, status: number, message: RegExp) => {
    const answer = await ask(method, url, body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.match(answer.body.messages.join("\n"), message);
    assert.deepEqual(Object.keys(answer.body), ["code", "messages"]);
  };

  it("are told each place where they are wrong", async () => {
    const vifs = [{ mac: "02:00:00:00:00:01" }, { mac: "two", vlan: 0 }];
    await refused("POST", "/v1/domains", { ...CREATE, vifs }, 400, /^body\.vifs\[1\]\.mac: .*'two'.*hexadecimal/m);
    await refused("POST", "/v1/domains", { ...CREATE, vifs }, 400, /^body\.vifs\[1\]\.vlan: must be >= 1/m);
    await refused("POST", "/v1/domains", { config: "" }, 400, /^body: 'name' is missing/);
    await refused("POST", "/v1/domains", { ...CREATE, memry: 3 }, 400, /^body\.memry: .*did you mean 'memory'/);
    await refused("POST", "/v1/domains", { ...CREATE, memory: "3" }, 400, /^body\.memory: must be an integer/);
    await refused("POST", "/v1/domains", { ...CREATE, name: "../etc" }, 400, /^body\.name: '\.\.\/etc'/);
    await refused("POST", "/v1/domains?paused=maybe", CREATE, 400, /^query\.paused: must be a boolean/);
    await refused("POST", "/v1/domains?pause=true", CREATE, 400, /^query\.pause: .*did you mean 'paused'/);
    await refused("POST", "/v1/domains", [], 400, /^body: must be a table, not an array/);
  });

  it("are told the toolstack's own words, with the status that fits", async () => {
    const config = "Nonsense;";
    await refused("POST", "/v1/domains", { name: "a", config, configFile: "a.click" }, 400, /^a\.click:1: unknown/);
    assert.deepEqual((await ask("GET", "/v1/domains")).body, []);
    await ask("POST", "/v1/domains", CREATE);
    await refused("POST", "/v1/domains", CREATE, 409, /'fw' already/);
    await refused("POST", "/v1/domains/fw/migrate", { url: "unix:/nowhere" }, 502, /no daemon listens/);
    await refused("POST", "/v1/domains/fw/trace", { filter: "nonsense", count: 1 }, 400, /^filter:/);
    await refused("POST", "/v1/domains/fw/capture", { element: "x", port: 0 }, 404, /no element 'x'/);
    for (const wrong of [{}, { port: 1 }, { element: "c", vif: "eth0" }, { vif: "eth0", port: 0 }])
      await refused("POST", "/v1/domains/fw/capture", wrong, 400, /either 'element', with its 'port', or 'vif'/);
    await refused("POST", "/v1/domains/x/trace", { count: 1 }, 404, /no domain 'x'/);
  });

  it("may not be JSON at all, or of another type, or too large, or to nowhere", async () => {
    const send = (payload: string | Buffer, type: string) =>
      server.inject({ method: "POST", url: "/v1/domains", headers: { "content-type": type }, payload });
    const malformed = await send('{\n"name": }', "application/json");
    assert.equal(malformed.statusCode, 400);
    assert.match(malformed.json().messages[0], /^body:2: not JSON: Unexpected token '}'/);
    assert.equal((await send('{"__proto__": {}}', "application/json")).statusCode, 400);
    assert.equal((await send("", "application/json")).statusCode, 400);
    assert.equal((await send("name=x", "application/x-www-form-urlencoded")).statusCode, 415);
    const large = await send(Buffer.alloc((16 << 20) + 1, " "), "application/json");
    assert.equal(large.statusCode, 413);
    assert.equal(large.json().code, "INVALID");
    await refused("POST", "/v1/domainz", {}, 404, /no operation POST \/v1\/domainz/);
    await refused("GET", "/v1/domains/%E9", {}, 400, /%E9/);
  });

  it("may not even be HTTP", async () => {
    const { port, hostname } = new URL(await listen());
    for (const [sent, status] of [
      ["nonsense\r\n\r\n", 400],
      [`GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ] as const) {
      const socket = connect({ port: Number(port), host: hostname });
      socket.end(sent);
      const [head = "", body = ""] = (await readText(socket)).split("\r\n\r\n");
      assert.ok(head.startsWith(`HTTP/1.1 ${status} `), head);
      assert.equal(JSON.parse(body).code, "INVALID");
    }
  });

  it("never break the server, whatever their bodies are", () =>
    fc.assert(
      fc.asyncProperty(fc.json(), async (payload) => {
        const headers = { "content-type": "application/json" };
        const answer = await server.inject({ method: "POST", url: "/v1/domains", headers, payload });
        assert.equal(answer.statusCode, 400, answer.body);
      }),
    ));

  it("that show a fault of ours are told nothing of its inside", async () => {
    toolstack.list = () => Promise.reject(new Error("secret of the inside"));
    const { status, body } = await ask("GET", "/v1/domains");
    assert.equal(status, 500);
    assert.deepEqual(body, { code: "INTERNAL", messages: ["internal fault: the daemon's log tells more"] });
  });
});

describe("a daemon with a token", () => {
  const token = "0123456789abcdef0123456789abcdef";
  const status = async (url: string, authorization?: string) => {
    const guarded = await serve(toolstack, { token });
    const answer = await guarded.inject({ method: "GET", url, headers: authorization ? { authorization } : {} });
    return answer.statusCode;
  };

  it("answers those who know it, and tells others its health only", async () => {
    assert.equal(await status("/v1/domains", `Bearer ${token}`), 200);
    for (const url of ["/v1/domains", "/metrics", "/v1/openapi.json", "/v1/events", "/nowhere"]) {
      assert.equal(await status(url), 401, url);
      assert.equal(await status(url, `Bearer ${token}x`), 401, url);
      assert.equal(await status(url, token), 401, url);
    }
    assert.equal(await status("/health"), 200);
  });
});

/** The text that the server sends on a connection of its own, until `enough` says so. */
async function receive(url: string, enough: (text: string) => boolean, headers: Record<string, string> = {}) {
  const address = await listen();
  const stop = new AbortController();
  const answer = await fetch(`${address}${url}`, { headers, signal: stop.signal });
  assert.equal(answer.status, 200);
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of answer.body!) {
    text += decoder.decode(piece, { stream: true });
    if (enough(text)) break;
  }
  stop.abort();
  return { text, type: answer.headers.get("content-type") };
}

async function listen(): Promise<string> {
  if (!server.server.listening) await server.listen({ host: "127.0.0.1", port: 0 });
  return server.listeningOrigin;
}

describe("streams", () => {
  it("tell events that were kept and those to come, numbered, and go on where a reader was", async () => {
    await toolstack.create(CREATE);
    const following = receive("/v1/events", (text) => text.includes('"event":"paused"'));
    await until(() => toolstack.followers > 0);
    await toolstack.pause("fw");
    const { text, type } = await following;
    assert.equal(type, "text/event-stream");
    assert.match(text, /^id: 1\ndata: \{"sequence":1,.*"created".*\}\n\nid: 2\ndata: /);
    await until(() => toolstack.followers === 0);

    const later = await receive("/v1/events", (rest) => rest.endsWith("\n\n"), { "last-event-id": "1" });
    assert.match(later.text, /^id: 2\n/);
  });

  it("tell what a guest says, byte by byte", async () => {
    await toolstack.create(CREATE);
    const following = receive("/v1/domains/fw/console/follow", (text) => text.endsWith("\n\n"));
    await until(() => toolstack.followers > 0);
    toolstack.say("fw", "a\nb\xff\0");
    assert.equal((await following).text, `data: ${JSON.stringify("a\nb\xff\0")}\n\n`);
    const console = await server.inject({ method: "GET", url: "/v1/domains/fw/console" });
    assert.deepEqual(console.rawPayload, Buffer.from("a\nb\xff\0", "latin1"));
  });

  it("tell counters again and again", async () => {
    await toolstack.create(CREATE);
    const { text } = await receive("/v1/statistics/follow?interval=0.1", (so) => so.split("\n\n").length > 2);
    assert.match(text, /^data: \[\{"id":1,.*\n\ndata: \[\{"id":1,/);
  });

  it("tell a trace step by step, and end with it", async () => {
    await toolstack.create(CREATE);
    const answer = await server.inject({ method: "POST", url: "/v1/domains/fw/trace", payload: { count: 3 } });
    const steps = answer.body.trimEnd().split("\n\n");
    assert.equal(steps.length, 3);
    for (const step of steps) assert.deepEqual(schemaFaults(TraceStep, JSON.parse(step.replace(/^data: /, ""))), []);
  });

  it("tell a fault on the way as an event", async () => {
    await toolstack.create(CREATE);
    toolstack.trace = async function* () {
      yield { packet: 0, time: 1, element: "c", class: "C", port: 0, event: "emitted", length: 60, summary: "" };
      throw new Error("secret of the inside");
    };
    const answer = await server.inject({ method: "POST", url: "/v1/domains/fw/trace", payload: { count: 3 } });
    assert.match(
      answer.body,
      /\n\nevent: fault\ndata: \{"code":"INTERNAL","messages":\["internal fault: [^"]*"\]\}\n\n$/,
    );
  });

  it("carry a capture as it is", async () => {
    await toolstack.create(CREATE);
    const payload = { element: "c", port: 0, count: 2, snapLength: 10 };
    const answer = await server.inject({ method: "POST", url: "/v1/domains/fw/capture", payload });
    assert.equal(answer.headers["content-type"], "application/vnd.tcpdump.pcap");
    assert.equal(answer.rawPayload.length, 24 + 2 * 10);
  });

  it("end, and their sources with them, when the server closes", async () => {
    await toolstack.create(CREATE);
    const following = receive("/v1/events", () => false);
    await until(() => toolstack.followers > 0);
    const broken = assert.rejects(following);
    await server.close();
    await broken;
    await until(() => toolstack.followers === 0);
  });
});

describe("slow readers", () => {
  /** A client that sends a request and never reads. */
  async function stall(request: string) {
    const { port, hostname } = new URL(await listen());
    const socket = connect({
      port: Number(port),
      host: hostname,
      onread: { buffer: Buffer.alloc(1), callback: () => false },
    });
    await once(socket, "connect");
    socket.write(request);
    return socket;
  }

  it("of events are cut off before much is kept for them", async () => {
    await toolstack.create(CREATE);
    let sent = 0;
    let ended = false;
    toolstack.followConsole = async function* (_name, signal) {
      for (; !signal.aborted && sent < 1 << 28; sent += 1 << 16) {
        yield "x".repeat(1 << 16);
        await new Promise((resolve) => setImmediate(resolve));
      }
      ended = true;
    };
    const socket = await stall("GET /v1/domains/fw/console/follow HTTP/1.1\r\nHost: x\r\n\r\n");
    await until(() => ended);
    socket.destroy();
    // What the kernel takes (some megabytes) and our limit.
    assert.ok(sent < 1 << 26, `${sent} bytes`);
  });

  it("of a capture slow it down", async () => {
    await toolstack.create(CREATE);
    let given = 0;
    const capture = toolstack.capture.bind(toolstack);
    toolstack.capture = async function* (...asked) {
      for await (const packet of capture(...asked)) {
        given += packet.length;
        yield packet;
      }
    };
    const body = JSON.stringify({ element: "c", port: 0, snapLength: 60_000 });
    const socket = await stall(
      `POST /v1/domains/fw/capture HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let last = -1;
    await until(() => {
      const still = given > 0 && given === last;
      last = given;
      return still;
    });
    assert.ok(given < 1 << 26, `${given} bytes`);
    socket.destroy();
  });
});

describe("metrics", () => {
  it("are Prometheus text: each family described once, each sample well-formed, labels escaped", async () => {
    await toolstack.create({ ...CREATE, vifs: [{ name: "lan" }] });
    const statistics = await toolstack.statistics();
    toolstack.statistics = async () =>
      statistics.map((one) => ({
        ...one,
        received: { packets: 7, bytes: 420, drops: { 'a "quoted\\ \n reason': 2 } },
      }));
    const answer = await server.inject({ method: "GET", url: "/metrics" });
    assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    const lines = answer.body.trimEnd().split("\n");
    const sample = /^[a-z_]+\{([a-z]+="([^"\\\n]|\\["\\n])*"(,(?=[a-z])|(?=\})))*\} \d+(\.\d+)?$/;
    const described = lines.filter((line) => line.startsWith("# HELP ")).map((line) => line.split(" ")[2]);
    assert.equal(new Set(described).size, described.length);
    for (const line of lines.filter((one) => !one.startsWith("#"))) {
      assert.match(line, sample);
      assert.ok(described.includes(line.slice(0, line.indexOf("{"))), line);
    }
    assert.ok(lines.includes('cosmos_domains{state="running"} 1'));
    assert.ok(lines.includes('cosmos_domains{state="crashed"} 0'));
    assert.ok(lines.includes('cosmos_domain_received_packets_total{domain="fw"} 7'));
    assert.ok(lines.includes('cosmos_domain_nanoseconds_total{domain="fw"} 1000'));
    assert.ok(lines.includes('cosmos_vif_sent_bytes_total{domain="fw",vif="lan"} 180'));
    assert.ok(lines.includes('cosmos_element_packets_total{domain="fw",element="c",class="Counter"} 3'));
    assert.ok(lines.includes('cosmos_element_bytes_total{domain="fw",element="c",class="Counter"} 180'));
    const escaped = String.raw`cosmos_domain_dropped_packets_total{domain="fw",direction="received",reason="a \"quoted\\ \n reason"} 2`;
    assert.ok(lines.includes(escaped));
  });
});

describe("networks and chains over HTTP", () => {
  it("come and go", async () => {
    assert.equal((await ask("POST", "/v1/networks", { name: "office", ageing: 60 })).body.kind, "switch");
    assert.equal((await ask("GET", "/v1/networks")).body.length, 1);
    assert.equal((await ask("DELETE", "/v1/networks/office")).status, 204);
    assert.equal((await ask("DELETE", "/v1/networks/office")).status, 404);
    assert.equal((await ask("POST", "/v1/chains", { name: "edge", domains: [CREATE] })).status, 201);
    assert.equal((await ask("GET", "/v1/chains")).body[0].domains[0].name, "fw");
    assert.equal((await ask("DELETE", "/v1/chains/edge")).status, 204);
  });
});

describe("the OpenAPI document", () => {
  it("is 3.0.3, names every operation and every schema, and says nothing that only later versions know", async () => {
    const { body: document } = await ask("GET", "/v1/openapi.json");
    assert.equal(document.openapi, "3.0.3");
    const operations = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap(Object.values);
    const names = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(names).size, names.length);
    for (const name of ["createDomain", "listDomains", "readHandler", "writeHandler"]) assert.ok(names.includes(name));
    const text = JSON.stringify(document);
    for (const keyword of ["patternProperties", "const", "anyOf", "$defs"]) assert.ok(!text.includes(`"${keyword}":`));
    for (const [, name = ""] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
      assert.ok(name in document.components.schemas, name);
  });
});
