/** FromIPSummaryDump and ToIPSummaryDump with files: long ones, compressed ones, several at once. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { runClick } from "../../src/bin/clickCommand.ts";

const folder = mkdtempSync(path.join(tmpdir(), "summary-"));
const inFolder = (name: string): string => path.join(folder, name);
after(() => rmSync(folder, { recursive: true }));

async function click(configuration: string, ...words: string[]): Promise<{ status: number; text: string }> {
  let text = "";
  const print = (part: string): void => {
    text += part;
  };
  const terminal = { readStandardInput: () => Buffer.alloc(0), print, printMessage: print };
  return { status: await runClick(["--link=off", ...words, "-e", configuration], terminal), text };
}

function lines(count: number, payload: string): string[] {
  return Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255} "${payload}"`);
}

const HEADER = "!IPSummaryDump 1.3\n!data ip_src payload\n";

describe("summary dumps in files", () => {
  it("come through whole, in order, when they are many times longer than the streams", async () => {
    const dump = `${HEADER}${lines(20_000, "x".repeat(50)).join("\n")}\n`;
    writeFileSync(inFolder("long"), dump);
    const { status, text } = await click(
      `FromIPSummaryDump(${inFolder("long")}, STOP true) -> ToIPSummaryDump(${inFolder("copy")}, FIELDS src payload) -> c :: Counter -> Discard`,
      "-h",
      "c.count",
    );
    assert.deepEqual({ status, text }, { status: 0, text: "20000\n" });
    assert.equal(readFileSync(inFolder("copy"), "latin1"), dump);
  });

  it("are read when they are compressed", async () => {
    writeFileSync(inFolder("dump.gz"), gzipSync(`${HEADER}${lines(300, "y").join("\n")}\n`));
    const { text } = await click(
      `FromIPSummaryDump(${inFolder("dump.gz")}, STOP true) -> c :: Counter -> Discard`,
      "-h",
      "c.count",
    );
    assert.equal(text, "300\n");
  });

  it("of two sources are read in turn, one packet each", async () => {
    writeFileSync(inFolder("a"), `${HEADER}${lines(2000, "a").join("\n")}\n`);
    writeFileSync(inFolder("b"), `${HEADER}${lines(2000, "b").join("\n")}\n`);
    await click(
      `t :: ToIPSummaryDump(${inFolder("merged")}, FIELDS payload, HEADER false);
       FromIPSummaryDump(${inFolder("a")}, STOP true) -> t; FromIPSummaryDump(${inFolder("b")}, STOP true) -> t;
       DriverManager(pause, pause)`,
    );
    const merged = readFileSync(inFolder("merged"), "latin1").replaceAll(/["\n]/g, "");
    assert.equal(merged.length, 4000);
    assert.match(merged, /^(?:(?:ab)+|(?:ba)+)$/);
  });

  it("may have packets as long as IP allows", async () => {
    writeFileSync(inFolder("big"), "!data src ip_len\n1.0.0.1 65535\n1.0.0.2 20\n");
    const { text } = await click(
      `FromIPSummaryDump(${inFolder("big")}, STOP true, CHECKSUM true) -> CheckIPHeader -> ToIPSummaryDump(-, FIELDS src wire_len, HEADER false)`,
    );
    assert.equal(text, "1.0.0.1 65535\n1.0.0.2 20\n");
  });

  it("are said to be unwritable when the disk is full", async () => {
    const { text } = await click(
      'FromIPSummaryDump(DATA "!data src\n1.0.0.1\n", STOP true) -> ToIPSummaryDump(/dev/full)',
    );
    assert.equal(text, "ToIPSummaryDump(/dev/full): No space left on device\n");
  });
});
