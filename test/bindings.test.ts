/** The generated clients: they are what the generators make of today's schemas, and they work with a live daemon. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, readHandler, writeHandler } from "../bindings/typescript/client.ts";
import { listenOnPort, listenOnSocket } from "../src/api/listen.ts";
import type { Router } from "../src/api/router.ts";
import { buildServer } from "../src/api/server.ts";
import { MemoryToolstack } from "../src/api/toolstack.fixture.ts";

const BINDINGS = fileURLToPath(new URL("../bindings", import.meta.url));
const TOKEN = "0123456789abcdef0123456789abcdef";
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");

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

describe("bindings/openapi.json", () => {
  it("is what the daemon says of itself", async () => {
    const { body } = await servers[0]!.inject({ method: "GET", url: "/v1/openapi.json" });
    const kept = JSON.parse(readFileSync(path.join(BINDINGS, "openapi.json"), "utf8"));
    assert.deepEqual(kept, JSON.parse(body), "run `node bindings/generate.mjs`");
  });
});

describe("generated files", { skip: withoutGenerators() }, () => {
  it("are what the generators make of it", () => {
    const fresh = path.join(folder, "fresh");
    execFileSync(process.execPath, [path.join(BINDINGS, "generate.mjs"), fresh], { stdio: "inherit" });
    const files = filesBelow(fresh);
    assert.ok(files.length > 30);
    for (const file of files) {
      const [made, kept] = [fresh, BINDINGS].map((place) => readFileSync(path.join(place, file), "utf8"));
      assert.equal(kept, made, `${file}: run \`node bindings/generate.mjs\``);
    }
    const client = path.join("python", "cosmos_client");
    assert.deepEqual(filesBelow(path.join(BINDINGS, client)), filesBelow(path.join(fresh, client)));
  });
});

describe("the TypeScript client", () => {
  for (const kind of ["a Unix socket", "TCP"])
    it(`works over ${kind}`, async () => {
      const client = kind === "TCP" ? connect(url(), TOKEN) : connect(`unix:${socket}`);
      const created = await client.POST("/v1/domains", { body: { name: "ts", config: "Idle;" } });
      assert.equal(created.data?.state, "running");
      assert.equal((await client.GET("/v1/domains")).data?.[0]?.name, "ts");
      const params = { path: { domain: "ts" } };
      assert.equal((await client.POST("/v1/domains/{domain}/pause", { params })).data?.state, "paused");
      await client.POST("/v1/domains/{domain}/unpause", { params });
      for (const handler of ["a/b.count", "c.lookup 10.0.0.1", "%é"]) {
        await writeHandler(client, "ts", handler, ALL_BYTES);
        assert.equal(await readHandler(client, "ts", handler), ALL_BYTES);
        assert.equal(await toolstack.readHandler("ts", handler), ALL_BYTES);
      }
      await assert.rejects(readHandler(client, "ts", "x"), /no handler 'x'/);
      assert.equal((await client.DELETE("/v1/domains/{domain}", { params })).response.status, 204);
      const { error } = await client.GET("/v1/domains/{domain}", { params });
      assert.deepEqual(error, { code: "NOT_FOUND", messages: ["no domain 'ts'"] });
    });
});

function filesBelow(place: string): string[] {
  const names = readdirSync(place, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)))
    .sort();
}

function runs(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function withoutGenerators(): string | false {
  if (!runs("java", "-version")) return "skipped: java is not installed";
  const tools = path.join(BINDINGS, "tools");
  const installed = existsSync(path.join(tools, "node_modules")) || runs("npm", "ci", "--prefix", tools);
  return installed ? false : "skipped: the generators cannot be installed";
}
