import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Diagnostics } from "../../language/diagnostics.ts";
import { readDump, rewrite, writeDump } from "./dump.fixture.ts";
import { FIELD_NAMES, findField } from "./fields.ts";
import { SummaryReader } from "./reader.ts";

const readerOf = (diagnostics: Diagnostics) =>
  new SummaryReader({ file: "in", diagnostics, protocol: 6, checksums: "left", packets: "counted" });

/** The Internet checksum over all 16-bit words: zero when the packet has a right one. */
function checksum(...parts: readonly Uint8Array[]): number {
  const bytes = Buffer.concat([...parts, Uint8Array.of(0)]);
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return 0xffff - sum;
}

describe("SummaryReader", () => {
  it("complains once about lines that make no sense, and about every bad directive, with their places", () => {
    const { packets, messages } = readDump(
      `!data timestamp ip_len none foo payload_md5
!flowid 1.0.0.1 10 2.0.0.2 20 U
1.5 100 5 5 5

# a remark
!bad whatever
x y z
q q q
!flowid 1
!flowid 1.0.0.1 65536 2.0.0.2 20
!data
!proto
!proto foo
!proto tcpudp
!aggregate x
!binary x
`,
    );
    assert.equal(packets.length, 1);
    assert.deepEqual(messages, [
      "in:1: warning: unknown content type 'none'",
      "in:1: warning: unknown content type 'foo'",
      "in:1: warning: content type 'payload_md5' ignored on input",
      "in:7: packet parse error",
      "in:9: bad !flowid specification",
      "in:10: bad !flowid specification",
      "in:11: no contents specified",
      "in:12: bad !proto",
      "in:13: bad protocol in !proto",
      "in:14: bad protocol in !proto",
      "in:15: bad !aggregate specification",
      "in:16: bad !binary specification",
    ]);
  });

  it("wants a banner, the right version, and a description of the data", () => {
    assert.deepEqual(readDump("1 2\n").messages, [
      "in:0: warning: missing banner line; is this an IP summary dump?",
      "in:1: no '!data' provided",
    ]);
    assert.deepEqual(readDump("!IPSummaryDump 2.0\n").messages, [
      "in:0: warning: unexpected IPSummaryDump version 2.0",
    ]);
    assert.deepEqual(readDump("!IPSummaryDump 1.4\n!data ts\n1\n").messages.length, 1);
    assert.deepEqual(readDump("!IPSummaryDump junk\n!creator\n").messages, []);
    assert.deepEqual(readDump("1.0.0.1\n", { fields: "src" }).messages, []);
  });

  it("ends lines at LF, CR, and CR LF, and the last one at the end", () => {
    const dump = "!IPSummaryDump 1.3\n!data src\n1.0.0.1\r1.0.0.2\r\n1.0.0.3\r\r1.0.0.4";
    assert.deepEqual(rewrite(dump, "src"), ["1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4"]);
  });

  it("reads the same whatever the portions", () => {
    const dump = Buffer.from('!data src payload\r\n1.0.0.1 "a\\n b"\r1.0.0.2 x\n#\n\n1.0.0.3 "');
    const whole = readDump(dump);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const diagnostics = new Diagnostics();
        const reader = readerOf(diagnostics);
        const packets = [];
        for (let at = 0, turn = 0; at < dump.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          reader.write(dump.subarray(at, at + size));
          at += size;
          for (let packet = reader.read(); packet; packet = reader.read()) packets.push(packet);
        }
        reader.end();
        for (let packet = reader.read(); packet; packet = reader.read()) packets.push(packet);
        assert.ok(reader.isAtEnd);
        assert.deepEqual(packets, whole.packets);
        assert.deepEqual(diagnostics.lines, whole.messages);
      }),
    );
  });

  it("fills in addresses, ports, protocol and aggregate that lines do not give", () => {
    const dump =
      "!data ip_len sport\n!flowid 1.0.0.1 10 2.0.0.2 - U\n!aggregate 77\n100 -\n100 5\n!proto icmp\n100 -\n";
    assert.deepEqual(rewrite(dump, "src dst sport dport proto aggregate"), [
      "1.0.0.1 2.0.0.2 10 0 U 77",
      "1.0.0.1 2.0.0.2 5 0 U 77",
      "1.0.0.1 2.0.0.2 - - I 77",
    ]);
    assert.deepEqual(
      rewrite("!data ip_len\n100\n", "src dport proto", { reading: { flow: "1.0.0.1 10 2.0.0.2 20", protocol: 17 } }),
      ["1.0.0.1 20 U"],
    );
  });

  it("sets checksums over the whole length on request", () => {
    const dump =
      "!data src dst proto ip_len payload ip_opt\n1.2.3.4 5.6.7.8 T 101 abc rr{}+1\n1.2.3.4 5.6.7.8 U 61 abc .\n1.2.3.4 5.6.7.8 I 33 abc .\n";
    for (const { data, transportOffset = 0 } of readDump(dump, { checksums: "set" }).packets) {
      const segment = data.subarray(transportOffset);
      const pseudoHeader = Uint8Array.of(...data.subarray(12, 20), 0, data[9] ?? 0, 0, segment.length);
      assert.equal(data.length, data[3]);
      assert.equal(checksum(data.subarray(0, transportOffset)), 0);
      assert.equal(data[9] === 1 ? checksum(segment) : checksum(pseudoHeader, segment), 0);
    }
  });

  it("makes several packets of a line that counts them, or leaves that to the writer", () => {
    const dump = "!data ip_proto ip_len count ts first_ts\nU 300 3 3 1\nT 100 2 5 4\nT 30 3 1 -\n";
    const fields = "timestamp ip_len wire_len count udp_len";
    assert.deepEqual(rewrite(dump, fields, { reading: { packets: "repeated" } }), [
      "1.000000 100 28 1 80",
      "2.000000 100 28 1 80",
      "3.000000 100 28 1 80",
      "4.000000 50 40 1 -",
      "5.000000 50 40 1 -",
      "1.000000 30 30 1 -",
      "1.000000 30 30 1 -",
      "1.000000 30 30 1 -",
    ]);
    assert.deepEqual(rewrite(dump, fields, { writing: { separate: true } }).slice(0, 5), [
      "1.000000 300 28 1 280",
      "2.000000 300 28 1 280",
      "3.000000 300 28 1 280",
      "4.000000 100 40 1 -",
      "5.000000 100 40 1 -",
    ]);
  });

  it("does not make all of four billion packets at once", () => {
    const reader = new SummaryReader({
      file: "in",
      diagnostics: new Diagnostics(),
      protocol: 6,
      checksums: "left",
      packets: "repeated",
    });
    reader.write(Buffer.from("!data src count\n1.2.3.4 4294967295\n"));
    for (let index = 0; index < 10; index++) assert.equal(reader.read()?.data.length, 40);
  });

  it("reads the binary dumps that it writes", () => {
    const names = FIELD_NAMES.filter((name) => findField(name)?.hasBinaryForm).join(" ");
    const dump = `!data ts src dst sport dport proto ip_len ip_opt tcp_seq tcp_flags tcp_opt eth_src count
1.5 1.2.3.4 5.6.7.8 1 2 T 100 rr{1.1.1.1}+1 77 SA mss5;ts1:2;sackok 0-1-2-3-4-5 3
2.000001 1.2.3.4 5.6.7.8 1 2 U - . - - - 0-1-2-3-4-5 1
3 1.2.3.4 5.6.7.8 - - I - - - - - - 1
`;
    const { packets } = readDump(dump);
    const binary = writeDump(packets, names, { form: "binary", reportBad: true });
    const again = readDump(binary);
    assert.deepEqual(again.messages, [
      "in:2: warning: content type 'payload_md5' ignored on input",
      "in:2: warning: content type 'payload_md5_hex' ignored on input",
    ]);
    const checked =
      "ts src dst sport dport proto ip_len ip_opt tcp_seq tcp_flags tcp_ntopt eth_src count ip_hl tcp_off".replace(
        " eth_src",
        "",
      );
    assert.deepEqual(
      Buffer.from(writeDump(again.packets.slice(0, 2), checked)),
      Buffer.from(writeDump(packets.slice(0, 2), checked)),
    );
    assert.equal(again.packets.length, 3);
  });

  it("reports binary records that make no sense", () => {
    const header = Buffer.from("!IPSummaryDump 1.3\n!data ip_src ip_dst ip_opt\n!binary\n");
    const messages = (...bytes: number[]) => readDump(Buffer.concat([header, Uint8Array.from(bytes)])).messages;
    assert.deepEqual(messages(0, 0, 0, 3), ["in:record 2: binary record too short"]);
    assert.deepEqual(messages(0, 0, 0, 12, 1, 2, 3), ["in:record 2: truncated binary record"]);
    assert.deepEqual(messages(0, 0), ["in:record 2: truncated binary record"]);
    assert.deepEqual(messages(0x7f, 0, 0, 0, 1), ["in:record 2: binary record too long"]);
    assert.deepEqual(messages(0, 0, 0, 7, 1, 2, 3), ["in:record 2: packet parse error"]);
    assert.deepEqual(messages(0, 0, 0, 13, 1, 2, 3, 4, 5, 6, 7, 8, 9), []);
    assert.deepEqual(messages(0x80, 0, 0, 11, ...Buffer.from("!proto\0")), ["in:record 2: bad !proto"]);
  });

  it("refuses lines without end, and goes on after them", () => {
    const long = `!data src\n${"x".repeat(3 << 20)}\n1.0.0.1\n${'"'.repeat(1 << 20)}\n1.0.0.2\n`;
    const { packets, messages } = readDump(long);
    assert.equal(packets.length, 2);
    assert.deepEqual(messages, ["in:2: line too long", "in:4: packet parse error"]);
  });

  it("takes any bytes without throwing, and every packet that it gives can be written", () => {
    const names = fc.shuffledSubarray([...FIELD_NAMES], { minLength: 1, maxLength: 8 });
    const words = fc.constantFrom(
      "1",
      "0",
      "-",
      "T",
      "255",
      "4294967295",
      "1.2.3.4",
      "rr{1.1.1.1^}",
      "ts{1",
      "mss1",
      "sack1-",
      '"',
      '"\\',
      "F",
      "!",
      "+",
    );
    const row = fc.array(fc.oneof(words, fc.string({ maxLength: 6 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        names,
        fc.array(row, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 60 }),
        fc.boolean(),
        (fields, rows, tail, isBinary) => {
          const text = `!data ${fields.join(" ")}\n${rows.map((cells) => cells.join(" ")).join("\n")}\n${isBinary ? "!binary\n" : ""}`;
          const { packets } = readDump(Buffer.concat([Buffer.from(text, "latin1"), tail]), {
            checksums: "set",
            flow: "1.1.1.1 1 2.2.2.2 2",
          });
          for (const { data } of packets) assert.ok(data.length <= 0xffff + 14);
          assert.ok(writeDump(packets, FIELD_NAMES.join(" "), { reportBad: true }).length > 0);
        },
      ),
    );
  });
});
