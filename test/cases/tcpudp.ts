/** Elements of the family `tcpudp`, but for rewriters. */
import type { Case } from "./case.ts";

/** A UDP datagram of 38 bytes from 1.2.3.4 port 258 to 5.6.7.8 port 772, both ECN bits set. */
const UDP = "4503 0026 0001 0000 40 11 6ab0 01020304 05060708 0102 0304 0012 f0b0 6162636465666768 696a";

/** A TCP segment of 46 bytes with the same addresses and ports. */
const TCP =
  "4500 002e 0001 0000 40 06 6ab6 01020304 05060708 0102 0304 00000012 00000000 5010 1111 6065 0000 616263646566";

const source = (hex: string, more = "LIMIT 1, STOP true"): string => `InfiniteSource(DATA \\<${hex}>, ${more})`;

export const cases: readonly Case[] = [
  {
    name: "SetUDPChecksum makes what CheckUDPHeader accepts",
    configuration: `${source(UDP)} -> CheckIPHeader -> c :: CheckUDPHeader -> StoreData(28, \\<41>) -> SetUDPChecksum -> CheckUDPHeader -> Print(out, 40) -> Discard`,
    stderr: `out:   38 | 45030026 00010000 40116ab0 01020304 05060708 01020304 001210b1 41626364 65666768 696a
`,
  },
  {
    name: "CheckUDPHeader refuses other protocols, bad lengths and bad checksums, but not missing ones",
    arguments: ["-h", "c.drops", "-h", "c.drop_details"],
    configuration: `t :: Tee(6); ${source(UDP)} -> CheckIPHeader -> t; c :: CheckUDPHeader(VERBOSE true, DETAILS true); c -> Print(good) -> Discard; c[1] -> Discard;
      t[0] -> c; t[1] -> StoreData(9, \\<06>) -> c; t[2] -> StoreData(25, \\<ff>) -> c; t[3] -> StoreData(24, \\<0007>) -> c; t[4] -> StoreData(30, \\<00>) -> c; t[5] -> StoreData(26, \\<0000>) -> StoreData(30, \\<00>) -> c`,
    stdout: `c.drops:
4

c.drop_details:
1	not UDP
2	bad packet length
1	bad UDP checksum

`,
    stderr: `good:   38 | 45030026 00010000 40116ab0 01020304 05060708 01020304
UDP header check failed: not UDP
UDP header check failed: bad packet length
UDP header check failed: bad packet length
UDP header check failed: bad UDP checksum
good:   38 | 45030026 00010000 40116ab0 01020304 05060708 01020304
`,
  },
  {
    name: "SetUDPChecksum passes fragments to output 1, or reports the first",
    configuration: `${source(UDP)} -> CheckIPHeader -> StoreData(6, \\<2000>) -> s :: SetUDPChecksum -> Discard; s[1] -> Print(fragment) -> t :: SetUDPChecksum -> Discard`,
    stderr: `fragment:   38 | 45030026 00012000 40116ab0 01020304 05060708 01020304
t :: SetUDPChecksum: fragment or short packet
`,
  },
  {
    name: "SetTCPChecksum makes what CheckTCPHeader accepts",
    configuration: `${source(TCP)} -> CheckIPHeader -> StoreData(40, \\<41>) -> SetTCPChecksum -> CheckTCPHeader -> Print(out, 46) -> StoreData(32, \\<10>) -> SetTCPChecksum(true) -> CheckTCPHeader -> Print(fixed, 46) -> Discard`,
    stderr: `out:   46 | 4500002e 00010000 40066ab6 01020304 05060708 01020304 00000012 00000000 50101111 80650000 41626364 6566
fixed:   46 | 4500002e 00010000 40066ab6 01020304 05060708 01020304 00000012 00000000 50101111 80650000 41626364 6566
`,
  },
  {
    name: "CheckTCPHeader refuses other protocols, bad lengths and bad checksums",
    arguments: ["-h", "c.drops", "-h", "c.drop_details"],
    configuration: `t :: Tee(5); ${source(TCP)} -> CheckIPHeader -> t; c :: CheckTCPHeader(VERBOSE true, DETAILS true); c -> Discard; c[1] -> Discard;
      t[0] -> c; t[1] -> StoreData(9, \\<11>) -> c; t[2] -> StoreData(32, \\<40>) -> c; t[3] -> StoreData(32, \\<f0>) -> c; t[4] -> Truncate(45) -> c`,
    stdout: `c.drops:
4

c.drop_details:
1	not TCP
3	bad packet length
0	bad TCP checksum

`,
    stderr: `c :: CheckTCPHeader: TCP header check failed: not TCP
c :: CheckTCPHeader: TCP header check failed: bad packet length
c :: CheckTCPHeader: TCP header check failed: bad packet length
c :: CheckTCPHeader: TCP header check failed: bad packet length
`,
  },
  {
    name: "SetTCPChecksum drops segments that are not whole",
    configuration: `${source(TCP)} -> CheckIPHeader -> Truncate(45) -> SetTCPChecksum -> Print(never) -> Discard`,
    stderr: `SetTCPChecksum: bad lengths
`,
  },
  {
    name: "UDPIPEncap makes datagrams",
    arguments: ["-h", "e.src", "-h", "e.sport", "-h", "e.dst", "-h", "e.dport"],
    configuration: `${source("01020304", "LIMIT 2, STOP true")} -> e :: UDPIPEncap(1.2.3.4, 1000, 5.6.7.8, ssh, true) -> CheckIPHeader -> CheckUDPHeader -> Print(out, 40) -> SetIPAddress(7.7.7.7) -> UDPIPEncap(1.1.1.1, 1, DST_ANNO, 2, false) -> CheckIPHeader -> Print(twice, 40) -> Discard`,
    stdout: `e.src:
1.2.3.4

e.sport:
1000

e.dst:
5.6.7.8

e.dport:
22

`,
    stderr: `out:   32 | 45000020 00000000 fa11b0b9 01020304 05060708 03e80016 000ce7be 01020304
twice:   60 | 4500003c 00000000 fa11b0a1 01010101 07070707 00010002 00280000 45000020 00000000 fa11b0b9
out:   32 | 45000020 00010000 fa11b0b8 01020304 05060708 03e80016 000ce7be 01020304
twice:   60 | 4500003c 00010000 fa11b0a0 01010101 07070707 00010002 00280000 45000020 00010000 fa11b0b8
`,
  },
  {
    name: "UDPIPEncap may change",
    configuration: `Idle -> e :: UDPIPEncap(1.2.3.4, 5, 5.6.7.8, 6) -> Discard; DriverManager(write e.src 9.9.9.9, print e.src, write e.dst DST_ANNO, print e.dst, write e.dst foo, write e.sport 7, print e.sport, write e.dport ssh, print e.dport, print e.config, stop)`,
    stdout: `9.9.9.9
0.0.0.0
7
22
9.9.9.9, 7, DST_ANNO, ssh
`,
    stderr: `While calling 'e.dst foo':
  bad DST
`,
  },
  {
    name: "UDPIPEncap says what is wrong with its arguments",
    configuration: `Idle -> UDPIPEncap(1.2.3.4, 5, foo, 9) -> UDPIPEncap(1.2.3.4, 65536, 1.1.1.1, 9) -> UDPIPEncap(1.2.3.4, foo, 1.1.1.1) -> Discard`,
    stderr: `config:1: While configuring 'UDPIPEncap@2 :: UDPIPEncap':
  bad DST
config:1: While configuring 'UDPIPEncap@3 :: UDPIPEncap':
  SPORT: overflow, range 0-65535
config:1: While configuring 'UDPIPEncap@4 :: UDPIPEncap':
  SPORT: parse error
  DPORT: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
];
