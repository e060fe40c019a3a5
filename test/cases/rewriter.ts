/** Elements of the family `rewriter`. */
import type { Case } from "./case.ts";
import { icmpPacket, tcpPacket, udpPacket } from "./ipPackets.ts";

/**
 * Packets that come one after another, each 10 ms after the one before, to input N of the element that follows, with IP header annotations:
 * `[INPUT, HEX]`.
 */
function traffic(packets: readonly (readonly [number, string])[], element: string): string {
  const sources = packets.map(
    ([input, hex], index) =>
      `TimedSource(${(index + 1) / 100}, \\<${hex}>, LIMIT 1) -> MarkIPHeader -> [${input}] ${element};`,
  );
  return sources.join("\n");
}

/** What Print shows of a whole packet. */
function printed(label: string, hex: string): string {
  const length = String(hex.length / 2).padStart(4);
  return `${label}: ${length} | ${hex.replace(/.{8}(?=.)/g, "$& ")}\n`;
}

/** Nothing ever comes to the inputs of `element`. */
function idleInputs(element: string, count: number): string {
  return Array.from({ length: count }, (_, input) => `Idle -> [${input}] ${element};`).join(" ");
}

/** A packet to an input of `rw` at a time. */
function at(seconds: number, input: number, hex: string): string {
  return `TimedSource(${seconds}, \\<${hex}>, LIMIT 1) -> MarkIPHeader -> [${input}] rw;`;
}

/** The first packet of a TCP connection from the client. */
function syn(port: number): string {
  return tcpPacket({ from: `${CLIENT}:${port}`, to: `${SERVER}:80` }, 2);
}

/** The error "host unreachable" to `to` about a packet, which is quoted whole. */
function errorAbout(to: string, packet: string): string {
  return icmpPacket({ from: "10.9.9.9", to }, 3, 1, 0, packet);
}

/** Errors to the outside address, one after another, to element `e`. */
function errorsAbout(packets: readonly string[]): string {
  const sources = packets.map(
    (packet, index) =>
      `TimedSource(${0.04 + index / 100}, \\<${errorAbout(OUTSIDE, packet)}>, LIMIT 1) -> MarkIPHeader -> e;`,
  );
  return sources.join("\n");
}

const CLIENT = "18.26.4.44";
const OTHER = "18.26.4.9";
const SERVER = "10.0.0.4";
const OUTSIDE = "1.0.0.1";

const afterSwap = `rw :: IPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, pass 1, TCP_NODATA_TIMEOUT 100); rw[0] -> Discard; rw[1] -> Discard;
  Idle -> [0] rw; Idle -> [1] rw; Script(print rw.patterns, print rw.tcp_table, stop)`;

