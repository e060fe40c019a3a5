/** Captures at interfaces: what passes, both ways, as a file that others can read. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { CaptureRequest } from "../domain/toolstack.ts";
import { FILE_HEADER, parseFileHeader, parseRecordHeader, RECORD_HEADER } from "../host/capture/pcap.ts";
import { TestHypervisor, until } from "./hypervisor.fixture.ts";
import { imageOf } from "./image.fixture.ts";

/** Sends frames that begin with its own number, once it is active. */
function talker(number: number, frames: number): string {
  const ether = `EtherEncap(0x88b5, 02:00:00:00:00:0${number}, ff:ff:ff:ff:ff:ff)`;
  return `s :: InfiniteSource(LIMIT ${frames}, LENGTH 100, ACTIVE false) -> ${ether} -> Queue -> ToDevice(eth0); FromDevice(eth0) -> c :: Counter -> Discard;`;
}

interface Record {
  /** Last byte of the sender's address. */
  readonly sender: number;
  readonly captured: number;
  readonly length: number;
}

/** @throws AssertionError when the bytes are no capture file */
function recordsOf(file: Buffer): Record[] {
  const header = parseFileHeader(file);
  assert.ok(typeof header === "object", String(header));
  const records: Record[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = FILE_HEADER; at < file.length; ) {
    const { captured, length } = parseRecordHeader(view, at, header);
    at += RECORD_HEADER;
    records.push({ sender: file[at + 11] ?? -1, captured, length });
    at += captured;
  }
  return records;
}

describe("a capture at an interface", () => {
  const test = new TestHypervisor();
  const { hypervisor } = test;
  after(() => hypervisor.close());

  /** Collects a capture until it ends. `begun` resolves when the file's header is there. */
  function collect(id: number, request: CaptureRequest) {
    const abort = new AbortController();
    const pieces: Uint8Array[] = [];
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const ended = (async () => {
      for await (const piece of hypervisor.capture(id, request, abort.signal)) {
        pieces.push(piece);
        begin();
      }
    })();
    const file = (): Buffer => Buffer.concat(pieces);
    return { begun: () => Promise.race([begun, ended]), ended, file, abort: () => abort.abort() };
  }

  for (const [kind, content] of [
    ["a configuration", { configuration: { text: talker(1, 20), file: "test.click" } }],
    ["an image", { image: imageOf(talker(1, 20)) }],
  ] as const)
    it(`of ${kind} has what is sent and what is received, and ends with the domain`, async () => {
      const id = await test.boot("", ["wire:w"], content);
      const peer = await test.boot(talker(2, 30), ["wire:w"]);
      const capture = collect(id, { vif: "eth0" });
      await capture.begun();
      for (const each of [id, peer]) await hypervisor.writeHandler(each, "s.active", "true");
      await until("all has been captured", () => recordsOf(capture.file()).length === 50);
      const records = recordsOf(capture.file());
      assert.equal(records.filter(({ sender }) => sender === 1).length, 20);
      assert.equal(records.filter(({ sender }) => sender === 2).length, 30);
      assert.ok(records.every(({ captured, length }) => captured === 114 && length === 114));
      await hypervisor.destroy(id);
      await capture.ended;
      await hypervisor.destroy(peer);
      assert.equal(test.bytesInUse, 0);
    });

  it("takes as many packets and bytes as were asked for, and then leaves the interface as it was", async () => {
    const id = await test.boot(talker(1, 100), ["wire:w"]);
    const peer = await test.boot(talker(2, 1), ["wire:w"]);
    const bytes = test.bytesInUse;
    const capture = collect(id, { vif: "0", count: 7, snapLength: 20 });
    await capture.begun();
    await hypervisor.writeHandler(id, "s.active", "true");
    await capture.ended;
    assert.deepEqual(recordsOf(capture.file()), Array(7).fill({ sender: 1, captured: 20, length: 114 }));
    assert.equal(test.bytesInUse, bytes);
    for (const each of [id, peer]) await hypervisor.destroy(each);
  });

  it("sees what comes for a guest that stands still", async () => {
    const id = await test.boot(talker(1, 1), ["wire:w"], { paused: true });
    const peer = await test.boot(talker(2, 5), ["wire:w"]);
    const capture = collect(peer, { vif: "eth0" });
    await capture.begun();
    await hypervisor.writeHandler(peer, "s.active", "true");
    await until("all has been captured", () => recordsOf(capture.file()).length === 5);
    capture.abort();
    await capture.ended;
    for (const each of [id, peer]) await hypervisor.destroy(each);
    assert.equal(test.bytesInUse, 0);
  });

  it("is refused beside another, for what does not exist, and for what cannot be", async () => {
    const id = await test.boot(talker(1, 1), ["wire:w"]);
    const bytes = test.bytesInUse;
    const first = collect(id, { vif: "eth0" });
    await first.begun();
    for (const [request, code, message] of [
      [{ vif: "0" }, "WRONG_STATE", /the packets of interface 'eth0' are being captured already/],
      [{ vif: "eth9" }, "NOT_FOUND", /no interface 'eth9'/],
    ] as const) {
      const refusal = await test.refusal(collect(id, request).ended);
      assert.equal(refusal.code, code);
      assert.match(refusal.message, message);
    }
    first.abort();
    await first.ended;
    for (const request of [
      { vif: "eth0", count: 0 },
      { vif: "eth0", snapLength: 65536 },
    ])
      assert.equal((await test.refusal(collect(id, request).ended)).code, "INVALID");
    assert.equal(test.bytesInUse, bytes);
    await hypervisor.detachVif(id, 0);
    assert.equal((await test.refusal(collect(id, { vif: "eth0" }).ended)).code, "NOT_FOUND");
    await hypervisor.destroy(id);
  });

  it("ends when the interface goes, as a file without packets if none have passed", async () => {
    const id = await test.boot(talker(1, 1), ["wire:w", "wire:x"]);
    const first = collect(id, { vif: "eth1" });
    await first.begun();
    await hypervisor.detachVif(id, 1);
    await first.ended;
    assert.deepEqual(recordsOf(first.file()), []);
    await hypervisor.destroy(id);
    assert.equal(test.bytesInUse, 0);
  });
});
