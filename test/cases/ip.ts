/** Elements of the family `ip`, but for routes and patterns. */
import type { Case } from "./case.ts";

/** A UDP datagram of 38 bytes from 1.2.3.4 port 258 to 5.6.7.8 port 772, both ECN bits set. */
const UDP = "4503 0026 0001 0000 40 11 6ab0 01020304 05060708 0102 0304 0012 f0b0 6162636465666768 696a";

/** A TCP segment of 46 bytes with the same addresses and ports. */
const TCP =
  "4500 002e 0001 0000 40 06 6ab6 01020304 05060708 0102 0304 00000012 00000000 5010 1111 6065 0000 616263646566";

/** An ICMP echo request, not to be fragmented. */
const PING = "4500 0020 0001 4000 40 01 2ac9 01020304 05060708 0800 2104 1234 0001 61626364";

const source = (hex: string, more = "LIMIT 1, STOP true"): string => `InfiniteSource(DATA \\<${hex}>, ${more})`;

export const cases: readonly Case[] = [
  {
    name: "CheckIPHeader sets the destination annotation and cuts Ethernet's padding off",
    configuration: `${source("4500 0014 0001 0000 40 11 6ac5 01020304 05060708 00000000")} -> Print(in) -> c :: CheckIPHeader -> Print(out, PRINTANNO true) -> Discard`,
    stderr: `in:   24 | 45000014 00010000 40116ac5 01020304 05060708 00000000
out:   20 | 050607080000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | 45000014 00010000 40116ac5 01020304 05060708
`,
  },
  {
    name: "CheckIPHeader tells why it refuses packets, and counts by reason",
    arguments: ["-h", "c.drops", "-h", "c.drop_details"],
    configuration: `c :: CheckIPHeader(VERBOSE true, DETAILS true, INTERFACES 1.2.3.4/8); c -> Discard; c[1] -> Discard;
      ${source("45000014")} -> c;
      ${source("6500 0014 0001 0000 40 11 0000 01020304 05060708")} -> c;
      ${source("4400 0014 0001 0000 40 11 0000 01020304 05060708")} -> c;
      ${source("4500 0015 0001 0000 40 11 0000 01020304 05060708")} -> c;
      ${source("4500 0014 0001 0000 40 11 0000 01020304 05060708")} -> c;
      ${source("4500 0014 0001 0000 40 11 6ccc 01ffffff 05060708", "LIMIT 3, STOP true")} -> c;`,
    stdout: `c.drops:
6

c.drop_details:
1	tiny packet
1	bad IP version
1	bad IP header length
1	bad IP length
1	bad IP checksum
1	bad source address

`,
    stderr: `c: IP header check failed: tiny packet
c: IP header check failed: bad IP version
c: IP header check failed: bad IP header length
c: IP header check failed: bad IP length
c: IP header check failed: bad IP checksum
c: IP header check failed: bad source address
`,
  },
  {
    name: "CheckIPHeader has drop_details only with DETAILS",
    arguments: ["-q", "-h", "c.drop_details"],
    configuration: `Idle -> c :: CheckIPHeader -> Discard`,
    stderr: `no 'c.drop_details' handler
`,
    status: 1,
  },
  {
    name: "CheckIPHeader exempts GOODDST from BADSRC",
    configuration: `${source(UDP)} -> c :: CheckIPHeader(BADSRC 1.2.3.4, GOODDST 9.9.9.9 5.6.7.8) -> IPPrint(TIMESTAMP false) -> CheckIPHeader(BADSRC 1.2.3.4) -> Discard`,
    stderr: `1.2.3.4.258 > 5.6.7.8.772: udp 18
CheckIPHeader@4: IP header check failed: bad source address
`,
  },
  {
    name: "CheckIPHeader says what is wrong with its arguments",
    configuration: `Idle -> CheckIPHeader(OFFSET -4) -> CheckIPHeader(14, 15) -> CheckIPHeader(INTERFACES 1.0.0.1/8 zz) -> CheckIPHeader(BADSRC 1.0.0.1/8) -> Discard`,
    stderr: `config:1: While configuring 'CheckIPHeader@2 :: CheckIPHeader':
  OFFSET: invalid number
config:1: While configuring 'CheckIPHeader@3 :: CheckIPHeader':
  too many arguments
config:1: While configuring 'CheckIPHeader@4 :: CheckIPHeader':
  INTERFACES: parse error
config:1: While configuring 'CheckIPHeader@5 :: CheckIPHeader':
  BADSRC: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "CheckIPHeader2 does not look at the checksum",
    arguments: ["-h", "c.drops"],
    configuration: `${source("4500 0014 0001 0000 40 11 0000 01020304 05060708")} -> c :: CheckIPHeader2 -> Print -> CheckIPHeader2(CHECKSUM true) -> Discard`,
    stdout: `0
`,
    stderr: `  20 | 45000014 00010000 40110000 01020304 05060708
CheckIPHeader2@4: IP header check failed: bad IP checksum
`,
  },
  {
    name: "MarkIPHeader marks, StripIPHeader strips, UnstripIPHeader puts back",
    configuration: `${source(UDP)} -> MarkIPHeader -> StripIPHeader -> Print(stripped) -> UnstripIPHeader -> Print(whole) -> Discard`,
    stderr: `stripped:   18 | 01020304 0012f0b0 61626364 65666768 696a
whole:   38 | 45030026 00010000 40116ab0 01020304 05060708 01020304
`,
  },
  {
    name: "DecIPTTL counts down and updates the checksum; what has expired leaves on output 1",
    arguments: ["-h", "d.drops"],
    configuration: `${source("4500 0014 0001 0000 02 11 a8c5 01020304 05060708")} -> CheckIPHeader
      -> d :: DecIPTTL -> CheckIPHeader -> Print(alive) -> e :: DecIPTTL -> Discard; d[1] -> Discard; e[1] -> Print(dead) -> Discard`,
    stdout: `0
`,
    stderr: `alive:   20 | 45000014 00010000 0111a9c5 01020304 05060708
dead:   20 | 45000014 00010000 0111a9c5 01020304 05060708
`,
  },
  {
    name: "DecIPTTL can leave multicast alone, or be off",
    arguments: ["-h", "d.active"],
    configuration: `${source("4500 0014 0001 0000 01 11 0000 01020304 e0000001")} -> MarkIPHeader -> DecIPTTL(MULTICAST false) -> Print(a)
      -> d :: DecIPTTL(ACTIVE false) -> Print(b) -> Discard`,
    stdout: `false
`,
    stderr: `a:   20 | 45000014 00010000 01110000 01020304 e0000001
b:   20 | 45000014 00010000 01110000 01020304 e0000001
`,
  },
  {
    name: "SetIPChecksum refuses packets shorter than their header",
    arguments: ["-h", "s.drops"],
    configuration: `${source("46000014 00010000 40110000 01020304 05060708", "LIMIT 2, STOP true")} -> s :: SetIPChecksum -> Discard`,
    stdout: `2
`,
    stderr: `SetIPChecksum: bad input packet
`,
  },
  {
    name: "FixIPSrc gives ICMP errors the interface's address, and no others",
    configuration: `${source(UDP)} -> CheckIPHeader -> t :: Tee -> ICMPError(9.9.9.9, unreachable, port) -> f :: FixIPSrc(7.7.7.7) -> CheckIPHeader -> IPPrint(TIMESTAMP false) -> Discard; t[1] -> f`,
    stderr: `7.7.7.7 > 1.2.3.4: icmp 5.6.7.8 unreachable port udp/772
1.2.3.4.258 > 5.6.7.8.772: udp 18
`,
  },
  {
    name: "GetIPAddress, SetIPAddress and StoreIPAddress move addresses between packet and annotation",
    configuration: `${source(UDP)} -> CheckIPHeader -> GetIPAddress(12) -> StoreIPAddress(dst) -> Print(a) -> CheckIPHeader -> CheckUDPHeader
      -> SetIPAddress(7.7.7.7) -> StoreIPAddress(src) -> StoreIPAddress(9.9.9.9, 28) -> GetIPAddress(IP src) -> StoreIPAddress(32) -> Print(b, 40) -> Discard`,
    stderr: `a:   38 | 45030026 00010000 401172b8 01020304 01020304 01020304
b:   38 | 45030026 00010000 401168b0 07070707 01020304 01020304 0012eeb0 09090909 07070707 696a
`,
  },
  {
    name: "StoreIPAddress sends packets without room to output 1",
    configuration: `${source("010203")} -> s :: StoreIPAddress(1.1.1.1, 0) -> Discard; s[1] -> Print(short) -> Discard`,
    stderr: `short:    3 | 010203
`,
  },
  {
    name: "GetIPAddress and StoreIPAddress say what is wrong with their arguments",
    configuration: `Idle -> GetIPAddress(3, IP src) -> GetIPAddress(IP foo) -> StoreIPAddress(x) -> StoreIPAddress -> StoreIPAddress(5, 1.0.0.1) -> StoreIPAddress(1.0.0.1, 5, 6) -> Discard`,
    stderr: `config:1: While configuring 'GetIPAddress@2 :: GetIPAddress':
  set one of OFFSET, IP
config:1: While configuring 'GetIPAddress@3 :: GetIPAddress':
  bad IP
config:1: While configuring 'StoreIPAddress@4 :: StoreIPAddress':
  type mismatch: OFFSET requires integer
config:1: While configuring 'StoreIPAddress@5 :: StoreIPAddress':
  OFFSET: required argument missing
config:1: While configuring 'StoreIPAddress@6 :: StoreIPAddress':
  ADDR: parse error
config:1: While configuring 'StoreIPAddress@7 :: StoreIPAddress':
  too many arguments
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "SetIPAddress's address may change",
    configuration: `Idle -> s :: SetIPAddress(1.2.3.4) -> Discard; DriverManager(print s.addr, write s.addr 5.6.7.8, print s.addr, write s.addr x, stop)`,
    stdout: `1.2.3.4
5.6.7.8
`,
    stderr: `While calling 's.addr x':
  expected IP address
`,
  },
  {
    name: "IPGWOptions records the route, and the time where it is asked to",
    arguments: ["--simtime"],
    configuration: `${source("4900 0024 0001 0000 40 11 0000 01020304 05060708 070704000000 00 01 44080500 00000000")} -> MarkIPHeader -> SetIPChecksum -> g :: IPGWOptions(9.9.9.9) -> CheckIPHeader -> Print(out, 40) -> Discard; g[1] -> Discard`,
    stderr: `out:   36 | 49000024 00010000 40115031 01020304 05060708 07070809 09090901 44080900 0061a800
`,
  },
  {
    name: "IPGWOptions points to what is wrong, and ICMPError tells the sender",
    arguments: ["-h", "g.drops"],
    configuration: `${source("4800 0020 0001 0000 40 11 0000 01020304 05060708 0101 07ff 0400000000000000")} -> MarkIPHeader -> SetIPChecksum -> g :: IPGWOptions(9.9.9.9) -> Discard; g[1] -> ICMPError(9.9.9.9, parameterproblem) -> CheckIPHeader -> CheckICMPHeader -> Print(error, 60) -> Discard`,
    stdout: `1
`,
    stderr: `error:   60 | 4500003c 00010000 c801dca8 09090909 01020304 0c00dcff 17000000 48000020 00010000 40115ab9 01020304 05060708 010107ff 04000000 00000000
`,
  },
  {
    name: "IPGWOptions needs an address",
    configuration: `Idle -> IPGWOptions -> IPGWOptions(1.2.3.4, foo) -> Discard`,
    stderr: `config:1: While configuring 'IPGWOptions@2 :: IPGWOptions':
  MYADDR: required argument missing
config:1: While configuring 'IPGWOptions@3 :: IPGWOptions':
  OTHERADDRS: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "IPFragmenter splits, copies the options that are meant for all, and numbers the pieces",
    arguments: ["-h", "f.fragments", "-h", "f.drops"],
    configuration: `${source("4700 0034 0001 0000 40 11 0000 01020304 05060708 070301 88040102 00 0102030405060708090a0b0c0d0e0f10 1112131415161718")} -> MarkIPHeader -> SetIPChecksum -> f :: IPFragmenter(36) -> CheckIPHeader -> IPPrint(TIMESTAMP false, CONTENTS hex) -> Discard`,
    stdout: `f.fragments:
3

f.drops:
0

`,
    stderr: `1.2.3.4.258 > 5.6.7.8.772: udp 1286 (frag 1:8@0+)
  47000024 00012000 40113a29 01020304 05060708 07030188
  04010200 01020304 05060708
1.2.3.4 > 5.6.7.8: udp (frag 1:8@8+)
  46000020 00012001 4011c0b1 01020304 05060708 88040102
  090a0b0c 0d0e0f10
1.2.3.4 > 5.6.7.8: udp (frag 1:8@16)
  46000020 00010002 4011e0b0 01020304 05060708 88040102
  11121314 15161718
`,
  },
  {
    name: 'IPFragmenter obeys "don\'t fragment"',
    arguments: ["-h", "f.drops"],
    configuration: `${source(PING, "LIMIT 7, STOP true")} -> CheckIPHeader -> f :: IPFragmenter(28) -> Discard; f[1] -> ICMPError(9.9.9.9, unreachable, needfrag, PMTU 28) -> Print(error, 28) -> Discard`,
    stdout: `7
`,
    stderr: `IPFragmenter(28) DF 1.2.3.4 5.6.7.8 len=32
error:   60 | 4500003c 00010000 c801dca8 09090909 01020304 0304fcdf 0000001c
IPFragmenter(28) DF 1.2.3.4 5.6.7.8 len=32
error:   60 | 4500003c 00020000 c801dca7 09090909 01020304 0304fcdf 0000001c
IPFragmenter(28) DF 1.2.3.4 5.6.7.8 len=32
error:   60 | 4500003c 00030000 c801dca6 09090909 01020304 0304fcdf 0000001c
IPFragmenter(28) DF 1.2.3.4 5.6.7.8 len=32
error:   60 | 4500003c 00040000 c801dca5 09090909 01020304 0304fcdf 0000001c
IPFragmenter(28) DF 1.2.3.4 5.6.7.8 len=32
error:   60 | 4500003c 00050000 c801dca4 09090909 01020304 0304fcdf 0000001c
error:   60 | 4500003c 00060000 c801dca3 09090909 01020304 0304fcdf 0000001c
error:   60 | 4500003c 00070000 c801dca2 09090909 01020304 0304fcdf 0000001c
`,
  },
  {
    name: "IPFragmenter needs an MTU of 8 at least",
    configuration: `Idle -> IPFragmenter(7) -> IPFragmenter -> Discard`,
    stderr: `config:1: While configuring 'IPFragmenter@2 :: IPFragmenter':
  MTU must be at least 8
config:1: While configuring 'IPFragmenter@3 :: IPFragmenter':
  MTU: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "IPPrint prints TCP, UDP, ICMP and fragments",
    configuration: `p :: IPPrint(L, TIMESTAMP false, ID true, TTL true, TOS true, LENGTH true) -> Discard;
      ${source(TCP)} -> CheckIPHeader -> p; ${source(PING)} -> CheckIPHeader -> p; ${source(UDP)} -> CheckIPHeader -> IPFragmenter(28) -> p; ${source("4500", "LIMIT 2, STOP true")} -> MarkIPHeader -> p`,
    stderr: `L: id 1 ttl 64 tos 0 length 46 1.2.3.4.258 > 5.6.7.8.772: . 18:24(6,46,46) ack 0 win 4369
L: id 1 ttl 64 tos 0 length 32 1.2.3.4 > 5.6.7.8: icmp echo (4660, 1)
L: id 1 ttl 64 tos 3 length 28 1.2.3.4.258 > 5.6.7.8.772: udp 18 (frag 1:8@0+)
L: id 1 ttl 64 tos 3 length 28 1.2.3.4 > 5.6.7.8: udp (frag 1:8@8+)
L: id 1 ttl 64 tos 3 length 22 1.2.3.4 > 5.6.7.8: udp (frag 1:2@16)
L: truncated-ip
`,
  },
  {
    name: "IPPrint prints contents, payload, paint and aggregate",
    configuration: `${source(TCP)} -> CheckIPHeader -> Paint(7) -> IPPrint(TIMESTAMP false, PAINT true, CONTENTS hex) -> IPPrint(TIMESTAMP false, AGGREGATE true, PAYLOAD ascii, MAXLENGTH 5) -> Discard`,
    stderr: `paint 7: 1.2.3.4.258 > 5.6.7.8.772: . 18:24(6,46,46) ack 0 win 4369
  4500002e 00010000 40066ab6 01020304 05060708 01020304
  00000012 00000000 50101111 60650000 61626364 6566
#0: 1.2.3.4.258 > 5.6.7.8.772: . 18:24(6,46,46) ack 0 win 4369
  abcde
`,
  },
  {
    name: "IPPrint says what is wrong with its arguments",
    configuration: `Idle -> IPPrint(CONTENTS foo) -> IPPrint(PAYLOAD foo) -> IPPrint(PAYLOAD hex, CONTENTS ascii) -> IPPrint(OUTFILE /nonexistent/x) -> Discard`,
    stderr: `config:1: While configuring 'IPPrint@2 :: IPPrint':
  bad contents value 'FOO'; should be 'NONE', 'HEX', or 'ASCII'
config:1: While configuring 'IPPrint@3 :: IPPrint':
  bad payload value 'no'; should be 'false', 'hex', or 'ascii'
config:1: While configuring 'IPPrint@4 :: IPPrint':
  specify at most one of PAYLOAD and CONTENTS
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "SetIPDSCP, SetIPECN and MarkIPCE change one part of the type of service each",
    configuration: `${source(UDP)} -> CheckIPHeader -> d :: SetIPDSCP(10) -> Print(dscp, 12) -> e :: SetIPECN(ect1) -> Print(ecn, 12) -> MarkIPCE -> Print(ce, 12) -> CheckIPHeader
      -> SetIPECN(-) -> MarkIPCE -> Print(never) -> Discard`,
    stderr: `dscp:   38 | 452b0026 00010000 40116a88
ecn:   38 | 45290026 00010000 40116a8a
ce:   38 | 452b0026 00010000 40116a88
`,
  },
  {
    name: "SetIPDSCP and SetIPECN may change",
    configuration: `Idle -> d :: SetIPDSCP(10) -> e :: SetIPECN(ce) -> Discard; DriverManager(write d.dscp 2, print d.dscp, print d.config, write d.dscp 64, print d.dscp, print e.ecn, write e.ecn ECT(0), print e.config, write e.ecn 4, stop)`,
    stdout: `2
2
2
ce
ECT(0)
`,
    stderr: `While calling 'd.dscp 64':
  diffserv code point out of range
While calling 'e.ecn 4':
  bad ECN argument
`,
  },
  {
    name: "IPEncap puts a header in front",
    arguments: ["-h", "e.src", "-h", "e.dst"],
    configuration: `${source("01020304", "LIMIT 2, STOP true")} -> SetIPAddress(7.7.7.7) -> e :: IPEncap(ipip, 1.2.3.4, DST_ANNO, DSCP 5, ECT 2, DF true, TTL 9) -> CheckIPHeader -> Print(out) -> IPEncap(4, 1.1.1.1, 2.2.2.2) -> CheckIPHeader -> Print(twice, 44) -> Discard`,
    stdout: `e.src:
1.2.3.4

e.dst:
DST_ANNO

`,
    stderr: `out:   24 | 45160018 00004000 09045fb9 01020304 07070707 01020304
twice:   44 | 4500002c 00000000 fa04bac8 01010101 02020202 45160018 00004000 09045fb9 01020304 07070707 01020304
out:   24 | 45160018 00014000 09045fb8 01020304 07070707 01020304
twice:   44 | 4500002c 00010000 fa04bac7 01010101 02020202 45160018 00014000 09045fb8 01020304 07070707 01020304
`,
  },
  {
    name: "IPEncap says what is wrong with its arguments",
    configuration: `Idle -> IPEncap(256, 1.2.3.4, 5.6.7.8) -> IPEncap(4, 1.2.3.4, foo) -> IPEncap(4, 1.2.3.4, 5.6.7.8, ECT foo) -> IPEncap(4) -> Discard`,
    stderr: `config:1: While configuring 'IPEncap@2 :: IPEncap':
  bad IP protocol
config:1: While configuring 'IPEncap@3 :: IPEncap':
  DST argument should be IP address or 'DST_ANNO'
config:1: While configuring 'IPEncap@4 :: IPEncap':
  bad ECT value 'foo'
config:1: While configuring 'IPEncap@5 :: IPEncap':
  SRC: required argument missing
  DST: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "IPMirror exchanges addresses and ports",
    configuration: `${source(UDP)} -> CheckIPHeader -> IPMirror -> CheckIPHeader -> CheckUDPHeader -> IPPrint(TIMESTAMP false) -> Discard`,
    stderr: `5.6.7.8.772 > 1.2.3.4.258: udp 18
`,
  },
  {
    name: "TruncateIPPayload keeps the headers",
    configuration: `${source(TCP)} -> CheckIPHeader -> TruncateIPPayload(2) -> Print(a, 46) -> TruncateIPPayload(4, false) -> Print(b, 46, PRINTANNO true) -> Discard`,
    stderr: `a:   42 | 4500002e 00010000 40066ab6 01020304 05060708 01020304 00000012 00000000 50101111 60650000 6162
b:   24 | 050607080000000000000000000000000000000000000000000000001600000000000000000000000000000000000000 | 4500002e 00010000 40066ab6 01020304 05060708 01020304
`,
  },
  {
    name: "IPReassembler puts fragments together, in any order",
    arguments: ["-h", "r.dump"],
    configuration: `${source(UDP)} -> CheckIPHeader -> IPFragmenter(28) -> s :: RoundRobinSwitch; s[0] -> q :: Queue -> Unqueue -> r :: IPReassembler; s[1] -> r; s[2] -> r;
      r -> CheckIPHeader -> CheckUDPHeader -> Print(whole, 40) -> Discard`,
    stdout: `frags seen total:    3
good reassemblies:   1
failed reassemblies: 0
bad fragments seen:  0
cached chunk data:
`,
    stderr: `whole:   38 | 45030026 00010000 40116ab0 01020304 05060708 01020304 0012f0b0 61626364 65666768 696a
`,
  },
  {
    name: "IPReassembler refuses impossible fragments, and shows what it keeps",
    arguments: ["-h", "r.dump"],
    configuration: `r :: IPReassembler -> Print(never) -> Discard;
      ${source("4500 001c 0007 2000 40 11 0000 01020304 05060708 0001000200080000")} -> MarkIPHeader -> r;
      ${source("4500 001c 0007 0002 40 11 0000 01020304 05060708 0102030405060708")} -> MarkIPHeader -> r;
      ${source("4500 0019 0007 2001 40 11 0000 01020304 05060708 0102030405")} -> MarkIPHeader -> r;
      ${source("4500 001c 0007 1fff 40 11 0000 01020304 05060708 0102030405060708", "LIMIT 2, STOP true")} -> MarkIPHeader -> r`,
    stdout: `frags seen total:    4
good reassemblies:   0
failed reassemblies: 0
bad fragments seen:  2
cached chunk data:
 (1.2.3.4, 1, 5.6.7.8, 2) 7 (0,8) (16,24)
`,
  },
  {
    name: "IPReassembler gives up what is too much",
    arguments: ["-h", "r.dump"],
    configuration: `r :: IPReassembler(HIMEM 60); r[0] -> Print(whole) -> Discard; r[1] -> Print(part) -> Discard;
      ${source("4500 001c 0007 2000 40 11 0000 01020304 05060708 0102030405060708")} -> MarkIPHeader -> r;
      ${source("4500 001c 0008 2000 40 11 0000 01020304 05060708 0102030405060708")} -> MarkIPHeader -> r;
      ${source("4500 001c 0009 2000 40 11 0000 01020304 05060708 0102030405060708", "LIMIT 2, STOP true")} -> MarkIPHeader -> r`,
    stdout: `frags seen total:    3
good reassemblies:   0
failed reassemblies: 2
bad fragments seen:  0
cached chunk data:
 (1.2.3.4, 258, 5.6.7.8, 772) 9 (0,8)
`,
    stderr: `part:   28 | 4500001c 00082000 40110000 01020304 05060708 01020304
part:   28 | 4500001c 00072000 40110000 01020304 05060708 01020304
`,
  },
  {
    name: "IPInputCombo and IPOutputCombo do a router's work",
    arguments: ["-h", "i.drops"],
    configuration: `i :: IPInputCombo(3, INTERFACES 5.6.7.9/8) -> GetIPAddress(16) -> o :: IPOutputCombo(4, 9.9.9.9, 1500); i2 :: Null -> p :: IPOutputCombo(3, 9.9.9.9, 30);
      o[0] -> Print(forward, 38) -> i2; o[1] -> Discard; o[2] -> Discard; o[3] -> Discard; o[4] -> Discard;
      p[0] -> Discard; p[1] -> ICMPError(9.9.9.9, redirect) -> IPPrint(TIMESTAMP false) -> Discard; p[2] -> Discard; p[3] -> Discard; p[4] -> Print(long) -> Discard;
      ${source("020202020202 010101010101 0800 4500 0022 0001 0000 40 11 6ab7 01020304 05060708 0102 0304 000e 0000 616263646566 0000")} -> i;
      ${source("020202020202 010101010101 0800 4500 0022 0001 0000 40 11 0000 01020304 05060708", "LIMIT 2, STOP true")} -> i`,
    stdout: `1
`,
    stderr: `forward:   34 | 45000022 00010000 3f116bb7 01020304 05060708 01020304 000e0000 61626364 6566
9.9.9.9 > 1.2.3.4: icmp redirect net
long:   34 | 45000022 00010000 3e116cb7 01020304 05060708 01020304
IP checksum failed
`,
  },
];