export const cases: readonly Case[] = [
  {
    name: "IPRewriter translates TCP flows both ways, and keeps checksums right",
    arguments: ["--simtime"],
    configuration: `rw :: IPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, drop);
      ${traffic(
        [
          [0, tcpPacket({ from: `${CLIENT}:30`, to: `${SERVER}:40` }, 2)],
          [1, tcpPacket({ from: `${SERVER}:40`, to: `${OUTSIDE}:1024` }, 0x12)],
          [0, tcpPacket({ from: `${CLIENT}:30`, to: `${SERVER}:40` }, 0x10, "hello")],
          [0, tcpPacket({ from: `${OTHER}:30`, to: `${SERVER}:40` }, 2)],
          [1, tcpPacket({ from: `${SERVER}:40`, to: `${OUTSIDE}:1026` }, 0x12)],
        ],
        "rw",
      )}
      rw[0] -> Print(out, 100) -> Discard; rw[1] -> Print(in, 100) -> Discard;
      Script(wait 0.1, print rw.tcp_table, print rw.udp_table, print rw.patterns, print rw.size, print rw.table_size,
        print rw.tcp_lookup ${CLIENT} 30 ${SERVER} 40, print rw.tcp_lookup ${SERVER} 40 ${OUTSIDE} 1025,
        print rw.tcp_lookup 1.1.1.1 1 1.1.1.1 1, print rw.mapping_failures, stop)`,
    stdout: `(18.26.4.44, 30, 10.0.0.4, 40) => (1.0.0.1, 1024, 10.0.0.4, 40) [*0 1] i0 exp300
(10.0.0.4, 40, 1.0.0.1, 1024) => (10.0.0.4, 40, 18.26.4.44, 30) [0 *1] i0 exp300
(18.26.4.9, 30, 10.0.0.4, 40) => (1.0.0.1, 1025, 10.0.0.4, 40) [*0 1] i0 exp300
(10.0.0.4, 40, 1.0.0.1, 1025) => (10.0.0.4, 40, 18.26.4.9, 30) [0 *1] i0 exp300

1.0.0.1 1024-65535 - - [2]
<drop>
2
2
1.0.0.1 1024 10.0.0.4 40
10.0.0.4 40 18.26.4.9 30

0
`,
    stderr:
      printed("out", tcpPacket({ from: `${OUTSIDE}:1024`, to: `${SERVER}:40` }, 2)) +
      printed("in", tcpPacket({ from: `${SERVER}:40`, to: `${CLIENT}:30` }, 0x12)) +
      printed("out", tcpPacket({ from: `${OUTSIDE}:1024`, to: `${SERVER}:40` }, 0x10, "hello")) +
      printed("out", tcpPacket({ from: `${OUTSIDE}:1025`, to: `${SERVER}:40` }, 2)),
  },
  {
    name: "IPRewriter translates UDP flows, which are not TCP flows with the same ports",
    arguments: ["--simtime"],
    configuration: `rw :: IPRewriter(pattern ${OUTSIDE} 1024-65535 - 53 0 1, drop);
      ${traffic(
        [
          [0, udpPacket({ from: `${CLIENT}:2000`, to: `${SERVER}:40` }, "ask")],
          [0, tcpPacket({ from: `${CLIENT}:2000`, to: `${SERVER}:40` }, 2)],
          [1, udpPacket({ from: `${SERVER}:53`, to: `${OUTSIDE}:2000` }, "answer")],
        ],
        "rw",
      )}
      rw[0] -> Print(out, 100) -> Discard; rw[1] -> Print(in, 100) -> Discard;
      Script(wait 0.1, print rw.udp_table, print rw.size, write rw.clear, print rw.size, print rw.patterns, stop)`,
    stdout: `(18.26.4.44, 2000, 10.0.0.4, 40) => (1.0.0.1, 2000, 10.0.0.4, 53) [*0 1] i0 exp300
(10.0.0.4, 53, 1.0.0.1, 2000) => (10.0.0.4, 40, 18.26.4.44, 2000) [0 *1] i0 exp300
2
0
1.0.0.1 1024-65535 - 53
<drop>
`,
    stderr:
      printed("out", udpPacket({ from: `${OUTSIDE}:2000`, to: `${SERVER}:53` }, "ask")) +
      printed("out", tcpPacket({ from: `${OUTSIDE}:2000`, to: `${SERVER}:53` }, 2)) +
      printed("in", udpPacket({ from: `${SERVER}:40`, to: `${CLIENT}:2000` }, "answer")),
  },
  {
    name: "IPRewriter passes, keeps and drops, and lets only `pass` inputs through with other packets",
    arguments: ["--simtime"],
    configuration: `rw :: IPRewriter(pass 1, keep 0 1, drop);
      ${traffic(
        [
          [0, udpPacket({ from: `${CLIENT}:1`, to: `${SERVER}:2` })],
          [1, udpPacket({ from: `${CLIENT}:1`, to: `${SERVER}:2` })],
          [2, udpPacket({ from: `${SERVER}:2`, to: `${CLIENT}:1` })],
          [2, udpPacket({ from: `${SERVER}:2`, to: `${CLIENT}:3` })],
          [0, icmpPacket({ from: CLIENT, to: SERVER }, 8, 0, 1)],
          [1, icmpPacket({ from: CLIENT, to: SERVER }, 8, 0, 1)],
          [1, "450000"],
        ],
        "rw",
      )}
      rw[0] -> Print(a, 12) -> Discard; rw[1] -> Print(b, 12) -> Discard;
      Script(wait 0.1, print rw.patterns, print rw.pattern1, print rw.udp_table, stop)`,
    stdout: `<nochange>
<keep> [1]
<drop>
<keep> [1]
(18.26.4.44, 1, 10.0.0.4, 2) => (18.26.4.44, 1, 10.0.0.4, 2) [*0 1] i1 exp300
(10.0.0.4, 2, 18.26.4.44, 1) => (10.0.0.4, 2, 18.26.4.44, 1) [0 *1] i1 exp300
`,
    stderr: `b:   28 | 4500001c 00000000 40115a88
a:   28 | 4500001c 00000000 40115a88
b:   28 | 4500001c 00000000 40115a88
b:   28 | 4500001c 00000000 40015a98
`,
  },
  {
    name: "input specifications and patterns are checked, with Click's messages",
    configuration: `i :: Idle; rw :: IPRewriter(drop x, pass 7, pass x, keep 0, keep 0 9, pattern 1.0.0.1 0 - - 0 0, pattern x - - - 0 0,
        pattern - - x - 0 0, pattern - - - 70000 0 0, pattern - - - - 0 x, pattern none 0 0, pattern 0 0, i, huh, pattern 1.0.0.5-1.0.0.1 - 0 0,
        pattern - - - - - 0 0); ${idleInputs("rw", 16)} rw -> i`,
    stderr: `config:1: While configuring 'rw :: IPRewriter':
  input spec 0: syntax error, expected 'drop'
  input spec 1: output port out of range
  input spec 2: syntax error, expected 'nochange [OUTPUT]'
  input spec 3: bad forward port
  input spec 4: output port out of range
  input spec 5: bad source port
  input spec 6: bad source address
  input spec 7: bad destination address
  input spec 8: bad destination port
  input spec 9: bad reply port
  input spec 10: no such pattern 'none'
  input spec 11: syntax error
  input spec 12: element is not an IPMapper
  input spec 13: unknown specification
  input spec 14: bad source address
  input spec 15: syntax error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "a rewriter needs one specification an input, and a capacity that is one",
    configuration: `Idle -> rw :: IPRewriter(drop, drop) -> i :: Idle; Idle -> a :: UDPRewriter(drop, MAPPING_CAPACITY i) -> i`,
    stderr: `config:1: While configuring 'rw :: IPRewriter':
  need 1 arguments, one per input port
config:1: While configuring 'a :: UDPRewriter':
  bad MAPPING_CAPACITY
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "patterns print as Click prints them",
    configuration: `i :: Idle; IPRewriterPatterns(p 1.0.0.9 5-9? 2.0.0.2 7);
      a :: IPAddrRewriter(pattern 1.0.0.1 - 0 1, pattern 1.0.0.1-1.0.255.255 - 0 1, pattern 1.0.0.1/24 - 0 1, pattern 1.0.0.1/8# - 0 1,
        pattern 1.0.0.7/31 - 0 0, pattern p 0 0, pattern - - 0 0, pattern 1.0.0.1 - 0-65535# 0 0);
      ${idleInputs("a", 8)} a -> i; a[1] -> i;
      DriverManager(print a.patterns, stop)`,
    stdout: `1.0.0.1 -
1.0.0.1-1.0.255.255 -
1.0.0.1-1.0.0.254 -
1.0.0.1-1.255.255.254 -
1.0.0.6-1.0.0.7 -
1.0.0.9 5-9 2.0.0.2 7
- -
1.0.0.1 - - -
`,
  },
  {
    name: "IPRewriterPatterns refuses a name twice, and what is no pattern",
    configuration: "IPRewriterPatterns(p 1.0.0.9 - - -, p 1.0.0.8 - - -, q, r 1 2 3 4 5)",
    stderr: `config:1: While configuring 'IPRewriterPatterns@1 :: IPRewriterPatterns':
  pattern 'p' already defined
  syntax error
  syntax error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "a full table refuses flows while all others are guaranteed, and then replaces the one that expires first",
    arguments: ["--simtime"],
    configuration: `rw :: IPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, drop, MAPPING_CAPACITY 2, GUARANTEE 1);
      ${at(0.1, 0, syn(1))} ${at(0.2, 0, syn(2))} ${at(0.3, 0, syn(3))} ${at(0.9, 0, syn(1))} ${at(1.5, 0, syn(4))}
      Idle -> [1] rw; rw[0] -> Print(out, 22) -> Discard; rw[1] -> Discard;
      Script(wait 0.5, print rw.size, print rw.mapping_failures, print rw.capacity, wait 1.5, print rw.size,
        print rw.tcp_lookup 18.26.4.44 1 10.0.0.4 80, print rw.tcp_lookup 18.26.4.44 2 10.0.0.4 80, print rw.tcp_lookup 18.26.4.44 4 10.0.0.4 80,
        write rw.capacity 1, print rw.capacity, print rw.size, print rw.tcp_lookup 18.26.4.44 4 10.0.0.4 80, write rw.capacity x, stop)`,
    stdout: `2
1
2
2
1.0.0.1 1024 10.0.0.4 80

1.0.0.1 1027 10.0.0.4 80
1
1
1.0.0.1 1027 10.0.0.4 80
`,
    stderr: `out:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0400
out:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0401
out:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0400
out:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0403
While executing 'Script@16 :: Script':
  While calling 'rw.capacity x':
    CAPACITY: invalid number
`,
  },
  {
    name: "flows live as long as their state says, and the collector takes them when they have expired",
    arguments: ["--simtime"],
    configuration: `rw :: TCPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, drop, REAP_INTERVAL 1, TCP_NODATA_TIMEOUT 4, TCP_TIMEOUT 8, TCP_DONE_TIMEOUT 2, TCP_GUARANTEE 1);
      ${at(0.1, 0, syn(1))}
      ${at(0.2, 0, tcpPacket({ from: `${CLIENT}:2`, to: `${SERVER}:80` }, 0x10, "x"))} ${at(0.3, 1, tcpPacket({ from: `${SERVER}:80`, to: `${OUTSIDE}:1025` }, 0x10, "y"))}
      ${at(0.4, 0, syn(3))} ${at(0.5, 0, tcpPacket({ from: `${CLIENT}:3`, to: `${SERVER}:80` }, 0x14))}
      rw[0] -> Discard; rw[1] -> Discard;
      Script(wait 0.6, print rw.table_size, wait 2, print rw.table_size, print rw.lookup 18.26.4.44 3 10.0.0.4 80, wait 2.5, print rw.table_size,
        print rw.table, wait 4, print rw.size, stop)`,
    stdout: `3
