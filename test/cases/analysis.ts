/** Elements of the family `analysis`, and the standard elements that choose and mark packets for it. */
import type { Case } from "./case.ts";

export const cases: readonly Case[] = [
  {
    name: "FromIPSummaryDump makes packets of lines, with checksums on request",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto ip_len payload ts
1.2.3.4 10 5.6.7.8 20 U 30 \\"ab\\" 1.5
1.2.3.4 10 5.6.7.8 20 T - - 2
", STOP true, CHECKSUM true) -> CheckIPHeader -> Print(x, MAXLENGTH 100, TIMESTAMP true) -> Discard`,
    stderr: `x: 1.500000:   30 | 4500001e 00000000 641146bc 01020304 05060708 000a0014 000a8e46 6162
x: 2.000000:   40 | 45000028 00000000 640646bd 01020304 05060708 000a0014 00000000 00000000 50000000 9fb30000
`,
  },
  {
    name: "FromIPSummaryDump obeys directives, and counts bytes that a line does not give",
    configuration: `FromIPSummaryDump(DATA "!flowid 1.0.0.1 10 2.0.0.2 20 U
!aggregate 9
# remark
!data ip_len
100
!proto T
200
", STOP true) -> ToIPSummaryDump(-, FIELDS aggregate src sport dst dport proto ip_len wire_len payload_len)`,
    stdout: `!IPSummaryDump 1.3
!data aggregate ip_src sport ip_dst dport ip_proto ip_len wire_len payload_len
9 1.0.0.1 10 2.0.0.2 20 U 100 28 72
9 1.0.0.1 10 2.0.0.2 20 T 200 40 160
`,
  },
  {
    name: "FromIPSummaryDump tells what is wrong between the packets, once",
    configuration: `FromIPSummaryDump(DATA "!IPSummaryDump 1.3
!data src nonsense
1.0.0.1
x
1.0.0.2
y
!flowid 1
1.0.0.3
", STOP true) -> IPPrint(p) -> Discard`,
    stderr: `<data>:2: warning: unknown content type 'nonsense'
p: 0.000000: 1.0.0.1.0 > 0.0.0.0.0: . 0:0(0,40,40) win 0
<data>:4: packet parse error
p: 0.000000: 1.0.0.2.0 > 0.0.0.0.0: . 0:0(0,40,40) win 0
<data>:7: bad !flowid specification
p: 0.000000: 1.0.0.3.0 > 0.0.0.0.0: . 0:0(0,40,40) win 0
`,
  },
  {
    name: "FromIPSummaryDump wants a banner, or to be told the fields",
    configuration: `FromIPSummaryDump(DATA "1.0.0.1 2
", STOP true) -> Print(p) -> Discard`,
    stderr: `config:1: While initializing 'FromIPSummaryDump@1 :: FromIPSummaryDump':
<data>:0:   warning: missing banner line; is this an IP summary dump?
<data>:1: no '!data' provided
`,
  },
  {
    name: "FIELDS serves a dump without header",
    configuration: `FromIPSummaryDump(DATA "1.0.0.1 7
1.0.0.2 8
", STOP true, FIELDS src sport, PROTO 17) -> ToIPSummaryDump(-, FIELDS src sport proto, HEADER false)`,
    stdout: `1.0.0.1 7 U
1.0.0.2 8 U
`,
  },
  {
    name: "FromIPSummaryDump wants either a file or a text",
    configuration: `a :: FromIPSummaryDump -> Discard; b :: FromIPSummaryDump(x, DATA y) -> Discard; c :: FromIPSummaryDump(x, PROTO 300, SAMPLE x) -> Discard`,
    stderr: `config:1: While configuring 'a :: FromIPSummaryDump':
  FILENAME: required argument missing
config:1: While configuring 'b :: FromIPSummaryDump':
  FILENAME and DATA conflict
config:1: While configuring 'c :: FromIPSummaryDump':
  SAMPLE: parse error
  PROTO: out of range, bound 255
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromIPSummaryDump reports files that it cannot read",
    configuration: `FromIPSummaryDump(/nonexistent/dump) -> Discard`,
    stderr: `config:1: While initializing 'FromIPSummaryDump@1 :: FromIPSummaryDump':
  /nonexistent/dump: No such file or directory
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromIPSummaryDump reports a directory",
    configuration: `FromIPSummaryDump(/usr) -> Discard`,
    stderr: `config:1: While initializing 'FromIPSummaryDump@1 :: FromIPSummaryDump':
/usr:0:   Is a directory
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromIPSummaryDump reports an empty file",
    configuration: `FromIPSummaryDump(/dev/null) -> Discard`,
    stderr: `config:1: While initializing 'FromIPSummaryDump@1 :: FromIPSummaryDump':
/dev/null:0:   empty file
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ALLOW_NONEXISTENT takes a missing file for an empty one",
    arguments: ["-h", "c.count"],
    configuration: `FromIPSummaryDump(/nonexistent/dump, ALLOW_NONEXISTENT true, STOP true) -> c :: Counter -> Discard`,
    stdout: `0
`,
  },
  {
    name: "FromIPSummaryDump is pulled, and tells when it has nothing more",
    arguments: ["-h", "d.count", "-h", "d.scheduled"],
    configuration: `f :: FromIPSummaryDump(DATA "!data src
1.0.0.1
1.0.0.2
1.0.0.3
", ACTIVE false) -> d :: Discard; DriverManager(wait 0.01s, print d.count, write f.active true, wait 0.01s, stop)`,
    stdout: `0
d.count:
3

`,
    stderr: `no 'd.scheduled' handler
`,
    status: 1,
  },
  {
    name: "TIMING keeps the pace of the timestamps",
    arguments: ["--simtime"],
    configuration: `f :: FromIPSummaryDump(DATA "!data ts src
1 1.0.0.1
1.25 1.0.0.2
3 1.0.0.3
", STOP true, TIMING true) -> SetTimestamp -> SetTimestampDelta -> ToIPSummaryDump(-, FIELDS ts_sec src, HEADER false)`,
    stdout: `0 1.0.0.1
0 1.0.0.2
2 1.0.0.3
`,
  },
  {
    name: "MULTIPACKET makes several packets of a line, or several lines of a packet",
    configuration: `FromIPSummaryDump(DATA "!data count ts first_ts ip_len
3 3 1 100
", STOP true, MULTIPACKET true) -> ToIPSummaryDump(-, FIELDS count ts ip_len, HEADER false); FromIPSummaryDump(DATA "!data count ts first_ts ip_len
3 3 1 120
", ) -> Queue -> ToIPSummaryDump(-, FIELDS count ts wire_len, HEADER false, MULTIPACKET true)`,
    stdout: `1 1.000000 40
1 1.000000 40
1 2.000000 40
1 3.000000 40
1 2.000000 40
1 3.000000 40
`,
  },
  {
    name: "handlers of FromIPSummaryDump",
    arguments: [
      "-h",
      "f.active",
      "-h",
      "f.encap",
      "-h",
      "f.filename",
      "-h",
      "f.filesize",
      "-h",
      "f.filepos",
      "-h",
      "f.sampling_prob",
      "-h",
      "c.count",
    ],
    configuration: `f :: FromIPSummaryDump(DATA "!data src
1.0.0.1
1.0.0.2
", ACTIVE false, SAMPLE 0.5) -> c :: Counter -> Discard; DriverManager(wait 0.001s, write f.active x, write f.stop, pause)`,
    stdout: `f.active:
false

f.encap:
IP

f.filename:
<data>

f.filesize:
-

f.filepos:
0

f.sampling_prob:
0.5

c.count:
0

`,
    stderr: `While executing 'DriverManager@4 :: DriverManager':
  While calling 'f.active x':
    type mismatch
`,
  },
  {
    name: "SAMPLE 0 emits nothing, and more than 1 is 1",
    arguments: ["-h", "c.count", "-h", "d.count", "-h", "f.sampling_prob"],
    configuration: `FromIPSummaryDump(DATA "!data src
1.0.0.1
1.0.0.2
", STOP true, SAMPLE 0) -> c :: Counter -> Discard; f :: FromIPSummaryDump(DATA "!data src
1.0.0.1
1.0.0.2
", STOP true, SAMPLE 1.5) -> d :: Counter -> Discard; DriverManager(pause, pause)`,
    stdout: `c.count:
0

d.count:
2

f.sampling_prob:
1

`,
    stderr: `config:4: While configuring 'f :: FromIPSummaryDump':
  warning: SAMPLE probability reduced to 1
config:1: While configuring 'FromIPSummaryDump@1 :: FromIPSummaryDump':
  warning: SAMPLE probability is 0; emitting no packets
`,
  },
  {
    name: "ToIPSummaryDump writes headers that tell fields, banner and form",
    configuration: `i :: Idle; i -> ToIPSummaryDump(-); i -> ToIPSummaryDump(-, FIELDS "ip src" "tcp_opt" ntimestamp, BANNER "by me"); i -> ToIPSummaryDump(-, CONTENTS src, BINARY true); i -> ToIPSummaryDump(-, DATA dst, HEADER false); i -> ToIPSummaryDump(-, DATA dst); DriverManager(stop)`,
    stderr: `config:1: illegal reuse of 'i :: Idle' push output 0
config:1: illegal reuse of 'i :: Idle' push output 0
config:1: illegal reuse of 'i :: Idle' push output 0
config:1: illegal reuse of 'i :: Idle' push output 0
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToIPSummaryDump reports fields that there are not, all of them",
    configuration: `i :: Idle; i -> ToIPSummaryDump(-, FIELDS src foo bar); i -> ToIPSummaryDump(-, FIELDS payload, BINARY true); i -> ToIPSummaryDump; i -> ToIPSummaryDump(/nonexistent/x)`,
    stderr: `config:1: illegal reuse of 'i :: Idle' push output 0
config:1: illegal reuse of 'i :: Idle' push output 0
config:1: illegal reuse of 'i :: Idle' push output 0
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToIPSummaryDump reports a file that cannot be made",
    configuration: `Idle -> ToIPSummaryDump(/nonexistent/x)`,
    stderr: `config:1: While initializing 'ToIPSummaryDump@2 :: ToIPSummaryDump':
  /nonexistent/x: No such file or directory
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToIPSummaryDump says what is wrong with packets, and passes them on",
    arguments: ["-h", "c.count"],
    configuration: `FromIPSummaryDump(DATA "!data ip_len ip_proto ip_fragoff sport
10 T 0 5
44 T 0 5
30 T 8 5
", STOP true) -> ToIPSummaryDump(-, FIELDS ip_len sport tcp_seq, BAD_PACKETS true) -> c :: Counter -> Discard`,
    stdout: `!IPSummaryDump 1.3
!data ip_len sport tcp_seq
!bad IP length 10
20 - -
44 5 0
!bad fragmented TCP/UDP header
30 - -
3
`,
  },
  {
    name: "ToIPSummaryDump finds headers that were stripped",
    configuration: `FromIPSummaryDump(DATA "!data src sport eth_src
1.0.0.1 7 1:2:3:4:5:6
", STOP true) -> ToIPSummaryDump(-, FIELDS eth_src src sport wire_len ip_capture_len, HEADER false) -> Strip(14) -> ToIPSummaryDump(-, FIELDS eth_src src sport wire_len ip_capture_len, HEADER false) -> StripIPHeader -> ToIPSummaryDump(-, FIELDS eth_src src sport wire_len ip_capture_len, HEADER false) -> Discard`,
    stdout: `01-02-03-04-05-06 1.0.0.1 7 54 40
01-02-03-04-05-06 1.0.0.1 7 40 40
01-02-03-04-05-06 1.0.0.1 7 20 40
`,
  },
  {
    name: "ToIPSummaryDump pulls, and sleeps while there is nothing",
    arguments: ["-h", "t.scheduled"],
    configuration: `FromIPSummaryDump(DATA "!data src
1.0.0.1
1.0.0.2
", ) -> Queue -> t :: ToIPSummaryDump(-, FIELDS src) -> c :: Counter(COUNT_CALL 2 s.run) -> Discard; s :: Script(TYPE PASSIVE, write t.flush, stop)`,
    stdout: `!IPSummaryDump 1.3
!data ip_src
1.0.0.1
1.0.0.2
true
`,
  },
  {
    name: "lines of dumps and scripts come out in order",
    configuration: `FromIPSummaryDump(DATA "!data src
1.0.0.1
1.0.0.2
1.0.0.3
", STOP true) -> Script(TYPE PACKET, print "packet", return 0) -> ToIPSummaryDump(-, FIELDS src) -> Counter(COUNT_CALL 2 s.run) -> ToIPSummaryDump(-, FIELDS src src, HEADER false); s :: Script(TYPE PASSIVE, print "two"); DriverManager(pause, print "end")`,
    stdout: `!IPSummaryDump 1.3
!data ip_src
packet
1.0.0.1
1.0.0.1 1.0.0.1
packet
1.0.0.2
two
1.0.0.2 1.0.0.2
packet
1.0.0.3
1.0.0.3 1.0.0.3
end
`,
  },
  {
    name: "AdjustTimestamp adds to timestamps that there are",
    arguments: ["-h", "a.time", "-h", "a.time"],
    configuration: `FromIPSummaryDump(DATA "!data ts first_ts
5 2
0 0
0.5 1
", STOP true) -> a :: AdjustTimestamp(-1) -> ToIPSummaryDump(-, FIELDS ts first_ts, HEADER false) -> AdjustTimestamp(+0.25, FIRST true) -> AdjustTimestamp(1.5, ALL true) -> ToIPSummaryDump(-, FIELDS ts first_ts, HEADER false)`,
    stdout: `4.000000 2.000000
5.500000 2.250000
0.000000 0.000000
1.500000 0.000000
-0.500000 1.000000
1.000000 1.250000
a.time:
-1.000000s

a.time:
-1.000000s

`,
  },
  {
    name: "AdjustTimestamp's time can be written",
    arguments: ["-h", "a.time"],
    configuration: `Idle -> a :: AdjustTimestamp(x) -> Discard`,
    stderr: `config:1: While configuring 'a :: AdjustTimestamp':
  TIME: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "TimeRange remembers the first and last time",
    arguments: ["-h", "t.first", "-h", "t.last", "-h", "t.range", "-h", "t.interval", "-h", "s.range"],
    configuration: `FromIPSummaryDump(DATA "!data ts
5
2.5
7
6
", STOP true) -> t :: TimeRange -> s :: TimeRange(SIMPLE true) -> Discard`,
    stdout: `t.first:
2.500000

t.last:
7.000000

t.range:
2.500000 7.000000

t.interval:
4.500000

s.range:
5.000000 6.000000

`,
  },
  {
    name: "TimeFilter lets a span of time pass",
    arguments: ["-h", "a.count", "-h", "b.count", "-h", "t.start", "-h", "t.end", "-h", "t.interval"],
    configuration: `FromIPSummaryDump(DATA "!data ts
1
2
3
4
5
", STOP true) -> t :: TimeFilter(2, 4) -> a :: Counter -> Discard; t[1] -> b :: Counter -> Discard`,
    stdout: `a.count:
2

b.count:
3

t.start:
2.000000

t.end:
4.000000

t.interval:
2.000000

`,
  },
  {
    name: "TimeFilter counts from the first packet, and stops the driver",
    arguments: ["-h", "a.count", "-h", "t.start", "-h", "t.end"],
    configuration: `FromIPSummaryDump(DATA "!data ts
10
11
12
13
14
", STOP true) -> t :: TimeFilter(START_AFTER 1, INTERVAL 2, STOP true) -> a :: Counter -> Discard; DriverManager(pause, print a.count)`,
    stdout: `2
a.count:
2

t.start:
11.000000

t.end:
13.000000

`,
  },
  {
    name: "TimeFilter judges again after END_CALL moved the end",
    arguments: ["-h", "t.end"],
    configuration: `FromIPSummaryDump(DATA "!data ts
1
2
3.5
5
9
", STOP true) -> t :: TimeFilter(END 2, END_CALL s.run $t) -> ToIPSummaryDump(-, FIELDS ts, HEADER false) -> Discard; t[1] -> ToIPSummaryDump(-, FIELDS ts ts, HEADER false); s :: Script(TYPE PASSIVE, init x 0, set x $(add $x 1), print "end at $1", goto exit $(gt $x 3), write t.extend_interval 1); DriverManager(pause)`,
    stdout: `1.000000
end at 2.000000
2.000000
end at 3.500000
3.500000
end at 5.000000
end at 5.000000
5.000000 5.000000
9.000000 9.000000
5.000000
`,
  },
  {
    name: "TimeFilter takes one argument for each end",
    configuration: `Idle -> TimeFilter(1, 2, START_AFTER 3, END_DELAY 4) -> Discard; Idle -> TimeFilter(END 3, END_CALL x.y, STOP true) -> Discard; Idle -> TimeFilter(END 1, INTERVAL 4) -> Discard`,
    stderr: `config:1: While configuring 'TimeFilter@2 :: TimeFilter':
  START, START_AFTER, and START_AFTER_INIT are mutually exclusive
config:1: While configuring 'TimeFilter@5 :: TimeFilter':
  END_CALL: no element named 'x'
  END_CALL: parse error
config:1: While configuring 'TimeFilter@8 :: TimeFilter':
  END, END_AFTER, END_AFTER_INIT, and INTERVAL are mutually exclusive
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "TimeFilter checks its handlers",
    configuration: `Idle -> t :: TimeFilter(END 3, END_CALL t.nothing) -> Discard`,
    stderr: `config:1: While initializing 't :: TimeFilter':
  no 't.nothing' write handler
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "TimeFilter's ends can be written",
    arguments: ["-h", "t.start", "-h", "t.end", "-h", "t.interval"],
    configuration: `Idle -> t :: TimeFilter(1, 5) -> Discard; DriverManager(write t.start 2, write t.end 7, write t.extend_interval 1, write t.start x, stop)`,
    stdout: `t.start:
2.000000

t.end:
10.000000

t.interval:
8.000000

`,
    stderr: `While calling 't.start x':
  expected time
`,
  },
  {
    name: "TimeSortedSched merges by time",
    arguments: ["-h", "s.well_ordered"],
    configuration: `FromIPSummaryDump(DATA "!data ts link
1 0
3 0
5 0
", ) -> [0] s :: TimeSortedSched(STOP true); FromIPSummaryDump(DATA "!data ts link
2 1
3 1
4 1
9 1
", ) -> [1] s; s -> ToIPSummaryDump(-, FIELDS ts link, HEADER false)`,
    stdout: `1.000000 0
2.000000 1
3.000000 0
3.000000 1
4.000000 1
5.000000 0
9.000000 1
true
`,
  },
  {
    name: "TimeSortedSched sorts as far as its buffer goes",
    arguments: ["-h", "s.well_ordered", "-h", "t.well_ordered"],
    configuration: `FromIPSummaryDump(DATA "!data ts
3
1
2
5
4
", ) -> s :: TimeSortedSched(STOP true, BUFFER 3) -> ToIPSummaryDump(-, FIELDS ts, HEADER false); FromIPSummaryDump(DATA "!data ts
3
1
2
5
4
", ) -> t :: TimeSortedSched(STOP true) -> Discard; DriverManager(pause, pause)`,
    stdout: `1.000000
2.000000
3.000000
4.000000
5.000000
s.well_ordered:
true

t.well_ordered:
false

`,
  },
  {
    name: "TimeSortedSched wants a buffer",
    configuration: `Idle -> TimeSortedSched(BUFFER 0) -> Discard`,
    stderr: `config:1: While configuring 'TimeSortedSched@2 :: TimeSortedSched':
  BUFFER must be at least 1
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RandomSample takes its probability in three ways, and live",
    arguments: ["-h", "a.config", "-h", "b.drop_prob", "-h", "c.sampling_prob", "-h", "c.config"],
    configuration: `Idle -> a :: RandomSample(0.25) -> b :: RandomSample(DROP 0.25) -> c :: RandomSample(SAMPLE 1) -> Discard; DriverManager(write c.drop_prob 0.5, write c.active false, write a.sampling_prob 2, stop)`,
    stdout: `a.config:
SAMPLE 0.25, ACTIVE true

b.drop_prob:
0.25

c.sampling_prob:
0.5

c.config:
SAMPLE 0.5, ACTIVE false

`,
    stderr: `While calling 'a.sampling_prob 2':
  Must be given a number between 0.0 and 1.0
`,
  },
  {
    name: "RandomSample passes all, or none",
    arguments: ["-h", "a.count", "-h", "b.count", "-h", "s.drops"],
    configuration: `InfiniteSource(LIMIT 10, STOP true) -> RandomSample(1) -> a :: Counter -> s :: RandomSample(DROP 1) -> Discard; s[1] -> b :: Counter -> Discard`,
    stdout: `a.count:
10

b.count:
10

s.drops:
10

`,
  },
  {
    name: "RandomSample wants one probability",
    configuration: `Idle -> RandomSample(SAMPLE 0.5, DROP 0.5) -> RandomSample(1.5) -> RandomSample -> Discard`,
    stderr: `config:1: While configuring 'RandomSample@2 :: RandomSample':
  give at most one of SAMPLE and DROP
config:1: While configuring 'RandomSample@3 :: RandomSample':
  sampling probability must be between 0 and 1
config:1: While configuring 'RandomSample@4 :: RandomSample':
  sampling probability must be between 0 and 1
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "MarkMACHeader notes the MAC and the network header",
    configuration: `FromIPSummaryDump(DATA "!data src
1.0.0.1
", STOP true) -> EtherEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2) -> Strip(14) -> Unstrip(14) -> MarkMACHeader(0, 14) -> ToIPSummaryDump(-, FIELDS eth_src src, HEADER false) -> Discard`,
    stdout: `01-01-01-01-01-01 1.0.0.1
`,
  },
  {
    name: "RandomSeed tells its seed",
    arguments: ["-h", "r.seed", "-h", "s.seed", "-h", "r.config"],
    configuration: `r :: RandomSeed(5); s :: RandomSeed; DriverManager(write r.seed 7, stop)`,
    stdout: `r.seed:
7

s.seed:

r.config:
7

`,
  },
  {
    name: "AggregateIPFlows numbers flows, and tells their directions",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto ts
1.0.0.1 5 2.0.0.2 6 T 1
2.0.0.2 6 1.0.0.1 5 T 2
1.0.0.1 5 2.0.0.2 6 U 2
1.0.0.1 7 2.0.0.2 6 T 2
9.0.0.1 7 2.0.0.2 6 T 2
2.0.0.2 6 9.0.0.1 7 T 2
1.0.0.1 7 1.0.0.1 3 T 2
1.0.0.1 3 1.0.0.1 7 T 2
1.0.0.1 - 2.0.0.2 - I 3
1.0.0.1 - 2.0.0.2 - 50 3
", STOP true) -> a :: AggregateIPFlows -> ToIPSummaryDump(-, FIELDS aggregate link src sport, HEADER false) -> Discard; a[1] -> ToIPSummaryDump(-, FIELDS proto src, HEADER false)`,
    stdout: `1 0 1.0.0.1 5
1 1 2.0.0.2 6
2 0 1.0.0.1 5
3 0 1.0.0.1 7
4 0 9.0.0.1 7
4 1 2.0.0.2 6
5 0 1.0.0.1 7
5 1 1.0.0.1 3
I 1.0.0.1
50 1.0.0.1
`,
  },
  {
    name: "AggregateIPFlows lets fragments wait for the first one, and gives up after a while",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto ip_id ip_fragoff ip_len ts
18.26.4.44 30 10.0.0.4 40 U 1 0 100 1
18.26.4.44 30 18.26.4.44 41 U 2 0 100 1
10.0.0.4 40 18.26.4.44 30 U 3 0 100 1
18.26.4.44 41 18.26.4.44 30 U 4 0 100 1
18.26.4.44 41 18.26.4.44 30 U 5 24 80 1
18.26.4.44 30 18.26.4.44 41 U 6 24 84 1
18.26.4.44 41 18.26.4.44 30 U 5 0+ 24 1
18.26.4.44 30 18.26.4.44 41 U 6 0+ 24 1
1.0.0.1 1 2.0.0.2 2 U 7 24 30 1
3.0.0.3 1 2.0.0.2 2 U 8 0 30 100
1.0.0.1 1 2.0.0.2 2 U 9 0 30 100
", STOP true) -> a :: AggregateIPFlows -> ToIPSummaryDump(-, FIELDS aggregate link ip_len ip_id, HEADER false); DriverManager(pause, print "clear", write a.clear, stop)`,
    stdout: `1 0 100 1
2 0 100 2
1 1 100 3
2 1 100 4
3 0 30 8
4 0 30 9
clear
2 1 80 5
2 0 84 6
2 1 24 5
2 0 24 6
`,
  },
  {
    name: "AggregateIPFlows refuses later fragments without FRAGMENTS",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto ip_id ip_fragoff ip_len ts
18.26.4.44 30 10.0.0.4 40 U 1 0 100 1
18.26.4.44 30 18.26.4.44 41 U 2 0 100 1
10.0.0.4 40 18.26.4.44 30 U 3 0 100 1
18.26.4.44 41 18.26.4.44 30 U 4 0 100 1
18.26.4.44 41 18.26.4.44 30 U 5 24 80 1
18.26.4.44 30 18.26.4.44 41 U 6 24 84 1
18.26.4.44 41 18.26.4.44 30 U 5 0+ 24 1
18.26.4.44 30 18.26.4.44 41 U 6 0+ 24 1
1.0.0.1 1 2.0.0.2 2 U 7 24 30 1
3.0.0.3 1 2.0.0.2 2 U 8 0 30 100
1.0.0.1 1 2.0.0.2 2 U 9 0 30 100
", STOP true) -> a :: AggregateIPFlows(FRAGMENTS false) -> ToIPSummaryDump(-, FIELDS aggregate link ip_len ip_id, HEADER false); a[1] -> ToIPSummaryDump(-, FIELDS ip_id ip_id, HEADER false)`,
    stdout: `1 0 100 1
2 0 100 2
1 1 100 3
2 1 100 4
5 5
6 6
2 1 24 5
2 0 24 6
7 7
3 0 30 8
4 0 30 9
`,
  },
  {
    name: "AggregateIPFlows ends flows by time, and closed connections by SYN",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto ts tcp_flags
1.0.0.1 5 2.0.0.2 6 U 1 .
1.0.0.1 5 2.0.0.2 6 U 60 .
1.0.0.1 5 2.0.0.2 6 U 121 .
1.0.0.1 5 2.0.0.2 6 T 1 S
1.0.0.1 5 2.0.0.2 6 T 2 F
2.0.0.2 6 1.0.0.1 5 T 3 FA
1.0.0.1 5 2.0.0.2 6 T 4 A
1.0.0.1 5 2.0.0.2 6 T 5 S
1.0.0.1 5 2.0.0.2 6 T 6 R
1.0.0.1 5 2.0.0.2 6 T 40 A
", STOP true) -> AggregateIPFlows -> ToIPSummaryDump(-, FIELDS aggregate link ts, HEADER false)`,
    stdout: `1 0 1.000000
1 0 60.000000
2 0 121.000000
3 0 1.000000
3 0 2.000000
3 1 3.000000
3 0 4.000000
4 0 5.000000
4 0 6.000000
5 0 40.000000
`,
  },
  {
    name: "AggregateIPFlows describes flows in TRACEINFO",
    configuration: `f :: FromIPSummaryDump(DATA "!data src sport dst dport proto ts tcp_flags
2.0.0.2 6 1.0.0.1 5 T 1.5 S
1.0.0.1 5 2.0.0.2 6 T 2.25 SA
1.0.0.1 7 2.0.0.2 6 U 3 .
", STOP true) -> a :: AggregateIPFlows(TRACEINFO -, SOURCE f) -> Discard; DriverManager(pause, write a.clear)`,
    stdout: `<?xml version='1.0' standalone='yes'?>
<trace file='<data>'>
<flow aggregate='1' src='2.0.0.2' sport='6' dst='1.0.0.1' dport='5' begin='1.500000000' duration='0.750000000'>
  <stream dir='0' packets='1' /><stream dir='1' packets='1' />
</flow>
<flow aggregate='2' src='1.0.0.1' sport='7' dst='2.0.0.2' dport='6' begin='3.000000000' duration='0.000000000'>
  <stream dir='0' packets='1' /><stream dir='1' packets='0' />
</flow>
`,
  },
  {
    name: "AggregateIPFlows gives packets without time the current one, and says so",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto
1.0.0.1 5 2.0.0.2 6 U
1.0.0.1 5 2.0.0.2 6 U
", STOP true) -> a :: AggregateIPFlows -> ToIPSummaryDump(-, FIELDS aggregate link, HEADER false)`,
    stdout: `1 0
1 0
`,
    stderr: `a :: AggregateIPFlows: warning: packet received without timestamp
`,
  },
  {
    name: "AggregateIPFlows holds no packets where they are pulled",
    configuration: `Idle -> Queue -> a :: AggregateIPFlows(FRAGMENTS true) -> Discard`,
    stderr: `config:1: While initializing 'a :: AggregateIPFlows':
  'FRAGMENTS true' is incompatible with pull; run this element in a push context
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "AggregateIPFlows numbers ICMP errors as the packets that caused them",
    configuration: `FromIPSummaryDump(DATA "!data src sport dst dport proto ts
1.0.0.1 5 2.0.0.2 6 U 1
2.0.0.2 6 1.0.0.1 5 U 2
", STOP true) -> t :: Tee -> SetIPChecksum -> a :: AggregateIPFlows(ICMP true) -> ToIPSummaryDump(-, FIELDS aggregate link proto, HEADER false); t[1] -> SetIPChecksum -> CheckIPHeader -> ICMPError(7.7.7.7, timeexceeded) -> SetTimestamp(3) -> a`,
    stdout: `1 0 U
1 2 I
1 1 U
1 3 I
`,
  },
];
