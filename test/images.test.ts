/** Images from end to end: built and created by the `cosmos` command, run by a daemon, with traffic through a wire, captured, and back after kill -9. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DaemonClient } from "../src/api/client.ts";
import { until } from "../src/api/until.fixture.ts";
import { ToolstackError } from "../src/domain/toolstack.ts";
import { FILE_HEADER, parseFileHeader, RECORD_HEADER } from "../src/host/capture/pcap.ts";

const COSMOS = fileURLToPath(new URL("../src/bin/cosmos.ts", import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), "cosmos-images-"));
const socket = path.join(directory, "cosmos.sock");
const environment = { ...process.env, COSMOS_SOCKET: socket, COSMOS_STATE: path.join(directory, "state") };
const client = new DaemonClient({ url: `unix:${socket}` });
const daemons = new Set<ChildProcess>();

after(async () => {
  await client.close();
  for (const daemon of daemons) daemon.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

const FRAMES = 1000;
/** Bytes of each: 100 behind an Ethernet header. */
const FRAME = 114;
const SENDER = `s :: InfiniteSource(LIMIT ${FRAMES}, LENGTH 100, ACTIVE false)
  -> EtherEncap(0x88b5, 02:00:00:00:00:01, ff:ff:ff:ff:ff:ff) -> Queue -> ToDevice(eth0);`;

async function startDaemon(): Promise<ChildProcess> {
  const daemon = spawn(process.execPath, [COSMOS, "daemon"], {
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  daemons.add(daemon);
  await until(() =>
    client.list().then(
      () => true,
      (error) => {
        if (error instanceof ToolstackError && error.code === "UNREACHABLE") return false;
        throw error;
      },
    ),
  );
  return daemon;
}

async function cosmos(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [COSMOS, ...words], { env: environment });
  return stdout;
}

const file = (name: string): string => path.join(directory, name);
const count = async (domain: string): Promise<number> => Number(await client.readHandler(domain, "c.count"));

describe("an image", () => {
  it("is built, created, passes what a wire brings, is captured, and comes back with the daemon", async () => {
    writeFileSync(file("wire.click"), "FromDevice(left) -> c :: Counter -> Queue -> ToDevice(right);");
    await cosmos("image", "build", file("wire.click"), "-o", file("wire.image"));
    assert.match(
      await cosmos("image", "inspect", file("wire.image")),
      /\nleft +FromDevice@1 +receives +64 +2046 bytes\n/,
    );
    const daemon = await startDaemon();
    const vifs = ["--vif", "name=left,attach=wire:in", "--vif", "name=right,attach=wire:out"];
    const created = await cosmos("create", "--name", "middle", "--image", file("wire.image"), ...vifs);
    assert.match(created, /^middle \(1\): running, 4 elements, booted in \d+\.\d ms\n$/);
    await client.create({ name: "sender", config: SENDER, vifs: [{ attach: "wire:in" }] });
    await client.create({
      name: "sink",
      config: "FromDevice(eth0) -> c :: Counter -> Discard;",
      vifs: [{ attach: "wire:out" }],
    });
    const capturing = cosmos("capture", "middle", "right", file("right.pcap"), "-c", "10");
    await until(() => (statSync(file("right.pcap"), { throwIfNoEntry: false })?.size ?? 0) >= FILE_HEADER);
    await client.writeHandler("sender", "s.active", "true");
    await until(async () => (await count("sink")) === FRAMES);
    assert.equal(await count("middle"), FRAMES);
    await capturing;
    const capture = readFileSync(file("right.pcap"));
    assert.equal(typeof parseFileHeader(capture), "object");
    assert.equal(capture.length, FILE_HEADER + 10 * (RECORD_HEADER + FRAME));

    daemon.kill("SIGKILL");
    await once(daemon, "close");
    daemons.delete(daemon);
    const second = await startDaemon();
    assert.deepEqual([(await client.information("middle")).state, await count("middle")], ["running", 0]);
    await client.writeHandler("sender", "s.active", "true");
    await until(async () => (await count("sink")) === FRAMES);
    second.kill("SIGTERM");
    await once(second, "close");
    daemons.delete(second);
  });
});