3
1.0.0.1 1026 10.0.0.4 80
1
(18.26.4.44, 2, 10.0.0.4, 80) => (1.0.0.1, 1025, 10.0.0.4, 80) [*0 1] i0 exp3
(10.0.0.4, 80, 1.0.0.1, 1025) => (10.0.0.4, 80, 18.26.4.44, 2) [0 *1] i0 exp3
0
`,
  },
  {
    name: "UDPRewriter streams live longer, and all of TCP, UDP and DCCP is one map",
    arguments: ["--simtime"],
    configuration: `rw :: UDPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, drop, TIMEOUT 10, STREAMING_TIMEOUT 60);
      ${at(0.1, 0, udpPacket({ from: `${CLIENT}:9`, to: `${SERVER}:53` }, "q"))}
      ${at(0.2, 1, udpPacket({ from: `${SERVER}:53`, to: `${OUTSIDE}:1024` }, "a"))}
      ${at(0.4, 0, tcpPacket({ from: `${CLIENT}:9`, to: `${SERVER}:53` }, 2))}
      rw[0] -> Print(out, 40) -> Discard; rw[1] -> Print(in, 40) -> Discard;
      Script(wait 0.3, print rw.table, wait 0.2, print rw.table, stop)`,
    stdout: `(18.26.4.44, 9, 10.0.0.4, 53) => (1.0.0.1, 1024, 10.0.0.4, 53) [*0 1] i0 exp10
