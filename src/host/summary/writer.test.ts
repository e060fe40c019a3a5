import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Diagnostics } from "../../language/diagnostics.ts";
import { readDump, writeDump } from "./dump.fixture.ts";
import { formatHeader, formatRemark, parseFieldList } from "./writer.ts";

describe("the writer of summary dumps", () => {
  it("reports fields that it does not know or cannot write", () => {
    const diagnostics = new Diagnostics();
    assert.equal(parseFieldList("none 'ip src' payload", "binary", diagnostics, "f:1"), undefined);
    assert.equal(parseFieldList("", "text", diagnostics, "f:2"), undefined);
    assert.deepEqual(diagnostics.lines, [
      "f:1: unknown content type 'none'",
      "f:1: cannot use field payload with BINARY",
      "f:2: no contents specified",
    ]);
  });

  it("begins with what the dump is", () => {
    const fields = parseFieldList("ntimestamp src", "text", new Diagnostics(), "") ?? [];
    const time = 1_700_000_000_123_456_000n;
    assert.equal(formatHeader({ fields, form: "binary" }), "!IPSummaryDump 1.3\n!data ntimestamp ip_src\n!binary\n");
    const lines = formatHeader({ fields, form: "text", banner: 'x "y"', origin: { host: "here", time } }).split("\n");
    assert.deepEqual(
      [...lines.slice(0, 3), ...lines.slice(4)],
      ["!IPSummaryDump 1.3", '!creator "x \\"y\\""', "!host here", "!data timestamp ip_src", ""],
    );
    assert.match(lines[3] ?? "", /^!runtime 1700000000\.123456 \([A-Z][a-z]{2} Nov 1[45] [0-9:]{8} 2023\)$/);
  });

  it("writes binary records with their length and fixed places", () => {
    const { packets } = readDump("!data ts src sport proto eth_src\n1.5 1.2.3.4 258 T 0-1-2-3-4-5\n- - - 1 -\n");
    const dump = Buffer.from(writeDump(packets, "ts ntimestamp eth_src src sport ip_ttl", { form: "binary" }));
    const records = dump.subarray(dump.indexOf("!binary\n") + 8).toString("hex");
    assert.equal(
      records,
      "00000021" +
        "000000010007a120" +
        "1dcd650000000001" +
        "000102030405" +
        "01020304" +
        "0102" +
        "64" +
        "00000021" +
        "0000000000000000" +
        "0000000000000000" +
        "000000000000" +
        "00000000" +
        "0000" +
        "64",
    );
  });

  it("marks lines among binary records", () => {
    assert.equal(Buffer.from(formatRemark("!bad x", "text")).toString(), "!bad x\n");
    assert.equal(Buffer.from(formatRemark("#n", "binary")).toString("hex"), "80000007236e0a");
  });

  it("settles the extra length of a packet whose IP header tells it", () => {
    const [packet] = readDump("!data ip_len\n100\n").packets;
    assert.ok(packet);
    assert.deepEqual([...packet.annotations.subarray(28, 32)], [60, 0, 0, 0]);
    writeDump([packet], "wire_len");
    assert.deepEqual([...packet.annotations.subarray(28, 32)], [60, 0, 0, 0]);
    writeDump([packet], "ip_len");
    assert.deepEqual([...packet.annotations.subarray(28, 32)], [0, 0, 0, 0]);
  });
});
