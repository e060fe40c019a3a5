/** Elements of the family `icmp`. */
import type { Case } from "./case.ts";

/** A UDP datagram of 38 bytes from 1.2.3.4 port 258 to 5.6.7.8 port 772, both ECN bits set. */
const UDP = "4503 0026 0001 0000 40 11 6ab0 01020304 05060708 0102 0304 0012 f0b0 6162636465666768 696a";

/** An ICMP echo request, not to be fragmented. */
const PING = "4500 0020 0001 4000 40 01 2ac9 01020304 05060708 0800 2104 1234 0001 61626364";

const source = (hex: string, more = "LIMIT 1, STOP true"): string => `InfiniteSource(DATA \\<${hex}>, ${more})`;

export const cases: readonly Case[] = [
  {
    name: "ICMPError quotes the packet",
    arguments: ["-h", "e.src", "-h", "e.mtu", "-h", "e.pmtu"],
    configuration: `${source(UDP)} -> CheckIPHeader -> SetIPAddress(6.6.6.6) -> e :: ICMPError(9.9.9.9, redirect, host, MTU 60) -> CheckIPHeader -> CheckICMPHeader -> Print(error, 60, PRINTANNO true) -> Discard`,
    stdout: `e.src:
9.9.9.9

e.mtu:
60

e.pmtu:
0

`,
    stderr: `error:   60 | 010203040000000000000000000000000000000100000000000000000000000000000000000000000000000000000000 | 4500003c 00010000 c801dca8 09090909 01020304 05013563 06060606 45030026 00010000 40116ab0 01020304 05060708 01020304 0012f0b0 61626364
`,
  },
  {
    name: "ICMPError counts its messages",
    configuration: `${source(UDP, "LIMIT 2, STOP true")} -> CheckIPHeader -> ICMPError(9.9.9.9, timeexceeded) -> IPPrint(TIMESTAMP false, ID true) -> Discard`,
    stderr: `id 1 9.9.9.9 > 1.2.3.4: icmp timeexceeded transit
id 2 9.9.9.9 > 1.2.3.4: icmp timeexceeded transit
`,
  },
  {
    name: "ICMPError tells the next hop's MTU",
    configuration: `${source(UDP)} -> CheckIPHeader -> ICMPError(9.9.9.9, 3, 4, PMTU 1492) -> IPPrint(TIMESTAMP false) -> Discard`,
    stderr: `9.9.9.9 > 1.2.3.4: icmp 5.6.7.8 unreachable needfrag (mtu 1492)
`,
  },
  {
    name: "ICMPError does not answer errors, broadcasts, strange sources and later fragments",
    configuration: `e :: ICMPError(9.9.9.9, 3, 1, 5.255.255.255) -> Print(never) -> Discard;
      ${source(UDP)} -> CheckIPHeader -> t :: Tee(8);
      t[0] -> ICMPError(8.8.8.8, 11) -> e; t[1] -> StoreIPAddress(5.255.255.255, dst) -> e; t[2] -> StoreIPAddress(255.255.255.255, dst) -> e; t[3] -> StoreIPAddress(225.0.0.1, dst) -> e;
      t[4] -> StoreIPAddress(127.0.0.1, src) -> e; t[5] -> StoreIPAddress(0.0.0.1, src) -> e; t[6] -> StoreIPAddress(5.255.255.255, src) -> e; t[7] -> StoreData(6, \\<0001>) -> e`,
  },
  {
    name: "ICMPError follows a source route back",
    configuration: `${source("4800 0020 0001 0000 40 11 0000 01020304 05060708 830b0c 0a000001 0a000002 00")} -> MarkIPHeader -> SetIPChecksum -> ICMPError(9.9.9.9, timeexceeded) -> CheckIPHeader -> CheckICMPHeader -> Print(error, 40) -> Discard`,
    stderr: `error:   72 | 48000048 00010000 c8014f7d 09090909 01020304 830b040a 0000020a 00000100 0b00f4ff 00000000
`,
  },
  {
    name: "ICMPError's arguments may change",
    configuration: `Idle -> e :: ICMPError(1.1.1.1, 3, 1) -> Discard; DriverManager(write e.src 2.2.2.2, print e.src, write e.mtu 99, print e.mtu, write e.pmtu x, write e.src x, writeq e.config "1.1.1.9, 3, port, MTU 400", print e.src, print e.mtu, stop)`,
    stdout: `2.2.2.2
99
1.1.1.9
400
`,
    stderr: `While calling 'e.pmtu x':
  expected integer
While calling 'e.src x':
  expected IP address
`,
  },
  {
    name: "ICMPError says what is wrong with its arguments",
    configuration: `Idle -> ICMPError(9.9.9.9, 8) -> ICMPError(9.9.9.9, 256) -> ICMPError(9.9.9.9, foo) -> ICMPError(9.9.9.9, 4, host) -> ICMPError(9.9.9.9, 3, 256) -> ICMPError(9.9.9.9, 3, host, 7) -> ICMPError -> Discard`,
    stderr: `config:1: While configuring 'ICMPError@2 :: ICMPError':
  ICMP type 8 is not an error type
config:1: While configuring 'ICMPError@3 :: ICMPError':
  ICMP type must be between 0 and 255
config:1: While configuring 'ICMPError@4 :: ICMPError':
  TYPE: invalid number
config:1: While configuring 'ICMPError@5 :: ICMPError':
  argument 2 takes ICMP code (integer between 0 and 255)
config:1: While configuring 'ICMPError@6 :: ICMPError':
  argument 2 takes ICMP code (integer between 0 and 255)
config:1: While configuring 'ICMPError@7 :: ICMPError':
  BADADDRS: parse error
config:1: While configuring 'ICMPError@8 :: ICMPError':
  SRC: required argument missing
  TYPE: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ICMPPingResponder answers echo requests only",
    configuration: `${source(PING)} -> CheckIPHeader -> p :: ICMPPingResponder -> CheckIPHeader -> CheckICMPHeader -> Print(reply, 40) -> q :: ICMPPingResponder -> Discard; p[1] -> Discard; q[1] -> Print(other) -> Discard`,
    stderr: `reply:   32 | 45000020 00010000 ff01abc8 05060708 01020304 00002904 12340001 61626364
other:   32 | 45000020 00010000 ff01abc8 05060708 01020304 00002904
`,
  },
  {
    name: "CheckICMPHeader accepts sound messages and counts the rest",
    arguments: ["-h", "c.drops"],
    configuration: `t :: Tee(4); ${source(PING)} -> CheckIPHeader -> t; c :: CheckICMPHeader; c -> Print(good) -> Discard; c[1] -> Discard;
      t[0] -> c; t[1] -> Truncate(27) -> c; t[2] -> StoreData(30, \\<00>) -> c; t[3] -> StoreData(20, \\<03>) -> c`,
    stdout: `3
`,
    stderr: `good:   32 | 45000020 00014000 40012ac9 01020304 05060708 08002104
c :: CheckICMPHeader: ICMP header check failed: bad packet length
`,
  },
  {
    name: "ICMPPingEncap makes echo requests",
    arguments: ["-h", "e.src", "-h", "e.dst"],
    configuration: `${source("0102", "LIMIT 2, STOP true")} -> e :: ICMPPingEncap(1.2.3.4, 5.6.7.8, IDENTIFIER 3) -> CheckIPHeader -> CheckICMPHeader -> Print(ping, 30) -> Discard`,
    stdout: `e.src:
1.2.3.4

e.dst:
5.6.7.8

`,
    stderr: `ping:   30 | 4500001e 00010000 ff01abca 01020304 05060708 0800f6f9 00030001 0102
ping:   30 | 4500001e 00020000 ff01abc9 01020304 05060708 0800f6f8 00030002 0102
`,
  },
  {
    name: "ICMPIPEncap makes messages of any type",
    configuration: `${source("0102")} -> t :: Tee; t[0] -> ICMPIPEncap(1.2.3.4, 5.6.7.8, timestamp, IDENTIFIER 9) -> CheckIPHeader -> Print(a, 50) -> Discard; t[1] -> ICMPIPEncap(1.2.3.4, 5.6.7.8, unreachable, port) -> CheckIPHeader -> Print(b, 50) -> Discard`,
    stderr: `a:   42 | 4500002a 00010000 ff01abbe 01020304 05060708 0d00f1f3 00090001 00000000 00000000 00000000 0102
b:   30 | 4500001e 00010000 ff01abca 01020304 05060708 0303fbfa 00000000 0102
`,
  },
  {
    name: "ICMPPingEncap and ICMPIPEncap say what is wrong",
    configuration: `Idle -> e :: ICMPPingEncap(1.2.3.4) -> ICMPIPEncap(1.2.3.4, 5.6.7.8, 256) -> ICMPIPEncap(1.2.3.4, 5.6.7.8, 5, foo) -> Discard`,
    stderr: `config:1: While configuring 'e :: ICMPPingEncap':
  DST: required argument missing
config:1: While configuring 'ICMPIPEncap@3 :: ICMPIPEncap':
  invalid TYPE
config:1: While configuring 'ICMPIPEncap@4 :: ICMPIPEncap':
  invalid CODE
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ICMPPingEncap's addresses may change",
    configuration: `Idle -> e :: ICMPPingEncap(1.2.3.4, 5.6.7.8) -> Discard; DriverManager(write e.src 2.2.2.2, print e.src, write e.dst foo, print e.dst, stop)`,
    stdout: `2.2.2.2
5.6.7.8
`,
    stderr: `While calling 'e.dst foo':
  syntax error
`,
  },
  {
    name: "ICMPPingSource sends requests and times the replies",
    arguments: ["--simtime", "-h", "p.summary", "-h", "p.rtt_min", "-h", "p.count"],
    configuration: `p :: ICMPPingSource(1.2.3.4, 5.6.7.8, LIMIT 2, INTERVAL 0.5, STOP true, DATA "abcd", IDENTIFIER 3) -> Print(request, 32) -> Queue -> DelayUnqueue(0.0123) -> ICMPPingResponder -> SetTimestamp -> p`,
    stdout: `p.summary:
2 packets transmitted, 2 received, 0% packet loss
rtt min/avg/max/mdev = 12.300/12.300/12.300/0.000

p.rtt_min:
0.0123s

p.count:
2

`,
    stderr: `request:   32 | 45000020 00010000 c801e2c8 01020304 05060708 08003038 03000001 61626364
p :: ICMPPingSource: 4 bytes from 5.6.7.8: icmp_seq=1 ttl=255 time=12.300 ms
request:   32 | 45000020 00020000 c801e2c7 01020304 05060708 08003037 03000002 61626364
p :: ICMPPingSource: 4 bytes from 5.6.7.8: icmp_seq=2 ttl=255 time=12.300 ms
p :: ICMPPingSource: 2 packets transmitted, 2 received, 0% packet loss
p :: ICMPPingSource: rtt min/avg/max/mdev = 12.300/12.300/12.300/0.000
`,
  },
  {
    name: "ICMPPingSource counts duplicates, and has no summary without an input",
    arguments: ["--simtime", "-h", "p.count", "-h", "q.summary"],
    configuration: `p :: ICMPPingSource(1.2.3.4, 5.6.7.8, LIMIT 2, STOP true) -> ICMPPingResponder -> t :: Tee -> p; t[1] -> p; q :: ICMPPingSource(1.2.3.4, 5.6.7.8, LIMIT 0) -> Discard`,
    stdout: `p.count:
2

`,
    stderr: `p :: ICMPPingSource: 0 bytes from 5.6.7.8: icmp_seq=1 ttl=255 time=0.000 ms
p :: ICMPPingSource: 0 bytes from 5.6.7.8: icmp_seq=1 ttl=255 time=0.000 ms
p :: ICMPPingSource: 0 bytes from 5.6.7.8: icmp_seq=2 ttl=255 time=0.000 ms
p :: ICMPPingSource: 0 bytes from 5.6.7.8: icmp_seq=2 ttl=255 time=0.000 ms
no 'q.summary' handler
p :: ICMPPingSource: 2 packets transmitted, 2 received, +2 duplicates, -200% packet loss
p :: ICMPPingSource: rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000
`,
    status: 1,
  },
  {
    name: "ICMPPingSource can be pulled",
    configuration: `ICMPPingSource(1.2.3.4, 5.6.7.8, LIMIT 2, STOP true) -> Unqueue -> IPPrint(TIMESTAMP false) -> Discard`,
    stderr: `1.2.3.4 > 5.6.7.8: icmp echo (0, 1)
1.2.3.4 > 5.6.7.8: icmp echo (0, 2)
`,
  },
  {
    name: "ICMPPingSource can turn replies round at once",
    arguments: ["--simtime"],
    configuration: `p :: ICMPPingSource(1.1.1.1, 2.2.2.2, LIMIT 1, MIRROR true, VERBOSE false) -> IPPrint(mirror, TIMESTAMP false) -> ICMPPingResponder -> Queue -> DelayUnqueue(0.5) -> p; DriverManager(wait 2.2s, stop)`,
    stderr: `mirror: 1.1.1.1 > 2.2.2.2: icmp echo (0, 1)
mirror: 1.1.1.1 > 2.2.2.2: icmp echo (0, 2)
mirror: 1.1.1.1 > 2.2.2.2: icmp echo (0, 3)
`,
  },
  {
    name: "ICMPPingSource's handlers change it",
    arguments: ["--simtime"],
    configuration: `p :: ICMPPingSource(1.2.3.4, 5.6.7.8, LIMIT 1) -> IPPrint(TIMESTAMP false) -> Discard; DriverManager(wait 2s, write p.limit 3, write p.src 9.9.9.9, wait 1.5s, write p.interval 0.1, wait 3s, print p.count, write p.reset_counts, print p.count, write p.active false, write p.active x, write p.limit x, write p.interval x, write p.src x, print p.active, stop)`,
    stdout: `3
0
false
`,
    stderr: `1.2.3.4 > 5.6.7.8: icmp echo (0, 1)
9.9.9.9 > 5.6.7.8: icmp echo (0, 2)
9.9.9.9 > 5.6.7.8: icmp echo (0, 3)
While executing 'DriverManager@4 :: DriverManager':
  While calling 'p.active x':
    type mismatch
  While calling 'p.limit x':
    'limit' should be integer
  While calling 'p.interval x':
    'interval' should be an interval
  While calling 'p.src x':
    syntax error
`,
  },
];