(10.0.0.4, 53, 1.0.0.1, 1024) => (10.0.0.4, 53, 18.26.4.44, 9) [0 *1] i0 exp10
(18.26.4.44, 9, 10.0.0.4, 53) => (1.0.0.1, 1024, 10.0.0.4, 53) [*0 1] i0 exp60
(10.0.0.4, 53, 1.0.0.1, 1024) => (10.0.0.4, 53, 18.26.4.44, 9) [0 *1] i0 exp60
`,
    stderr:
      printed("out", udpPacket({ from: `${OUTSIDE}:1024`, to: `${SERVER}:53` }, "q")) +
      printed("in", udpPacket({ from: `${SERVER}:53`, to: `${CLIENT}:9` }, "a")) +
      printed("out", tcpPacket({ from: `${OUTSIDE}:1024`, to: `${SERVER}:53` }, 2)),
  },
  {
    name: "IPAddrRewriter gives every host an address of its own",
    arguments: ["--simtime"],
    configuration: `rw :: IPAddrRewriter(pattern 3.0.0.1-3.0.0.2# - 0 1, drop);
      ${traffic(
        [
          [0, udpPacket({ from: "1.0.0.1:5", to: "9.9.9.9:53" }, "q")],
          [0, tcpPacket({ from: "1.0.0.2:5", to: "9.9.9.8:80" }, 2)],
          [0, icmpPacket({ from: "1.0.0.1", to: "9.9.9.7" }, 8, 0, 7)],
          [0, tcpPacket({ from: "1.0.0.3:5", to: "9.9.9.8:80" }, 2)],
          [1, udpPacket({ from: "9.9.9.6:53", to: "3.0.0.2:5" }, "a")],
          [1, udpPacket({ from: "9.9.9.6:53", to: "3.0.0.3:5" }, "a")],
        ],
        "rw",
      )}
      rw[0] -> Print(out, 100) -> Discard; rw[1] -> Print(in, 100) -> Discard;
      Script(wait 0.1, print rw.mapping_failures, print rw.patterns, print rw.size, stop)`,
    stdout: "1\n3.0.0.1-3.0.0.2 - [2]\n<drop>\n2\n",
    stderr:
      printed("out", udpPacket({ from: "3.0.0.1:5", to: "9.9.9.9:53" }, "q")) +
      printed("out", tcpPacket({ from: "3.0.0.2:5", to: "9.9.9.8:80" }, 2)) +
      printed("out", icmpPacket({ from: "3.0.0.1", to: "9.9.9.7" }, 8, 0, 7)) +
      printed("in", udpPacket({ from: "9.9.9.6:53", to: "1.0.0.2:5" }, "a")),
  },
  {
    name: "IPAddrPairRewriter rewrites pairs of addresses",
    arguments: ["--simtime"],
    configuration: `rw :: IPAddrPairRewriter(pattern 3.0.0.1-3.0.0.255# 8.8.8.8 0 1, drop);
      ${traffic(
        [
          [0, udpPacket({ from: "1.0.0.1:5", to: "9.9.9.9:53" }, "q")],
          [0, tcpPacket({ from: "1.0.0.1:5", to: "9.9.9.8:80" }, 2)],
          [1, udpPacket({ from: "8.8.8.8:53", to: "3.0.0.2:5" }, "a")],
        ],
        "rw",
      )}
      rw[0] -> Print(out, 100) -> Discard; rw[1] -> Print(in, 100) -> Discard;
      Script(wait 0.1, print rw.table, stop)`,
    stdout: `(1.0.0.1, 9.9.9.9) => (3.0.0.1, 8.8.8.8) [*0 1] i0 exp7200
(8.8.8.8, 3.0.0.1) => (9.9.9.9, 1.0.0.1) [0 *1] i0 exp7200
(1.0.0.1, 9.9.9.8) => (3.0.0.2, 8.8.8.8) [*0 1] i0 exp7200
(8.8.8.8, 3.0.0.2) => (9.9.9.8, 1.0.0.1) [0 *1] i0 exp7200
`,
    stderr:
      printed("out", udpPacket({ from: "3.0.0.1:5", to: "8.8.8.8:53" }, "q")) +
      printed("out", tcpPacket({ from: "3.0.0.2:5", to: "8.8.8.8:80" }, 2)) +
      printed("in", udpPacket({ from: "9.9.9.8:53", to: "1.0.0.1:5" }, "a")),
  },
  {
    name: "ICMPPingRewriter rewrites identifiers, and only requests make flows",
    arguments: ["--simtime"],
    configuration: `rw :: ICMPPingRewriter(pattern 2.0.0.2 - 0-65535# 0 1, drop);
      ${traffic(
        [
          [0, icmpPacket({ from: "1.0.0.1", to: "5.0.0.5" }, 8, 0, 10230 << 16)],
          [0, icmpPacket({ from: "1.0.0.2", to: "5.0.0.5" }, 8, 0, 3)],
          [1, icmpPacket({ from: "5.0.0.5", to: "2.0.0.2" }, 0, 0, 1 << 16)],
          [1, icmpPacket({ from: "5.0.0.5", to: "2.0.0.2" }, 0, 0, 0)],
          [1, icmpPacket({ from: "5.0.0.5", to: "2.0.0.2" }, 0, 0, 9 << 16)],
          [0, icmpPacket({ from: "5.0.0.5", to: "2.0.0.2" }, 3, 1, 0)],
        ],
        "rw",
      )}
      rw[0] -> Print(out, 100) -> Discard; rw[1] -> Print(in, 100) -> Discard;
      Script(wait 0.1, print rw.table, print rw.patterns, stop)`,
    stdout: `(1.0.0.1, 5.0.0.5, 10230) => (2.0.0.2, 5.0.0.5, 0) [*0 1] i0 exp300
(5.0.0.5, 2.0.0.2, 256) => (5.0.0.5, 1.0.0.1, 10486) [0 *1] i0 exp300
(1.0.0.2, 5.0.0.5, 0) => (2.0.0.2, 5.0.0.5, 1) [*0 1] i0 exp300
(5.0.0.5, 2.0.0.2, 257) => (5.0.0.5, 1.0.0.2, 256) [0 *1] i0 exp300
2.0.0.2 - - - [2]
<drop>
`,
    stderr:
      printed("out", icmpPacket({ from: "2.0.0.2", to: "5.0.0.5" }, 8, 0, 0)) +
      printed("out", icmpPacket({ from: "2.0.0.2", to: "5.0.0.5" }, 8, 0, (1 << 16) + 3)) +
      printed("in", icmpPacket({ from: "5.0.0.5", to: "1.0.0.2" }, 0, 0, 0)) +
      printed("in", icmpPacket({ from: "5.0.0.5", to: "1.0.0.1" }, 0, 0, 10230 << 16)),
  },
  {
    name: "ICMPRewriter changes errors about rewritten packets back, quoted checksums included",
    arguments: ["--simtime"],
    configuration: `rw :: IPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, drop); p :: ICMPPingRewriter(pattern ${OUTSIDE} - 7-8# 0 1, drop);
      rw[0] -> Discard; rw[1] -> Discard; p[0] -> Discard; p[1] -> Discard; Idle -> [1] rw; Idle -> [1] p; e :: ICMPRewriter(rw p:1);
      TimedSource(0.01, \\<${udpPacket({ from: `${CLIENT}:30`, to: `${SERVER}:40` }, "ask")}>, LIMIT 1) -> MarkIPHeader -> rw;
      TimedSource(0.02, \\<${tcpPacket({ from: `${CLIENT}:31`, to: `${SERVER}:41` }, 2)}>, LIMIT 1) -> MarkIPHeader -> rw;
      TimedSource(0.03, \\<${icmpPacket({ from: CLIENT, to: SERVER }, 8, 0, 5)}>, LIMIT 1) -> MarkIPHeader -> p;
      ${errorsAbout([
        udpPacket({ from: `${OUTSIDE}:1024`, to: `${SERVER}:40` }, "ask"),
        tcpPacket({ from: `${OUTSIDE}:1025`, to: `${SERVER}:41` }, 2),
        icmpPacket({ from: OUTSIDE, to: SERVER }, 8, 0, (7 << 16) + 5),
        udpPacket({ from: `${OUTSIDE}:1024`, to: `${SERVER}:44` }, "ask"),
      ])}
      e -> Print(a, 100) -> Discard; e[1] -> Print(b, 100) -> Discard; e[2] -> Print(c, 100) -> Discard;
      Script(wait 0.1, stop)`,
    stderr:
      printed("a", errorAbout(CLIENT, udpPacket({ from: `${CLIENT}:30`, to: `${SERVER}:40` }, "ask"))) +
      printed("a", errorAbout(CLIENT, tcpPacket({ from: `${CLIENT}:31`, to: `${SERVER}:41` }, 2))) +
      printed("c", errorAbout(CLIENT, icmpPacket({ from: CLIENT, to: SERVER }, 8, 0, 5))),
  },
  {
    name: "ICMPRewriter says what is wrong with its arguments",
    configuration: `rw :: IPRewriter(drop); Idle -> rw; rw -> i :: Idle; rw[1] -> i; Idle -> e :: ICMPRewriter(rw:0 i x rw:y) -> i`,
    stderr: `config:1: While configuring 'e :: ICMPRewriter':
  rw:0 port offset requires more than 1 output
  i not an IP rewriter
  x not an IP rewriter
  rw:y not an IP rewriter
  no IP rewriters supplied
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RoundRobinIPMapper takes its patterns in turn, and skips those that are exhausted",
    arguments: ["--simtime"],
    configuration: `m :: RoundRobinIPMapper(1.0.0.1 5-6# - - 0 2, 1.0.0.2 - - - 1 2); rw :: IPRewriter(m, drop);
      ${at(0.1, 0, syn(1))} ${at(0.2, 0, syn(2))} ${at(0.3, 0, syn(3))} ${at(0.4, 0, syn(4))} ${at(0.5, 0, syn(5))} ${at(0.6, 0, syn(1))}
      rw[0] -> Print(a, 22) -> Discard; rw[1] -> Print(b, 22) -> Discard; rw[2] -> Discard; Idle -> [1] rw;
      Script(wait 0.7, print rw.patterns, print rw.size, stop)`,
    stdout: "<mapper> [5]\n<drop>\n5\n",
    stderr: `a:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0005
b:   40 | 45000028 00000000 40066fcb 01000002 0a000004 0002
a:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0006
b:   40 | 45000028 00000000 40066fcb 01000002 0a000004 0004
b:   40 | 45000028 00000000 40066fcb 01000002 0a000004 0005
a:   40 | 45000028 00000000 40066fcc 01000001 0a000004 0005
`,
  },
  {
    name: "RoundRobinIPMapper and its rewriter check patterns and outputs",
    configuration: `m :: RoundRobinIPMapper(1.0.0.1 5-5# - - 0 2); n :: RoundRobinIPMapper; o :: RoundRobinIPMapper(x, - - - - 0 0);
      rw :: IPRewriter(m); Idle -> rw -> Idle`,
    stderr: `config:1: While configuring 'm :: RoundRobinIPMapper':
  warning: only one pattern given
config:1: While configuring 'n :: RoundRobinIPMapper':
  no patterns given
config:1: While configuring 'o :: RoundRobinIPMapper':
  syntax error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "a rewriter refuses a mapper whose outputs it does not have",
    configuration: `m :: RoundRobinIPMapper(1.0.0.1 5-5# - - 0 2, - - - - 0 0); rw :: IPRewriter(m); Idle -> rw -> Idle`,
    stderr: `config:1: While initializing 'rw :: IPRewriter':
  input spec 0: output port out of range in m :: RoundRobinIPMapper pattern 0
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "rewriters share a table, and a pattern that changes loses its flows",
    arguments: ["--simtime"],
    configuration: `a :: IPRewriter(pattern 1.0.0.2 1024-65534# - - 0 1, drop, MAPPING_CAPACITY b); b :: UDPRewriter(pattern 1.0.0.3 1024-65534# - - 0 1, drop, MAPPING_CAPACITY 3);
      TimedSource(0.1, \\<${udpPacket({ from: `${CLIENT}:30`, to: `${SERVER}:40` })}>, LIMIT 2) -> MarkIPHeader -> a;
      TimedSource(0.1, \\<${udpPacket({ from: `${CLIENT}:30`, to: `${SERVER}:40` })}>, LIMIT 1) -> MarkIPHeader -> b;
      Idle -> [1] a; Idle -> [1] b; a -> Discard; a[1] -> Discard; b -> Discard; b[1] -> Discard;
      Script(wait 0.15, print a.size, print b.size, print a.table_size, write a.pattern0 pattern 9.0.0.9 - - - 1 0, print a.size, print a.patterns,
        write a.pattern0 huh, wait 0.1, print a.udp_table, write b.clear, print a.size, print a.table_size, stop)`,
    stdout: `2
2
1
1
9.0.0.9 - - -
<drop>
(18.26.4.44, 30, 10.0.0.4, 40) => (9.0.0.9, 30, 10.0.0.4, 40) [*1 0] i0 exp300
(10.0.0.4, 40, 9.0.0.9, 30) => (10.0.0.4, 40, 18.26.4.44, 30) [1 *0] i0 exp300
0
0
`,
    stderr: `While executing 'Script@13 :: Script':
  While calling 'a.pattern0 huh':
    input spec 0: unknown specification
`,
  },
  {
    name: "SourceIPHashMapper gives all flows from one address to one pattern, the one that Click chooses",
    arguments: ["--simtime"],
    configuration: `m :: SourceIPHashMapper(4 77, 1.0.0.1 - - - 0 0 3, 1.0.0.2 - - - 0 0 1, 1.0.0.3 - - - 0 0 7); rw :: UDPRewriter(m);
      ${traffic(
        ["10.0.0.1:5", "10.0.0.1:6", "10.0.1.1:7", "10.9.2.1:8", "99.3.7.9:9", "192.168.1.1:10"].map((from) => [
          0,
          udpPacket({ from, to: `${SERVER}:53` }),
        ]),
        "rw",
      )}
      rw -> Print(a, 16) -> Discard; Script(wait 0.1, print rw.size, stop)`,
    stdout: "6\n",
    stderr: `a:   28 | 4500001c 00000000 40116fcc 01000002
a:   28 | 4500001c 00000000 40116fcc 01000002
a:   28 | 4500001c 00000000 40116fcc 01000002
a:   28 | 4500001c 00000000 40116fcc 01000002
a:   28 | 4500001c 00000000 40116fcd 01000001
a:   28 | 4500001c 00000000 40116fcb 01000003
`,
  },
  {
    name: "SourceIPHashMapper says what is wrong with its arguments",
    configuration: `SourceIPHashMapper();
SourceIPHashMapper(1 1); SourceIPHashMapper(1, - - - - 0 0 1); SourceIPHashMapper(0 1, - - - - 0 0 1, - - - - 0 0 2);
SourceIPHashMapper(1 x, - - - - 0 0 1, - - - - 0 0 2); SourceIPHashMapper(1 1, - - - - 0 0 1, x, - - - 0 0 1)`,
    stderr: `config:1: While configuring 'SourceIPHashMapper@1 :: SourceIPHashMapper':
  no hash seed given
config:2: While configuring 'SourceIPHashMapper@2 :: SourceIPHashMapper':
  no patterns given
config:2: While configuring 'SourceIPHashMapper@3 :: SourceIPHashMapper':
  warning: only one pattern given
  requires 2 config params: numnodes seed
config:2: While configuring 'SourceIPHashMapper@4 :: SourceIPHashMapper':
  number of nodes must be an integer
config:3: While configuring 'SourceIPHashMapper@5 :: SourceIPHashMapper':
  hash seed must be an integer
config:3: While configuring 'SourceIPHashMapper@6 :: SourceIPHashMapper':
  bad server ID in pattern spec
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "a rewriter whose arguments change in a hot swap keeps the flows of inputs that do not",
    arguments: ["--simtime", "-R"],
    configuration: `rw :: IPRewriter(pattern ${OUTSIDE} 1024-65535# - - 0 1, drop); rw[0] -> Discard; rw[1] -> Discard; Idle -> [1] rw;
      ${at(0.1, 0, syn(1))} ${at(0.2, 0, syn(2))}
      Script(wait 0.3, print rw.size, write hotconfig $(sprintf "%s" "${afterSwap}"))`,
    stdout: `2
1.0.0.1 1024-65535 - - [2]
<nochange>
(18.26.4.44, 1, 10.0.0.4, 80) => (1.0.0.1, 1024, 10.0.0.4, 80) [*0 1] i0 exp100
(10.0.0.4, 80, 1.0.0.1, 1024) => (10.0.0.4, 80, 18.26.4.44, 1) [0 *1] i0 exp100
(18.26.4.44, 2, 10.0.0.4, 80) => (1.0.0.1, 1025, 10.0.0.4, 80) [*0 1] i0 exp100
(10.0.0.4, 80, 1.0.0.1, 1025) => (10.0.0.4, 80, 18.26.4.44, 2) [0 *1] i0 exp100
`,
  },
];
