import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readDump, rewrite, writeDump } from "./dump.fixture.ts";
import { FIELD_NAMES, findField } from "./fields.ts";

describe("the fields of a summary dump", () => {
  it("are found by name, alias, and with words in place of underscores", () => {
    const names = ["ts", "src", "ip src", "length", "ip_p", "frag", "ether_dst", "first_ts", "tcp win", "opt", "len"];
    assert.deepEqual(
      names.map((name) => findField(name)?.name),
      [
        "timestamp",
        "ip_src",
        "ip_src",
        "ip_len",
        "ip_proto",
        "ip_frag",
        "eth_dst",
        "first_timestamp",
        "tcp_window",
        "ip_opt",
        "ip_len",
      ],
    );
    for (const name of ["", "none", "ip_ip_src", "constructor", "tcp_", " "]) assert.equal(findField(name), undefined);
  });

  it("carry routes and timestamps of the IP header", () => {
    const lines = rewrite(
      `!data src sport dst dport proto ip_opt
18.26.4.44 30 10.0.0.4 40 T .
18.26.4.44 30 10.0.0.4 40 T nop;nop;eol
18.26.4.44 20 10.0.0.8 80 T ssrr{128.4.45.60,128.4.49.61^1.1.1.1,2.2.2.2}
18.26.4.44 10 10.0.0.8 80 T rr{2.3.4.5}+3
18.26.4.44 12 10.0.0.1 80 T ts{1.0.0.1=!8320,1.0.0.2=8321}++5
18.26.4.44 13 10.0.0.1 80 T ts.3{1.0.0.1=1,^1.0.0.3,1.0.0.4=?}+1
18.26.4.44 15 10.0.0.1 80 T ts{1,10000,!45^0,0};rr{}+1
`,
      "src sport dst dport proto ip_opt ip_len",
    );
    assert.deepEqual(lines, [
      "18.26.4.44 30 10.0.0.4 40 T . 40",
      "18.26.4.44 30 10.0.0.4 40 T . 44",
      "18.26.4.44 20 10.0.0.8 80 T ssrr{128.4.45.60,128.4.49.61^1.1.1.1,2.2.2.2} 60",
      "18.26.4.44 10 10.0.0.8 80 T rr{2.3.4.5}+3 60",
      "18.26.4.44 12 10.0.0.1 80 T ts.ip{1.0.0.1=!8320,1.0.0.2=8321^}++5 60",
      "18.26.4.44 13 10.0.0.1 80 T ts.preip{1.0.0.1=1^1.0.0.3,1.0.0.4,0.0.0.0} 76",
      "18.26.4.44 15 10.0.0.1 80 T ts{1,10000,!45}+2;rr{}+1 72",
    ]);
  });

  it("refuse options that make no sense", () => {
    const bad = [
      "rr{300.1.1.1}",
      "rr{1.2.3}",
      "rr{1.2.3.4",
      "ts.16{1}",
      "ts.ip{1.2.3.4}",
      "256",
      "1=",
      "1=256",
      "x",
      "nop,",
      "eol:nop",
      "1=2;",
    ];
    const tooLong = `130=${Array(50).fill(1).join(":")}`;
    for (const options of [...bad, tooLong]) {
      assert.deepEqual(
        rewrite(`!data ip_src ip_opt\n1.2.3.4 ${options}\n`, "src ip_opt ip_hl"),
        ["1.2.3.4 . 20"],
        options,
      );
    }
  });

  it("agree on lengths", () => {
    const dump =
      "!data ip_proto ip_len payload_len count ts\nT 100 - 1 1.5\nU 100 - 1 1.5\nI - 10 1 1\nU - 30 3 2\n47 200 - 1 1\n";
    const fields = "timestamp ip_proto ip_len payload_len wire_len count udp_len ip_capture_len";
    assert.deepEqual(rewrite(dump, fields, { reading: { checksums: "set" } }), [
      "1.500000 T 100 60 100 1 - 100",
      "1.500000 U 100 72 100 1 80 100",
      "1.000000 I 30 10 30 1 - 30",
      "2.000000 U 58 30 58 3 38 58",
      "1.000000 47 200 180 200 1 - 200",
    ]);
  });

  it("know Ethernet and payload", () => {
    const dump = `!data eth_src eth_dst eth_type ip_src payload
0-1-2-3-4-5 6:7:8:9:a:b 0800 1.2.3.4 abc
- - - 1.2.3.4 "a b\\n\\"c"
`;
    assert.deepEqual(
      rewrite(dump, "eth_src eth_dst eth_type ip_src payload wire_len ip_ttl payload_md5 payload_md5_hex"),
      [
        '00-01-02-03-04-05 06-07-08-09-0A-0B 0800 1.2.3.4 "abc" 57 100 qgauyYJ0pbR1w_tFOe_FYb 900150983cd24fb0d6963f7d28e17f72',
        '- - - 1.2.3.4 "a b\\n\\"c" 46 100 DdBbfx6IFOkXDMLApe6X3c ddb005c5a58b1faac49d596a0fa1c7b7',
      ],
    );
    assert.deepEqual(rewrite("!data payload_len\n0\n", "payload_md5 payload_md5_hex"), [
      "u3bJz@iaYsq6aMaMSJVq_b d41d8cd98f00b204e9800998ecf8427e",
    ]);
  });

  it("know ICMP messages by name", () => {
    const dump = `!data icmp_type icmp_code icmp_flowid icmp_seq icmp_nextmtu
!proto icmp
echo 0 5 6 7
unreachable needfrag 5 6 1480
13 0 9 8 -
5 1 2 3 4
200 200 - - -
`;
    const fields = "icmp_type icmp_type_name icmp_code icmp_code_name icmp_flowid icmp_seq icmp_nextmtu wire_len";
    assert.deepEqual(rewrite(dump, fields), [
      "8 echo 0 0 5 6 - 28",
      "3 unreachable 4 needfrag - - 1480 28",
      "13 timestamp 0 0 9 8 - 40",
      "5 redirect 1 host - - - 28",
      "200 200 200 200 - - - 28",
    ]);
  });

  it("know TCP flags and options", () => {
    const dump = `!data tcp_seq tcp_ack tcp_flags tcp_window tcp_urp tcp_off tcp_opt
1 2 S 3 4 - mss1460;sackok;ts1:2;nop;wscale7
4294967295 0 AP 65535 0 24 .
0 0 FSRPAUECN 0 0 - sack1-2,sack3-4;99=1:2
0 0 4095 0 0 60 -
`;
    const fields = "tcp_seq tcp_ack tcp_flags tcp_window tcp_urp tcp_off tcp_opt tcp_ntopt tcp_sack";
    assert.deepEqual(rewrite(dump, fields), [
      "1 2 S 3 4 40 mss1460;sackok;ts1:2;wscale7 mss1460;sackok;wscale7 sackok",
      "4294967295 0 PA 65535 0 24 . . .",
      "0 0 FSRPAUECN 0 0 44 sack1-2;sack3-4;99=1:2 sack1-2;sack3-4;99=1:2 sack1-2;sack3-4",
      "0 0 FSRPAUECN 0 0 60 . . .",
    ]);
  });

  it("know fragments and the type of service", () => {
    const dump = `!data ip_id ip_frag ip_fragoff ip_tos ip_ecn ip_dscp
1 . - 2 - -
0 ! - 7 ce -
- F - - - 9
- f - - - -
- - 1480+ - - -
- - 16! - - -
- - +! - - -
`;
    assert.deepEqual(rewrite(dump, "ip_frag ip_fragoff ip_id ip_tos ip_ecn ip_dscp sport"), [
      ". 0 1 2 ect2 0 0",
      "! 0! 0 7 ce 1 0",
      "F 0+ 0 36 no 9 0",
      "f 800 0 0 no 0 -",
      "f 1480+ 0 0 no 0 -",
      "f 16! 0 0 no 0 -",
      "F 0+! 0 0 no 0 0",
    ]);
    assert.deepEqual(rewrite("!IPSummaryDump 1.0\n!data ip_fragoff\n10+\n", "ip_fragoff"), ["80+"]);
  });

  it("know what is annotated", () => {
    const dump = "!data ts_sec ts_usec count direction aggregate first_ts\n5 7 3 < 9 1.25\n- - 0 > - -\n";
    const fields = "ts ntimestamp ts_sec ts_usec ts_usec1 first_timestamp count link paint direction aggregate";
    assert.deepEqual(rewrite(dump, fields), [
      "5.000007 5.000007 5 7 5000007 1.250000 3 1 1 < 9",
      "0.000000 0.000000 0 0 0 0.000000 1 0 0 > 0",
    ]);
    assert.deepEqual(rewrite("!data ntimestamp usec1 paint\n1.123456789 - 7\n- 1500000 -\n", "ts direction"), [
      "1.123456789 7",
      "1.500000 >",
    ]);
  });

  it("are missing from packets that end before them", () => {
    const { packets } = readDump("!data sport dport tcp_urp tcp_opt\n1 2 3 wscale10\n");
    const cut = [44, 41, 38, 23, 20, 3, 0].map((length) =>
      packets.map((packet) => ({ ...packet, data: packet.data.slice(0, length) })),
    );
    const lines = cut.map(
      (short) => Buffer.from(writeDump(short, "sport dport tcp_urp tcp_opt ip_src")).toString().split("\n")[2],
    );
    assert.deepEqual(lines, [
      "1 2 3 wscale10 0.0.0.0",
      "1 2 3 - 0.0.0.0",
      "1 2 - - 0.0.0.0",
      "1 - - - 0.0.0.0",
      "- - - - 0.0.0.0",
      "- - - - -",
      "- - - - -",
    ]);
  });

  it("say what is wrong with a packet", () => {
    const dump = "!data ip_len ip_proto ip_fragoff sport\n10 T 0 5\n44 T 0 5\n20 U 0 5\n30 T 8 5\n";
    assert.deepEqual(rewrite(dump, "ip_len sport tcp_seq", { writing: { reportBad: true } }), [
      "!bad IP length 10",
      "20 - -",
      "44 5 0",
      "!bad truncated TCP/UDP header",
      "20 - -",
      "!bad fragmented TCP/UDP header",
      "30 - -",
    ]);
  });

  it("can be written for any bytes, and are text without newlines", () => {
    const names = FIELD_NAMES.join(" ");
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.integer({ min: -20, max: 90 }),
        fc.integer({ min: -20, max: 120 }),
        fc.uint8Array({ minLength: 48, maxLength: 48 }),
        (data, networkOffset, headerLength, annotations) => {
          if (data.length > 0 && headerLength % 2 === 0) data[0] = 0x45;
          const packet = {
            timestamp: 1n,
            data,
            networkOffset,
            transportOffset: networkOffset + headerLength,
            annotations,
          };
          const lines = Buffer.from(writeDump([packet], names, { reportBad: true }))
            .toString("latin1")
            .split("\n");
          assert.ok(lines.length === 4 || (lines.length === 5 && lines[2]?.startsWith("!bad ")));
          assert.equal(
            lines
              .at(-2)
              ?.replace(/"(?:\\.|[^"\\])*"/, "")
              .split(" ").length,
            FIELD_NAMES.length,
          );
        },
      ),
    );
  });
});
