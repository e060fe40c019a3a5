/** Elements of `elements/standard`, as a user sees them. What is expected is what Click prints for the same configuration. */
import type { Case } from "./case.ts";

export const cases: readonly Case[] = [
  {
    name: "Idle takes what it is given and produces nothing",
    arguments: ["-h", "c.count", "-h", "d.count"],
    configuration: "InfiniteSource(LIMIT 3) -> c :: Counter -> i :: Idle -> d :: Discard;\nScript(wait 1ms, stop)",
    stdout: `c.count:
0

d.count:
0

`,
  },
  {
    name: "Idle lets those who pull from it sleep",
    configuration:
      "Idle -> d :: Discard; SimpleIdle -> e :: Discard;\nScript(wait 1ms, print d.scheduled, print e.scheduled, stop)",
    stderr: `While executing 'Script@5 :: Script':
  no 'd.scheduled' read handler
  no 'e.scheduled' read handler
`,
  },
  {
    name: "Discard counts what it throws away, and can be stopped while it pulls",
    arguments: ["--simtime"],
    configuration: `i :: InfiniteSource(LIMIT 5) -> Queue -> d :: Discard(BURST 2);
Script(wait 0.1, print d.count, print d.active, write d.active false, write i.reset, wait 0.1, print d.count, print d.scheduled,
  write d.active true, wait 0.1, print d.count, write d.reset_counts, print d.count, write d.active maybe, stop)`,
    stdout: `5
true
6
false
10
0
`,
    stderr: `While executing 'Script@4 :: Script':
  While calling 'd.active maybe':
    syntax error
`,
  },
  {
    name: "Discard does not know ACTIVE in a push context",
    configuration: "Idle -> Discard(ACTIVE false)",
    stderr: `config:1: While configuring 'Discard@2 :: Discard':
  ACTIVE is meaningless in push context
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Null, PushNull and PullNull change nothing",
    configuration:
      "InfiniteSource(\\<01 02 03>, LIMIT 1, STOP true) -> Null -> PushNull -> Queue -> PullNull -> Print -> Discard",
    stderr: "   3 | 010203\n",
  },
  {
    name: "Counter counts packets and bytes",
    arguments: ["-h", "c.count", "-h", "c.byte_count", "-h", "c.count_call"],
    configuration: "InfiniteSource(LIMIT 3, STOP true) -> c :: Counter -> Discard",
    stdout: `c.count:
3

c.byte_count:
207

c.count_call:

`,
  },
  {
    name: "Counter measures rates as an exponentially weighted average",
    arguments: ["--simtime"],
    configuration:
      "RatedSource(abc, 100) -> c :: Counter -> Discard;\nScript(wait 1, print c.count, print c.rate, print c.byte_rate, print c.bit_rate, write c.reset, print c.count, print c.rate, wait 0.5, print c.rate, stop)",
    stdout: `101
79.102
500
4000
0
79.102
79.102
`,
  },
  {
    name: "Counter's rate falls to nothing after an idle time",
    arguments: ["--simtime"],
    configuration:
      "RatedSource(abc, 1000, 50) -> c :: Counter -> Discard;\nScript(wait 40ms, print c.rate, wait 30ms, print c.rate, wait 20ms, print c.rate, wait 200ms, print c.rate, print c.byte_rate, stop)",
    stdout: `969.727
149.414
41.992
0
0
`,
  },
  {
    name: "Counter calls a handler when a count is reached, before the packet goes on",
    configuration:
      "InfiniteSource(LIMIT 6, STOP true) -> Counter(COUNT_CALL 3 s.switch 1) -> s :: Switch -> Print(A, 2) -> Discard; s[1] -> Print(B, 2) -> Discard",
    stderr: `A:   69 | 5261
A:   69 | 5261
B:   69 | 5261
B:   69 | 5261
B:   69 | 5261
B:   69 | 5261
`,
  },
  {
    name: "Counter calls a handler when a byte count is passed",
    arguments: ["-h", "c.byte_count"],
    configuration:
      "InfiniteSource(abcd, LIMIT 6, STOP true) -> c :: Counter(BYTE_COUNT_CALL 10 s.switch 1) -> s :: Switch -> Print(A, 2) -> Discard; s[1] -> Print(B, 2) -> Discard",
    stdout: "24\n",
    stderr: `A:    4 | 6162
A:    4 | 6162
B:    4 | 6162
B:    4 | 6162
B:    4 | 6162
B:    4 | 6162
`,
  },
  {
    name: "Counter's calls can be set while it runs, and come again after a reset",
    arguments: ["--simtime"],
    configuration: `i :: InfiniteSource(LIMIT 3, ACTIVE false) -> c :: Counter -> s :: Switch -> Print(A, 2) -> Discard; s[1] -> Print(B, 2) -> Discard;
Script(write c.count_call 2 s.switch 1, print c.count_call, write i.active true, wait 0.1, print s.switch, write s.switch 0,
  write c.reset, write i.reset, wait 0.1, print s.switch, write c.count_call x, stop)`,
    stdout: `2
1
1
`,
    stderr: `A:   69 | 5261
B:   69 | 5261
B:   69 | 5261
A:   69 | 5261
B:   69 | 5261
B:   69 | 5261
While executing 'Script@8 :: Script':
  While calling 'c.count_call x':
    'count_call' first word should be unsigned (count)
`,
  },
  {
    name: "Counter says what is wrong with its calls",
    configuration:
      "Idle -> Counter(COUNT_CALL x stop) -> Counter(COUNT_CALL 99999999999999999999 stop) -> Counter(BYTE_COUNT_CALL -1 stop) -> Counter(3) -> Idle",
    stderr: `config:1: While configuring 'Counter@2 :: Counter':
  COUNT_CALL type mismatch
config:1: While configuring 'Counter@3 :: Counter':
  COUNT_CALL overflow, max 18446744073709551615
config:1: While configuring 'Counter@4 :: Counter':
  BYTE_COUNT_CALL type mismatch
config:1: While configuring 'Counter@5 :: Counter':
  too many arguments
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "AverageCounter averages from the first packet to the last",
    arguments: ["--simtime"],
    configuration:
      "a :: AverageCounter(1); RatedSource(abc, 100) -> a -> Discard;\nScript(wait 3.5, print a.count, print a.byte_count, print a.rate, print a.byte_rate, write a.reset, print a.count, print a.rate, stop)",
    stdout: `250
750
100.361300682
301.083902047
0
0
`,
  },
  {
    name: "InfiniteSource makes LIMIT packets and stops the driver",
    arguments: [
      "-h",
      "i.count",
      "-h",
      "i.limit",
      "-h",
      "i.burst",
      "-h",
      "i.active",
      "-h",
      "i.length",
      "-h",
      "i.datasize",
      "-h",
      "i.burstsize",
      "-h",
      "i.data",
    ],
    configuration: "i :: InfiniteSource(abc, LIMIT 3, STOP true) -> Print -> Discard",
    stdout: `i.count:
3

i.limit:
3

i.burst:
1

i.active:
true

i.length:
-1

i.datasize:
-1

i.burstsize:
1

i.data:
abc
`,
    stderr: `   3 | 616263
   3 | 616263
   3 | 616263
`,
  },
  {
    name: "InfiniteSource cuts and repeats its data to LENGTH",
    configuration:
      "InfiniteSource(abcde, LIMIT 1, LENGTH 3) -> Print -> Discard; InfiniteSource(abcde, LIMIT 1, LENGTH 12) -> Print -> Discard;\nInfiniteSource(abcde, LIMIT 1, LENGTH 0, STOP true) -> Print -> Discard",
    stderr: `   3 | 616263
  12 | 61626364 65616263 64656162
   0
`,
  },
  {
    name: "InfiniteSource makes packets as they are pulled",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(abc, LIMIT 5) -> u :: Unqueue(BURST 2) -> c :: Counter -> Discard;\nScript(wait 0.1, print c.count, print u.scheduled, write i.reset, wait 0.1, print c.count, print i.count, stop)",
    stdout: `5
false
10
5
`,
  },
  {
    name: "InfiniteSource calls a handler at the end",
    configuration:
      'InfiniteSource(abc, LIMIT 2, END_CALL s.run) -> Print -> Discard; s :: Script(TYPE PASSIVE, print "done", write stop)',
    stdout: "done\n",
    stderr: `   3 | 616263
   3 | 616263
`,
  },
  {
    name: "InfiniteSource can be changed while it runs",
    arguments: ["--simtime"],
    configuration: `i :: InfiniteSource(abc, LIMIT 1, ACTIVE false) -> Print -> Discard;
Script(write i.data xyz, write i.length 5, write i.limit 2, write i.burst 2, write i.active true, wait 0.1, print i.count, print i.data, print i.length,
  write i.burst 0, write i.limit x, write i.active x, write i.length x, write i.reset, wait 0.1, print i.count, stop)`,
    stdout: `2
xyz
5
2
`,
    stderr: `   5 | 78797a78 79
   5 | 78797a78 79
While executing 'Script@4 :: Script':
  While calling 'i.burst 0':
    burstsize parameter must be integer >= 1
  While calling 'i.limit x':
    limit parameter must be integer
  While calling 'i.active x':
    active parameter must be boolean
  While calling 'i.length x':
    length must be integer
   5 | 78797a78 79
   5 | 78797a78 79
`,
  },
  {
    name: "InfiniteSource starts anew when it is configured anew",
    arguments: ["--simtime"],
    configuration:
      'i :: InfiniteSource(abc, LIMIT 1) -> Print -> Discard;\nScript(wait 0.1, write i.config "de, 2, 2", print i.config, print i.count, print i.limit, write i.limit 2, wait 0.1, print i.count, stop)',
    stdout: `"de, 2, 2"
0
-1
2
`,
    stderr: `   3 | 616263
   8 | 64652c20 322c2032
   8 | 64652c20 322c2032
`,
  },
  {
    name: "InfiniteSource sleeps while the queue behind it is full",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource -> q :: Queue(5) -> Idle; Script(wait 0.1, print i.count, print i.scheduled, print q.length, print q.drops, stop)",
    stdout: `5
false
5
0
`,
  },
  {
    name: "InfiniteSource says what is wrong with its arguments",
    configuration:
      "InfiniteSource(LIMIT x, BURST 0) -> Discard; InfiniteSource(BURST 0) -> Discard; InfiniteSource(STOP true, END_CALL x.stop) -> Discard; InfiniteSource(LIMIT 1, STOP true, END_CALL stop) -> Discard",
    stderr: `config:1: While configuring 'InfiniteSource@1 :: InfiniteSource':
  LIMIT: invalid number
config:1: While configuring 'InfiniteSource@3 :: InfiniteSource':
  burst size must be >= 1
config:1: While configuring 'InfiniteSource@5 :: InfiniteSource':
  END_CALL: no element named 'x'
  END_CALL: parse error
config:1: While configuring 'InfiniteSource@7 :: InfiniteSource':
  END_CALL and STOP are mutually exclusive
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RatedSource makes packets at its rate",
    arguments: ["--simtime"],
    configuration:
      "r :: RatedSource(abc, 10) -> c :: Counter -> Discard;\nScript(wait 1, print r.rate, print r.count, write r.rate 50, wait 1, print r.rate, print r.count, stop)",
    stdout: `10
11
50
62
`,
  },
  {
    name: "RatedSource stops the driver at its limit",
    arguments: ["--simtime", "-h", "r.count", "-h", "r.limit", "-h", "r.data", "-h", "r.length", "-h", "r.active"],
    configuration: "r :: RatedSource(abc, 1000, 5, STOP true) -> Print -> Discard",
    stdout: `r.count:
5

r.limit:
5

r.data:
abc
r.length:
-1

r.active:
true

`,
    stderr: `   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
`,
  },
  {
    name: "RatedSource gives packets to those who pull when one is due",
    arguments: ["--simtime"],
    configuration:
      "r :: RatedSource(abc, 100) -> u :: TimedUnqueue(1ms) -> c :: Counter -> Discard; Script(wait 0.5, print c.count, stop)",
    stdout: "51\n",
  },
  {
    name: "RatedSource takes a bandwidth instead of a rate",
    arguments: ["--simtime"],
    configuration:
      "r :: RatedSource(abcdefghij, BANDWIDTH 1kBps) -> c :: Counter -> Discard; Script(wait 1, print c.count, print r.rate, stop)",
    stdout: `101
100
`,
  },
  {
    name: "RatedSource can be changed while it runs",
    arguments: ["--simtime"],
    configuration: `r :: RatedSource(abc, 100, 3) -> Print -> Discard;
Script(wait 0.5, print r.count, write r.reset, write r.data xyzt, wait 0.5, print r.count, print r.data, write r.limit -7, print r.limit, write r.active false, wait 0.1, print r.active,
  write r.limit 4, write r.length 2, write r.active true, wait 0.2, print r.count, print r.datasize, write r.rate x, write r.limit x, write r.active x, write r.length x, stop)`,
    stdout: `3
3
xyzt
-1
false
4
2
`,
    stderr: `   3 | 616263
   3 | 616263
   3 | 616263
   4 | 78797a74
   4 | 78797a74
   4 | 78797a74
   2 | 7879
While executing 'Script@4 :: Script':
  While calling 'r.rate x':
    syntax error
  While calling 'r.limit x':
    syntax error
  While calling 'r.active x':
    syntax error
  While calling 'r.length x':
    syntax error
`,
  },
  {
    name: "RatedSource says what is wrong with its arguments",
    configuration: "RatedSource(abc, -1, x) -> Discard",
    stderr: `config:1: While configuring 'RatedSource@1 :: RatedSource':
  RATE: invalid number
  LIMIT: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "TimedSource makes one packet in each interval",
    arguments: ["--simtime"],
    configuration: `t :: TimedSource(0.1, abc, LIMIT 4) -> Print -> Discard;
Script(wait 1, print t.count, print t.interval, write t.reset, wait 0.25, print t.count, write t.interval 0, write t.interval 50ms, print t.interval, print t.limit,
  write t.limit 10, wait 1, print t.count, print t.headroom, write t.headroom x, write t.headroom 40, print t.headroom, write t.data abcdefg, print t.data, stop)`,
    stdout: `4
100ms
3
50ms
4
10
28
40
abcdefg
`,
    stderr: `   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
While executing 'Script@4 :: Script':
  While calling 't.interval 0':
    bad interval
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
   3 | 616263
While executing 'Script@4 :: Script':
  While calling 't.headroom x':
    bad headroom
`,
  },
  {
    name: "TimedSource stops the driver after its last packet",
    arguments: ["--simtime", "-h", "t.count"],
    configuration: "t :: TimedSource(0.1, LIMIT 2, STOP true) -> Print(x, 0) -> Discard",
    stdout: "2\n",
    stderr: `x:   69
x:   69
`,
  },
  {
    name: "TimedSource says what is wrong with its arguments",
    configuration: "TimedSource(x, abc, LIMIT y) -> Discard",
    stderr: `config:1: While configuring 'TimedSource@1 :: TimedSource':
  INTERVAL: parse error
  LIMIT: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Print shows length and data in hexadecimal, in ASCII, or not at all",
    configuration:
      'InfiniteSource(\\<00 01 41 42 43 7e 7f 80 ff 20 61>, LIMIT 1, STOP true) -> Print -> Print(x, 5) -> Print(y, -1, CONTENTS ascii) -> Print(z, CONTENTS NONE) -> Print(w, 0) -> Print("", CONTENTS true) -> Print(v, CONTENTS no) -> Discard',
    stderr: `  11 | 00014142 437e7f80 ff2061
x:   11 | 00014142 43
y:   11 |  ..ABC~.. . a
z:   11
w:   11
  11 | 00014142 437e7f80 ff2061
v:   11
`,
  },
  {
    name: "Print shows timestamps and annotations",
    configuration:
      "InfiniteSource(abc, LIMIT 1, STOP true) -> Paint(7) -> SetTimestamp(1.5) -> Print(x, TIMESTAMP true, PRINTANNO true) -> SetTimestamp(1.000000001) -> Print(TIMESTAMP true, CONTENTS NONE) -> Discard",
    stderr: `x: 1.500000:    3 | 000000000000000000000000000000000700000000000000000000000000000000000000000000000000000000000000 | 616263
1.000000001:    3
`,
  },
  {
    name: "Print can be switched off, and configured anew",
    arguments: ["--simtime"],
    configuration:
      'i :: InfiniteSource(abc, LIMIT 1) -> p :: Print(x, ACTIVE false) -> Discard;\nScript(print p.active, wait 0.1, write p.active true, write i.reset, wait 0.1, write p.config "y, 2", write i.reset, wait 0.1, write p.config "y, CONTENTS z", print p.config, stop)',
    stdout: `false
"y, CONTENTS z"
`,
    stderr: `x:    3 | 616263
y, 2:    3 | 616263
`,
  },
  {
    name: "Print says what is wrong with its arguments",
    configuration:
      "Idle -> Print(CONTENTS foo) -> Print(a, x) -> Print(a, LENGTH 3, NBYTES 4) -> Print(a, TIMESTAMP x) -> Idle",
    stderr: `config:1: While configuring 'Print@2 :: Print':
  bad contents value 'FOO'; should be 'NONE', 'HEX', or 'ASCII'
config:1: While configuring 'Print@3 :: Print':
  MAXLENGTH: invalid number
config:1: While configuring 'Print@4 :: Print':
  LENGTH: warning: argument deprecated
  NBYTES: warning: argument deprecated
config:1: While configuring 'Print@5 :: Print':
  TIMESTAMP: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Tee and PullTee copy packets to all outputs",
    configuration:
      "InfiniteSource(abc, LIMIT 1, STOP true) -> t :: Tee(3) -> Print(a) -> Discard; t[1] -> Print(b) -> Discard; t[2] -> Print(c) -> q :: Queue -> p :: PullTee -> Print(d) -> Discard; p[1] -> Print(e) -> Discard",
    stderr: `a:    3 | 616263
b:    3 | 616263
c:    3 | 616263
e:    3 | 616263
d:    3 | 616263
`,
  },
  {
    name: "Tee's copies do not change each other",
    configuration:
      "InfiniteSource(abcd, LIMIT 1, STOP true) -> t :: Tee -> StoreData(0, XY) -> Paint(1) -> Print(a) -> Discard; t[1] -> Strip(1) -> Print(b, PRINTANNO true) -> Discard",
    stderr: `a:    4 | 58596364
b:    3 | 000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | 626364
`,
  },
  {
    name: "Tee counts its arms",
    configuration:
      "Idle -> Tee(3) -> Idle; Idle -> Queue -> p :: PullTee(1) -> Discard; p[1] -> Discard; Idle -> Tee(x) -> Idle",
    stderr: `config:1: While configuring 'Tee@2 :: Tee':
  1 outputs implies 1 arms
config:1: While configuring 'p :: PullTee':
  2 outputs implies 2 arms
config:1: While configuring 'Tee@10 :: Tee':
  N: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Switch sends packets to the chosen output",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(abc, LIMIT 1) -> s :: Switch(1) -> Print(A) -> Discard; s[1] -> Print(B) -> Discard;\nScript(wait 0.1, print s.switch, print s.config, write s.switch 0, write i.reset, wait 0.1, write s.switch 5, print s.switch, write i.reset, wait 0.1, write s.switch x, write s.config 1, print s.switch, write s.config 2, print s.config, stop)",
    stdout: `1
1
-1
1
1
`,
    stderr: `B:    3 | 616263
A:    3 | 616263
While executing 'Script@7 :: Script':
  While calling 's.switch x':
    Switch output must be integer
  While calling 's.config 2':
    output must be < 2
`,
  },
  {
    name: "Switch says what is wrong with its argument",
    configuration: "Idle -> Switch(3) -> Idle; Idle -> Switch(x) -> Idle",
    stderr: `config:1: While configuring 'Switch@2 :: Switch':
  output must be < 1
config:1: While configuring 'Switch@5 :: Switch':
  OUTPUT: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "StaticSwitch and InputSwitch choose ports",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(abc, LIMIT 1) -> s :: StaticSwitch(1) -> Print(A) -> Discard; s[1] -> Print(B) -> [0]i :: InputSwitch(0) -> Print(C) -> Discard; InfiniteSource(def, LIMIT 1) -> Print(D) -> [1]i;\nInfiniteSource(ghi, LIMIT 1) -> StaticSwitch(-1) -> Discard; Script(wait 0.1, print i.switch, write i.switch 4, print i.switch, print i.config, write i.switch x, stop)",
    stdout: `0
-1
-1
`,
    stderr: `B:    3 | 616263
C:    3 | 616263
D:    3 | 646566
While executing 'Script@14 :: Script':
  While calling 'i.switch x':
    InputSwitch input must be integer
`,
  },
  {
    name: "RoundRobinSwitch takes its outputs in turn",
    configuration:
      "InfiniteSource(abc, LIMIT 5, STOP true) -> s :: RoundRobinSwitch -> Print(0) -> Discard; s[1] -> Print(1) -> Discard; s[2] -> Print(2) -> Discard",
    stderr: `0:    3 | 616263
1:    3 | 616263
2:    3 | 616263
0:    3 | 616263
1:    3 | 616263
`,
  },
  {
    name: "HashSwitch sends packets with the same bytes the same way",
    configuration:
      "s :: HashSwitch(0, 3) -> Print(0) -> Discard; s[1] -> Print(1) -> Discard; s[2] -> Print(2) -> Discard;\nInfiniteSource(abc, LIMIT 2) -> s; InfiniteSource(abd, LIMIT 2) -> s; InfiniteSource(abe, LIMIT 2) -> s; InfiniteSource(\\<ffffff>, LIMIT 1) -> s; InfiniteSource(ab, LIMIT 1, STOP true) -> s",
    stderr: `0:    3 | 616263
1:    3 | 616264
2:    3 | 616265
0:    3 | ffffff
0:    2 | 6162
0:    3 | 616263
1:    3 | 616264
2:    3 | 616265
`,
  },
  {
    name: "HashSwitch folds the hash for 2, 4 and 8 outputs",
    configuration:
      "s :: HashSwitch(1, 1) -> Print(0) -> Discard; s[1] -> Print(1) -> Discard; s[2] -> Print(2) -> Discard; s[3] -> Print(3) -> Discard;\nInfiniteSource(\\<0001>, LIMIT 1) -> s; InfiniteSource(\\<0010>, LIMIT 1) -> s; InfiniteSource(\\<0033>, LIMIT 1) -> s; InfiniteSource(\\<00f2>, LIMIT 1, STOP true) -> s",
    stderr: `1:    2 | 0001
1:    2 | 0010
0:    2 | 0033
1:    2 | 00f2
`,
  },
  {
    name: "HashSwitch says what is wrong with its arguments",
    configuration: "Idle -> HashSwitch(0, 0) -> Idle; Idle -> HashSwitch -> Idle",
    stderr: `config:1: While configuring 'HashSwitch@2 :: HashSwitch':
  length must be > 0
config:1: While configuring 'HashSwitch@5 :: HashSwitch':
  OFFSET: required argument missing
  LENGTH: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RandomSwitch gives each output its share",
    configuration:
      "InfiniteSource(abc, LIMIT 10000, STOP true, BURST 100) -> s :: RandomSwitch -> a :: Counter -> Discard; s[1] -> b :: Counter -> Discard;\nScript(TYPE DRIVER, wait_stop, print $(and $(gt $(a.count) 4500) $(lt $(a.count) 5500)), print $(add $(a.count) $(b.count)), stop)",
    stdout: `true
10000
`,
  },
  {
    name: "Paint colors packets, and CheckPaint, PaintTee and PaintSwitch look at the color",
    configuration:
      "InfiniteSource(abc, LIMIT 1, STOP true) -> Paint(2) -> a :: CheckPaint(2) -> b :: PaintTee(2) -> c :: CheckPaint(3) -> Discard; a[1] -> Print(wrong) -> Discard; b[1] -> Print(copy) -> Discard;\nc[1] -> Print(other) -> s :: PaintSwitch -> Discard; s[1] -> Discard; s[2] -> Print(two) -> Discard",
    stderr: `copy:    3 | 616263
other:    3 | 616263
two:    3 | 616263
`,
  },
  {
    name: "Paint can use any annotation byte",
    configuration:
      "InfiniteSource(abc, LIMIT 1, STOP true) -> p :: Paint(5, 20) -> Print(PRINTANNO true) -> q :: CheckPaint(5, 20) -> Print(yes) -> PaintTee(5) -> Discard; ",
    stderr: `config:1: 'PaintTee@6 :: PaintTee' output 1 unused
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Paint's color can be changed",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(abc, LIMIT 1) -> p :: Paint(5) -> q :: CheckPaint(6) -> Print(six) -> t :: PaintTee(7) -> Discard; t[1] -> Print(copy) -> Discard;\nScript(wait 0.1, print p.color, write p.color 6, write i.reset, wait 0.1, write t.color 6, write i.reset, wait 0.1, write p.config 7, write q.color 7, print q.color, write i.reset, wait 0.1, write p.color 256, write p.color x, print p.color, stop)",
    stdout: `5
7
7
`,
    stderr: `six:    3 | 616263
six:    3 | 616263
copy:    3 | 616263
six:    3 | 616263
While executing 'Script@9 :: Script':
  While calling 'p.color 256':
    expected uint8_t
  While calling 'p.color x':
    expected uint8_t
`,
  },
  {
    name: "PaintSwitch sends color 255 everywhere, and drops colors without an output",
    configuration:
      "InfiniteSource(abc, LIMIT 1) -> Paint(255) -> s :: PaintSwitch -> Print(0) -> Discard; s[1] -> Print(1) -> Discard; InfiniteSource(def, LIMIT 1, STOP true) -> Paint(2) -> s",
    stderr: `0:    3 | 616263
1:    3 | 616263
`,
  },
  {
    name: "Paint and its like say what is wrong with their arguments",
    configuration:
      "Idle -> Paint -> Paint(256) -> Paint(1, 48) -> CheckPaint(x) -> t :: PaintTee(1, 2, 3) -> Idle; t[1] -> Idle; Idle -> PaintSwitch(100) -> Idle",
    stderr: `config:1: While configuring 'Paint@2 :: Paint':
  COLOR: required argument missing
config:1: While configuring 'Paint@3 :: Paint':
  COLOR: out of range, bound 255
config:1: While configuring 'Paint@4 :: Paint':
  ANNO: parse error
config:1: While configuring 'CheckPaint@5 :: CheckPaint':
  COLOR: invalid number
config:1: While configuring 't :: PaintTee':
  too many arguments
config:1: While configuring 'PaintSwitch@10 :: PaintSwitch':
  ANNO: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Queue stores packets, drops those that find it full, and tells of the first",
    arguments: ["-h", "q.length", "-h", "q.highwater_length", "-h", "q.capacity", "-h", "q.drops"],
    configuration: "InfiniteSource(abc, LIMIT 10, BURST 10) -> q :: Queue(4) -> Idle; Script(wait 1ms, stop)",
    stdout: `q.length:
4

q.highwater_length:
4

q.capacity:
4

q.drops:
6

`,
    stderr: "q :: Queue: overflow\n",
  },
  {
    name: "Queue sends what it drops to output 1",
    configuration:
      "InfiniteSource(abc, LIMIT 3, BURST 3) -> q :: Queue(1) -> Idle; q[1] -> Print(dropped) -> Discard; Script(wait 1ms, stop)",
    stderr: `q :: Queue: overflow
dropped:    3 | 616263
dropped:    3 | 616263
`,
  },
  {
    name: "SimpleQueue, NotifierQueue, FullNoteQueue and QuickNoteQueue store packets, too",
    configuration:
      "InfiniteSource(\\<01>, LIMIT 1) -> SimpleQueue -> Unqueue -> Print -> NotifierQueue -> Unqueue -> Print -> FullNoteQueue -> Unqueue -> Print -> QuickNoteQueue -> Unqueue -> Print -> c :: Counter(COUNT_CALL 1 stop) -> Discard",
    stderr: `   1 | 01
   1 | 01
   1 | 01
   1 | 01
`,
  },
  {
    name: "All queues tell of the first packet that they drop",
    configuration:
      "t :: Tee -> SimpleQueue(1) -> Idle; t[1] -> NotifierQueue(1) -> Idle; t[2] -> FullNoteQueue(1) -> Idle; t[3] -> QuickNoteQueue(1) -> Idle; t[4] -> FrontDropQueue(1) -> Idle; t[5] -> [0]m :: MixedQueue(1) -> Idle; Idle -> [1]m; InfiniteSource(abc, LIMIT 4, BURST 4, STOP true) -> t",
    stderr: `SimpleQueue@2 :: SimpleQueue: overflow
NotifierQueue@4 :: NotifierQueue: overflow
FullNoteQueue@6 :: Queue: overflow
QuickNoteQueue@8 :: QuickNoteQueue: overflow
FrontDropQueue@10 :: FrontDropQueue: overflow
m :: MixedQueue: overflow
`,
  },
  {
    name: "FrontDropQueue drops the oldest packet",
    arguments: ["--simtime"],
    configuration:
      "q :: FrontDropQueue(2) -> s :: Unqueue(ACTIVE false) -> Print -> Discard; q[1] -> Print(dropped) -> Discard;\nTimedSource(10ms, a, LIMIT 1) -> q; TimedSource(20ms, b, LIMIT 1) -> q; TimedSource(30ms, c, LIMIT 1) -> q; TimedSource(40ms, d, LIMIT 1) -> q; Script(wait 50ms, print q.length, print q.drops, write s.active true, wait 1ms, print q.length, stop)",
    stdout: `2
2
0
`,
    stderr: `q :: FrontDropQueue: overflow
dropped:    1 | 61
dropped:    1 | 62
   1 | 63
   1 | 64
`,
  },
  {
    name: "MixedQueue is first in, first out on one input, and last in, first out on the other",
    arguments: ["--simtime"],
    configuration:
      "q :: MixedQueue(3) -> s :: Unqueue(ACTIVE false) -> Print -> Discard; q[1] -> Print(dropped) -> Discard;\nTimedSource(10ms, a, LIMIT 1) -> [0]q; TimedSource(20ms, b, LIMIT 1) -> [1]q; TimedSource(30ms, c, LIMIT 1) -> [0]q; TimedSource(40ms, d, LIMIT 1) -> [0]q; TimedSource(50ms, e, LIMIT 1) -> [1]q; Script(wait 60ms, print q.length, print q.drops, write s.active true, wait 1ms, print q.length, stop)",
    stdout: `3
2
0
`,
    stderr: `q :: MixedQueue: overflow
dropped:    1 | 64
dropped:    1 | 63
   1 | 65
   1 | 62
   1 | 61
`,
  },
  {
    name: "Queue's capacity can be changed while it holds packets",
    arguments: ["--simtime"],
    configuration:
      'InfiniteSource(abc, LIMIT 20) -> q :: Queue(10) -> s :: Unqueue(ACTIVE false) -> c :: Counter -> Discard;\nScript(wait 0.1, print q.length, write q.capacity 4, print q.length, print q.config, print q.capacity, write q.config 12, wait 0.1, print q.length, print q.highwater_length, print q.config, write q.capacity x, write q.config "CAPACITY 3, 4", print q.capacity, write q.reset_counts, print q.highwater_length, print q.drops, write q.reset, wait 0.1, print q.length, write s.active true, wait 0.1, print c.count, stop)',
    stdout: `10
4
4
4
12
12
12
12
12
0
2
2
`,
    stderr: `While executing 'Script@6 :: Script':
  While calling 'q.capacity x':
    CAPACITY: invalid number
  While calling 'q.config "CAPACITY 3, 4"':
    CAPACITY: invalid number
`,
  },
  {
    name: "FrontDropQueue keeps the newest packets when it shrinks",
    arguments: ["--simtime"],
    configuration:
      "q :: FrontDropQueue(4) -> s :: Unqueue(ACTIVE false) -> Print -> Discard;\nTimedSource(10ms, a, LIMIT 1) -> q; TimedSource(20ms, b, LIMIT 1) -> q; TimedSource(30ms, c, LIMIT 1) -> q; Script(wait 50ms, write q.capacity 2, print q.length, write s.active true, wait 1ms, stop)",
    stdout: "2\n",
    stderr: `   1 | 62
   1 | 63
`,
  },
  {
    name: "A queue without room drops everything",
    arguments: ["-h", "q.drops", "-h", "q.length"],
    configuration:
      "InfiniteSource(abc, LIMIT 3, STOP true) -> q :: SimpleQueue(0) -> Idle; q[1] -> Print(dropped) -> Discard",
    stdout: `q.drops:
3

q.length:
0

`,
    stderr: `dropped:    3 | 616263
dropped:    3 | 616263
dropped:    3 | 616263
`,
  },
  {
    name: "Queue says what is wrong with its argument",
    configuration: "Idle -> Queue(-1) -> Idle; Idle -> Queue(99999999999) -> Idle; Idle -> Queue(1, 2) -> Idle",
    stderr: `config:1: While configuring 'Queue@2 :: Queue':
  CAPACITY: invalid number
config:1: While configuring 'Queue@5 :: Queue':
  CAPACITY: out of range, bound 4294967295
config:1: While configuring 'Queue@8 :: Queue':
  too many arguments
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "A queue lets those who pull sleep after ten pulls in vain",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(LIMIT 1) -> q :: Queue -> d :: Discard; Script(wait 1ms, print d.scheduled, print d.count, write i.reset, print d.scheduled, wait 1ms, print d.count, print d.scheduled, stop)",
    stdout: `false
1
false
2
false
`,
  },
  {
    name: "Unqueue moves packets in bursts, up to its limit",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(abc, LIMIT 10) -> Queue -> u :: Unqueue(3, LIMIT 7) -> c :: Counter -> Discard;\nScript(wait 0.1, print c.count, print u.count, print u.burst, print u.limit, print u.active, print u.scheduled, write u.limit 8, wait 0.1, print c.count, write u.reset, wait 0.1, print c.count, write u.burst -1, print u.burst, write u.limit -1, write u.active x, write u.burst x, write u.limit x, stop)",
    stdout: `7
7
3
7
true
false
8
10
2147483647
`,
    stderr: `While executing 'Script@6 :: Script':
  While calling 'u.active x':
    syntax error
  While calling 'u.burst x':
    syntax error
  While calling 'u.limit x':
    syntax error
`,
  },
  {
    name: "Unqueue stops while it is not active",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(abc, LIMIT 3) -> Queue -> u :: Unqueue(ACTIVE false) -> c :: Counter -> Discard; Script(wait 0.1, print c.count, write u.active true, wait 0.1, print c.count, write u.active false, write i.reset, wait 0.1, print c.count, stop)",
    stdout: `0
3
3
`,
  },
  {
    name: "Unqueue warns of bursts of nothing",
    configuration: "Idle -> Unqueue(0) -> Discard; Script(stop)",
    stderr: `config:1: While initializing 'Unqueue@2 :: Unqueue':
  warning: BURST size 0, no packets will be pulled
`,
  },
  {
    name: "Unqueue says what is wrong with its arguments",
    configuration: "Idle -> Unqueue(x, LIMIT y) -> Discard",
    stderr: `config:1: While configuring 'Unqueue@2 :: Unqueue':
  BURST: invalid number
  LIMIT: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RatedUnqueue pulls at its rate",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(abc) -> Queue -> u :: RatedUnqueue(100) -> c :: Counter -> Discard;\nScript(wait 1, print c.count, print u.rate, print u.config, write u.rate 1000, print u.rate, print u.config, wait 1, print c.count, write u.active false, wait 1, print c.count, print u.active, write u.rate x, print u.rate, stop)",
    stdout: `101
100
100
1000
1000
1109
1109
false
1000
`,
    stderr: `While executing 'Script@6 :: Script':
  While calling 'u.rate x':
    RATE: invalid number
`,
  },
  {
    name: "RatedUnqueue's calls tell what its task did",
    arguments: ["--simtime"],
    configuration:
      "RatedSource(abc, 100) -> Queue -> u :: RatedUnqueue(30, BURST_SIZE 5) -> c :: Counter -> Discard; Script(wait 1005ms, print c.count, print u.calls, stop)",
    stdout: `35
106 calls to run_task()
67 empty runs
35 pushes
40 failed pulls
`,
  },
  {
    name: "BandwidthRatedUnqueue pulls at its rate",
    arguments: ["--simtime"],
    configuration:
      "RatedSource(LENGTH 500, RATE 1000) -> Queue -> u :: BandwidthRatedUnqueue(100kBps) -> c :: Counter -> Discard;\nScript(wait 1, print c.count, print u.rate, print u.config, write u.rate 10kbps, print u.rate, print u.config, wait 1, print c.count, stop)",
    stdout: `204
800.4kbps
800.4kbps
10kbps
10kbps
204
`,
    stderr: "Queue@2 :: Queue: overflow\n",
  },
  {
    name: "RatedSplitter lets its rate through",
    arguments: ["--simtime"],
    configuration:
      "RatedSource(abc, 1000) -> s :: RatedSplitter(300) -> c :: Counter -> Discard; s[1] -> d :: Counter -> Discard;\nScript(wait 1, print c.count, print d.count, print s.rate, write s.rate 100, wait 1, print c.count, print d.count, print s.config, stop)",
    stdout: `305
704
300
405
1604
100
`,
  },
  {
    name: "BandwidthRatedSplitter lets its rate through",
    arguments: ["--simtime"],
    configuration:
      "RatedSource(LENGTH 700, RATE 1000) -> s :: BandwidthRatedSplitter(300kBps) -> c :: Counter -> Discard; s[1] -> d :: Counter -> Discard;\nScript(wait 1, print c.count, print d.count, print s.rate, write s.rate 100kbps, wait 1, print c.count, print d.count, print s.rate, stop)",
    stdout: `437
572
2.4012Mbps
447
1562
100.048kbps
`,
  },
  {
    name: "Rated elements say what is wrong with their arguments",
    configuration:
      "Idle -> Queue -> RatedUnqueue -> RatedSplitter(10, BURST_DURATION 1s, BURST_SIZE 4) -> BandwidthRatedSplitter(x) -> BandwidthRatedSplitter(1kBps, BURST_DURATION 1s, BURST_BYTES 4) -> Queue -> BandwidthRatedUnqueue(10, BURST_BYTES x) -> Discard",
    stderr: `config:1: While configuring 'RatedUnqueue@3 :: RatedUnqueue':
  RATE: required argument missing
config:1: While configuring 'RatedSplitter@4 :: RatedSplitter':
  cannot specify both BURST_DURATION and BURST_SIZE
config:1: While configuring 'BandwidthRatedSplitter@5 :: BandwidthRatedSplitter':
  RATE: parse error
config:1: While configuring 'BandwidthRatedSplitter@6 :: BandwidthRatedSplitter':
  cannot specify both BURST_DURATION and BURST_SIZE
config:1: While configuring 'BandwidthRatedUnqueue@8 :: BandwidthRatedUnqueue':
  BURST_BYTES: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "DelayUnqueue holds packets",
    arguments: ["--simtime"],
    configuration:
      "TimedSource(0.1, abc, LIMIT 3) -> Queue -> u :: DelayUnqueue(0.25) -> c :: Counter -> Discard;\nScript(wait 0.34, print c.count, wait 0.02, print c.count, wait 0.2, print c.count, print u.delay, write u.delay 1.5, print u.delay, write u.delay x, stop)",
    stdout: `0
1
3
250ms
1.500000s
`,
    stderr: `While executing 'Script@6 :: Script':
  While calling 'u.delay x':
    expected time in seconds
`,
  },
  {
    name: "DelayShaper holds packets from those who pull",
    arguments: ["--simtime"],
    configuration:
      "TimedSource(0.1, abc, LIMIT 3) -> Queue -> u :: DelayShaper(0.25) -> Unqueue -> c :: Counter -> Discard;\nScript(wait 0.34, print c.count, wait 0.02, print c.count, wait 0.2, print c.count, print u.delay, write u.delay 1.5, print u.delay, write u.delay x, stop)",
    stdout: `0
1
3
250ms
1.500000s
`,
    stderr: `While executing 'Script@7 :: Script':
  While calling 'u.delay x':
    delay must be a timestamp
`,
  },
  {
    name: "LinkUnqueue delays packets by latency and bandwidth",
    arguments: ["--simtime"],
    configuration:
      "t :: TimedSource(0.1, abc) -> Queue -> u :: LinkUnqueue(50ms, 100kbps) -> c :: Counter -> Discard;\nScript(wait 0.14, print c.count, print u.size, wait 0.02, print c.count, print u.size, wait 0.37, print c.count, print u.latency, print u.bandwidth, write u.bandwidth 5, write u.bandwidth x, write u.bandwidth 8kbps, print u.bandwidth, write u.latency 1, print u.latency, write u.latency x, print u.config, stop)",
    stdout: `0
1
1
0
4
50ms
12500
1000
1.000000s
50ms, 100kbps
`,
    stderr: `While executing 'Script@6 :: Script':
  While calling 'u.bandwidth 5':
    bandwidth too small, minimum 100Bps
  While calling 'u.bandwidth x':
    invalid bandwidth
  While calling 'u.latency x':
    latency must be a timestamp
`,
  },
  {
    name: "LinkUnqueue sends packets at the distance that their lengths take",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(LENGTH 1250, LIMIT 20) -> Queue -> u :: LinkUnqueue(10ms, 1MBps) -> c :: Counter -> Discard; Script(wait 15.6ms, print c.count, print u.size, wait 10ms, print c.count, print u.size, write u.reset, print u.size, stop)",
    stdout: `4
9
12
8
0
`,
  },
  {
    name: "Delaying elements say what is wrong with their arguments",
    configuration:
      "Idle -> Queue -> DelayUnqueue -> Queue -> DelayShaper(x) -> LinkUnqueue(1, 50) -> Discard; Idle -> Queue -> LinkUnqueue(x) -> Discard",
    stderr: `config:1: While configuring 'DelayUnqueue@3 :: DelayUnqueue':
  DELAY: required argument missing
config:1: While configuring 'DelayShaper@5 :: DelayShaper':
  DELAY: parse error
config:1: While configuring 'LinkUnqueue@6 :: LinkUnqueue':
  bandwidth too small, minimum 100Bps
config:1: While configuring 'LinkUnqueue@10 :: LinkUnqueue':
  LATENCY: parse error
  BANDWIDTH: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Shaper and BandwidthShaper read and write their rates",
    configuration:
      "Idle -> s :: Shaper(300) -> b :: BandwidthShaper(30kBps) -> Idle;\nScript(print s.rate, write s.rate 100, print s.rate, print s.config, write s.config 7, print s.config, print b.rate, write b.rate 80kbps, print b.config, write s.reset, write s.rate x, stop)",
    stdout: `300
100
100
7
240kbps
80kbps
`,
    stderr: `While executing 'Script@5 :: Script':
  While calling 's.rate x':
    RATE: invalid number
`,
  },
  {
    name: "Shaper limits what is pulled",
    arguments: ["--simtime"],
    configuration:
      "r :: RatedSource(abc, 1000) -> Queue -> Shaper(100) -> u :: TimedUnqueue(1ms) -> c :: Counter -> Discard; Script(wait 1005ms, print c.count, wait 1, print c.count, stop)",
    stdout: `101
201
`,
    stderr: "Queue@2 :: Queue: overflow\n",
  },
  {
    name: "BandwidthShaper limits what is pulled",
    arguments: ["--simtime"],
    configuration:
      "r :: RatedSource(LENGTH 100, RATE 1000) -> Queue -> BandwidthShaper(10kBps) -> u :: TimedUnqueue(1ms) -> c :: Counter -> Discard; Script(wait 1005ms, print c.count, wait 1, print c.count, stop)",
    stdout: `101
201
`,
    stderr: "Queue@2 :: Queue: overflow\n",
  },
  {
    name: "Shapers say what is wrong with their arguments",
    configuration: "Idle -> Shaper -> BandwidthShaper(x) -> Idle; Idle -> Shaper(4200000000) -> Idle",
    stderr: `config:1: While configuring 'Shaper@2 :: Shaper':
  RATE: required argument missing
config:1: While configuring 'BandwidthShaper@3 :: BandwidthShaper':
  RATE: parse error
config:1: While configuring 'Shaper@6 :: Shaper':
  rate too large; lowered to 4096000000
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "TimedUnqueue and Burster pull a burst in each interval",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(abc) -> q :: Queue; q -> TimedUnqueue(0.1, 3) -> c :: Counter -> Discard; InfiniteSource(abc) -> Queue -> Burster(0.1) -> d :: Counter -> Discard; Script(wait 0.55, print c.count, print d.count, stop)",
    stdout: `16
41
`,
  },
  {
    name: "TimedSink pulls one packet in each interval",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(abc, LIMIT 100) -> q :: Queue -> s :: TimedSink(0.1); Script(wait 0.55, print q.length, print s.interval, write s.interval 0, write s.interval 1s, print s.interval, stop)",
    stdout: `95
100ms
1.000000s
`,
    stderr: `While executing 'Script@4 :: Script':
  While calling 's.interval 0':
    bad interval
`,
  },
  {
    name: "Timed pullers say what is wrong with their arguments",
    configuration:
      "Idle -> TimedUnqueue -> Queue -> TimedUnqueue(1, 0) -> Queue -> Burster(x) -> Queue -> TimedSink(x)",
    stderr: `config:1: While configuring 'TimedUnqueue@2 :: TimedUnqueue':
  INTERVAL: required argument missing
config:1: While configuring 'TimedUnqueue@4 :: TimedUnqueue':
  bad BURST
config:1: While configuring 'Burster@6 :: Burster':
  INTERVAL: parse error
config:1: While configuring 'TimedSink@8 :: TimedSink':
  INTERVAL: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "RoundRobinSched pulls from its inputs in turn",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(a, LIMIT 3) -> Queue -> [0]s :: RoundRobinSched -> Print -> Discard; InfiniteSource(b, LIMIT 3) -> Queue -> [1]s; InfiniteSource(c, LIMIT 1) -> Queue -> [2]s; Script(wait 1ms, stop)",
    stderr: `   1 | 61
   1 | 62
   1 | 63
   1 | 61
   1 | 62
   1 | 61
   1 | 62
`,
  },
  {
    name: "PrioSched and SimplePrioSched pull from the first input that has a packet",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(a, LIMIT 3) -> Queue -> [0]s :: PrioSched -> x :: Unqueue(ACTIVE false) -> Print -> Discard; InfiniteSource(b, LIMIT 3) -> Queue -> [0]p :: SimplePrioSched -> [1]s; InfiniteSource(c, LIMIT 1) -> Queue -> [1]p; Script(wait 1ms, write x.active true, wait 1ms, stop)",
    stderr: `   1 | 61
   1 | 61
   1 | 61
   1 | 62
   1 | 62
   1 | 62
   1 | 63
`,
  },
  {
    name: "DRRSched shares bytes, not packets",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(a, LIMIT 9, LENGTH 300) -> Queue -> [0]s :: DRRSched -> x :: Unqueue(ACTIVE false) -> Print(M, 1) -> Discard; InfiniteSource(b, LIMIT 9, LENGTH 100) -> Queue -> [1]s; Script(wait 1ms, write x.active true, wait 1ms, stop)",
    stderr: `M:  100 | 62
M:  100 | 62
M:  100 | 62
M:  100 | 62
M:  100 | 62
M:  300 | 61
M:  100 | 62
M:  100 | 62
M:  100 | 62
M:  100 | 62
M:  300 | 61
M:  300 | 61
M:  300 | 61
M:  300 | 61
M:  300 | 61
M:  300 | 61
M:  300 | 61
M:  300 | 61
`,
  },
  {
    name: "StrideSched shares packets by tickets",
    arguments: ["-h", "s.tickets0", "-h", "s.tickets2", "-h", "s.config"],
    configuration:
      "InfiniteSource(a) -> [0]s :: StrideSched(3, 1, 0) -> Print(M, 1) -> Unqueue(LIMIT 12) -> Counter(COUNT_CALL 12 stop) -> Discard; InfiniteSource(b) -> [1]s; InfiniteSource(c) -> [2]s",
    stdout: `s.tickets0:
3

s.tickets2:
0

s.config:
3, 1, 0

`,
    stderr: `M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 62
M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 62
M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 62
`,
  },
  {
    name: "StrideSched's tickets can be changed",
    arguments: ["--simtime"],
    configuration:
      'InfiniteSource(a) -> [0]s :: StrideSched(1, 0) -> u :: Unqueue(LIMIT 4, ACTIVE false) -> Print(M, 1) -> Discard; InfiniteSource(b) -> [1]s;\nScript(write u.active true, wait 1ms, write s.tickets1 1, write u.limit 8, wait 1ms, print s.config, write s.tickets0 0, write u.limit 11, wait 1ms, write s.config "2, 1", print s.config, write u.limit 17, wait 1ms, write s.tickets0 x, write s.tickets0 -1, write s.config 3, print s.tickets0, stop)',
    stdout: `1, 1
0, 1
0
`,
    stderr: `M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 61
M:    1 | 62
M:    1 | 62
M:    1 | 62
M:    1 | 62
M:    1 | 62
While executing 'Script@7 :: Script':
  While calling 's.config "2, 1"':
    need 2 arguments, one per input port
M:    1 | 62
M:    1 | 62
M:    1 | 62
M:    1 | 62
M:    1 | 62
M:    1 | 62
While executing 'Script@7 :: Script':
  While calling 's.tickets0 x':
    tickets value must be integer
  While calling 's.tickets0 -1':
    number of tickets must be >= 0
  While calling 's.config 3':
    need 2 arguments, one per input port
`,
  },
  {
    name: "Schedulers say what is wrong with their arguments",
    configuration:
      "Idle -> [0]s :: StrideSched(1) -> Discard; Idle -> [1]s; Idle -> StrideSched(x) -> DRRSched(0) -> Discard; Idle -> StrideSched(-1) -> RoundRobinSched(1) -> PrioSched(2) -> Discard",
    stderr: `config:1: While configuring 's :: StrideSched':
  need 2 arguments, one per input port
config:1: While configuring 'StrideSched@6 :: StrideSched':
  argument 0 should be number of tickets (integer)
config:1: While configuring 'DRRSched@7 :: DRRSched':
  bad QUANTUM
config:1: While configuring 'StrideSched@10 :: StrideSched':
  argument 0 (number of tickets) must be >= 0
config:1: While configuring 'RoundRobinSched@11 :: RoundRobinSched':
  too many arguments
config:1: While configuring 'PrioSched@12 :: PrioSched':
  too many arguments
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "PullSwitch and StaticPullSwitch pull from the chosen input",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(a, LIMIT 2) -> [0]s :: PullSwitch(1) -> d :: Print -> Discard; InfiniteSource(b, LIMIT 2) -> [1]s; Idle -> [0]t :: StaticPullSwitch(1) -> Print -> Discard; InfiniteSource(d, LIMIT 1) -> [1]t;\nScript(wait 1ms, print s.switch, write s.switch 0, wait 1ms, print s.config, write s.switch 9, print s.switch, write s.switch x, write s.config 1, print s.switch, stop)",
    stdout: `1
0
-1
1
`,
    stderr: `   1 | 62
   1 | 64
   1 | 62
   1 | 61
   1 | 61
While executing 'Script@11 :: Script':
  While calling 's.switch x':
    syntax error
`,
  },
  {
    name: "Strip removes bytes, and says so when there are too few",
    configuration:
      "InfiniteSource(abcdef, LIMIT 1, STOP true) -> Strip(2) -> Print -> Strip(0) -> Strip(4) -> Print -> Strip(3) -> Print -> Discard",
    stderr: `   4 | 63646566
   0
Packet::pull 3 > length 0
   0
`,
  },
  {
    name: "Unstrip gives back what Strip removed",
    configuration:
      "InfiniteSource(abcdef, LIMIT 1, STOP true) -> Strip(2) -> Unstrip(1) -> Print -> Unstrip(1) -> Print -> Discard",
    stderr: `   5 | 62636465 66
   6 | 61626364 6566
`,
  },
  {
    name: "Strip and Unstrip say what is wrong with their arguments",
    configuration: "Idle -> Strip -> Unstrip(-1) -> Strip(1, 2) -> Idle",
    stderr: `config:1: While configuring 'Strip@2 :: Strip':
  LENGTH: required argument missing
config:1: While configuring 'Unstrip@3 :: Unstrip':
  LENGTH: invalid number
config:1: While configuring 'Strip@4 :: Strip':
  too many arguments
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "StoreData overwrites bytes, and never beyond the packet's end",
    configuration:
      "InfiniteSource(abcdefgh, LIMIT 1, STOP true) -> StoreData(2, ZZ) -> Print -> StoreData(7, XYZ) -> Print -> StoreData(8, XYZ) -> Print -> StoreData(OFFSET 0, DATA \\<00 ff>) -> Print -> Discard",
    stderr: `   8 | 61625a5a 65666768
   8 | 61625a5a 65666758
   8 | 61625a5a 65666758
   8 | 00ff5a5a 65666758
`,
  },
  {
    name: "StoreData says what is wrong with its arguments",
    configuration: "Idle -> StoreData(1) -> StoreData(x, y) -> Idle",
    stderr: `config:1: While configuring 'StoreData@2 :: StoreData':
  DATA: required argument missing
config:1: While configuring 'StoreData@3 :: StoreData':
  OFFSET: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Truncate cuts packets, and Pad gives back what was cut",
    arguments: ["-h", "t.nbytes", "-h", "t.config"],
    configuration:
      "InfiniteSource(abcdefgh, LIMIT 1, STOP true) -> t :: Truncate(5) -> Print(PRINTANNO true) -> Pad -> Print(PRINTANNO true) -> Truncate(4, EXTRA_LENGTH false) -> Pad -> Print(PRINTANNO true) -> Pad(6) -> Pad(3) -> Print -> Discard",
    stdout: `t.nbytes:
5

t.config:
5

`,
    stderr: `   5 | 000000000000000000000000000000000000000000000000000000000300000000000000000000000000000000000000 | 61626364 65
   8 | 000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | 61626364 65000000
   4 | 000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | 61626364
   6 | 61626364 0000
`,
  },
  {
    name: "Truncate can be changed while it runs",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(abcdefgh, LIMIT 1) -> t :: Truncate(5) -> Print -> Discard; Script(wait 1ms, write t.nbytes 2, print t.nbytes, write i.reset, wait 1ms, write t.config 3, write i.reset, wait 1ms, print t.nbytes, print t.config, write t.nbytes x, stop)",
    stdout: `2
3
3
`,
    stderr: `   5 | 61626364 65
   2 | 6162
   3 | 616263
While executing 'Script@5 :: Script':
  While calling 't.nbytes x':
    expected integer
`,
  },
  {
    name: "Resize changes both ends",
    configuration:
      "InfiniteSource(abcdefgh, LIMIT 1, STOP true) -> Resize(-2, -1) -> Print -> Resize(2, -2) -> Print -> Resize(HEAD -9) -> Print -> Discard",
    stderr: `   5 | 63646566 67
   5 | 61626364 65
   0
`,
  },
  {
    name: "Truncate, Pad and Resize say what is wrong with their arguments",
    configuration: "Idle -> Truncate -> Pad(1, ZERO x) -> Resize(a, b) -> Idle",
    stderr: `config:1: While configuring 'Truncate@2 :: Truncate':
  LENGTH: required argument missing
config:1: While configuring 'Pad@3 :: Pad':
  ZERO: parse error
config:1: While configuring 'Resize@4 :: Resize':
  HEAD: invalid number
  TAIL: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "CheckLength diverts long packets",
    arguments: ["-h", "c.length"],
    configuration:
      "c :: CheckLength(3) -> Print(short) -> Discard; c[1] -> Print(long) -> Discard; InfiniteSource(abc, LIMIT 1) -> c; InfiniteSource(abcd, LIMIT 1, STOP true) -> c",
    stdout: "3\n",
    stderr: `short:    3 | 616263
long:    4 | 61626364
`,
  },
  {
    name: "SetTimestamp sets the timestamp, or the first one",
    configuration:
      "InfiniteSource(abc, LIMIT 1, STOP true) -> SetTimestamp(1.5) -> Print(TIMESTAMP true) -> SetTimestamp(TIMESTAMP 77, FIRST true) -> Print(TIMESTAMP true, PRINTANNO true) -> Discard",
    stderr: `1.500000:    3 | 616263
1.500000:    3 | 000000000000000000000000000000000000000000000000000000000000000000c28eed110000000000000000000000 | 616263
`,
  },
  {
    name: "SetTimestamp says what is wrong with its arguments",
    configuration: "Idle -> SetTimestamp(x) -> SetTimestamp(DELTA true) -> Idle",
    stderr: `config:1: While configuring 'SetTimestamp@2 :: SetTimestamp':
  TIMESTAMP: parse error
config:1: While configuring 'SetTimestamp@3 :: SetTimestamp':
  SetTimestamp(DELTA) is deprecated, use SetTimestampDelta(TYPE FIRST)
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "DropBroadcasts passes packets for this host",
    arguments: ["-h", "d.drops"],
    configuration: "InfiniteSource(abc, LIMIT 1, STOP true) -> d :: DropBroadcasts -> Print -> Discard",
    stdout: "0\n",
    stderr: "   3 | 616263\n",
  },
  {
    name: "Hub sends packets to all ports but their own",
    configuration:
      "InfiniteSource(a, LIMIT 1) -> h :: Hub -> Print(0) -> Discard; InfiniteSource(b, LIMIT 1) -> [1]h[1] -> Print(1) -> Discard; InfiniteSource(c, LIMIT 1, STOP true) -> [2]h[2] -> Print(2) -> Discard",
    stderr: `1:    1 | 61
2:    1 | 61
0:    1 | 62
2:    1 | 62
0:    1 | 63
1:    1 | 63
`,
  },
  {
    name: "Bypass takes the detour while it is active",
    arguments: ["--simtime"],
    configuration:
      "i :: InfiniteSource(a, LIMIT 1) -> b :: Bypass -> Print(straight) -> Discard; b[1] -> Print(detour) -> [1]b; Script(wait 1ms, print b.active, write b.active true, write i.reset, wait 1ms, write b.active x, print b.active, stop)",
    stdout: `false
true
`,
    stderr: `straight:    1 | 61
detour:    1 | 61
straight:    1 | 61
While executing 'Script@6 :: Script':
  While calling 'b.active x':
    syntax error
`,
  },
  {
    name: "Block passes packets without a rate",
    arguments: ["-h", "b.thresh"],
    configuration:
      "InfiniteSource(a, LIMIT 1, STOP true) -> b :: Block(5) -> Print(pass) -> Discard; b[1] -> Print(block) -> Discard",
    stdout: "5\n",
    stderr: "pass:    1 | 61\n",
  },
  {
    name: "Clipboard copies bytes from one way to the other",
    arguments: ["--simtime"],
    configuration:
      "InfiniteSource(abcdef, LIMIT 1) -> [0]c :: Clipboard(0/1, 3/2) -> Print(A) -> Discard; TimedSource(1ms, uvwxyz, LIMIT 1) -> [1]c[1] -> Print(B) -> d :: Discard; TimedSource(2ms, uvw, LIMIT 1, STOP true) -> [1]c",
    stderr: `A:    6 | 61626364 6566
B:    6 | 61767764 657a
B:    3 | 757677
`,
  },
  {
    name: "Clipboard says what is wrong with its ranges",
    configuration:
      "Idle -> [0]x :: Clipboard(3/x) -> Idle; Idle -> [1]x[1] -> Idle; Idle -> [0]y :: Clipboard(1, 2) -> Idle; Idle -> [1]y[1] -> Idle",
    stderr: `config:1: While configuring 'x :: Clipboard':
  LENGTH: invalid number
  range 0: invalid offset or length
config:1: While configuring 'y :: Clipboard':
  range 0: expected '/' between offset and length
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "NullTask runs as often as it is told",
    arguments: ["-h", "n.count", "-h", "n.limit"],
    configuration: "n :: NullTask(LIMIT 5, STOP true)",
    stdout: `n.count:
5

n.limit:
5

`,
  },
  {
    name: "AddressInfo gives names to addresses",
    configuration:
      "AddressInfo(a 1.0.0.1 1:2:3:4:5:6, n 10.0.0.0/8); Idle -> SetIPAddress(a) -> Idle; Idle -> SetIPAddress(n:bcast) -> Idle; InfiniteSource(LIMIT 1, STOP true) -> SetIPAddress(a) -> Print(PRINTANNO true) -> SetIPAddress(n:bcast) -> Print(PRINTANNO true) -> Discard",
    stderr: `  69 | 010000010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | 52616e64 6f6d2062 756c6c73 68697420 696e2061 20706163
  69 | 0affffff0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | 52616e64 6f6d2062 756c6c73 68697420 696e2061 20706163
`,
  },
  {
    name: "StripToNetworkHeader makes packets start at their network header, within them or in front",
    configuration:
      "InfiniteSource(abcdefghijklmnopqrstuvwxyz, LIMIT 1, STOP true) -> MarkIPHeader(4) -> StripToNetworkHeader -> Print -> Strip(3) -> StripToNetworkHeader -> Print -> Discard",
    stderr: `  22 | 65666768 696a6b6c 6d6e6f70 71727374 75767778 797a
  22 | 65666768 696a6b6c 6d6e6f70 71727374 75767778 797a
`,
  },
  {
    name: "DropBroadcasts drops broadcasts and multicasts, and tells of the first",
    arguments: ["-h", "d.drops"],
    configuration:
      "h :: HostEtherFilter(1:1:1:1:1:1) -> d :: DropBroadcasts -> Print(host) -> Discard; d[1] -> Print(dropped, 6) -> Discard;\nInfiniteSource(\\<ffffffffffff 020202020202 0800>, LIMIT 2) -> h; InfiniteSource(\\<010000000001 020202020202 0800>, LIMIT 1) -> h; InfiniteSource(\\<010101010101 020202020202 0800>, LIMIT 1, STOP true) -> h",
    stdout: "3\n",
    stderr: `DropBroadcasts: dropped a packet
dropped:   14 | ffffffff ffff
dropped:   14 | 01000000 0001
host:   14 | 01010101 01010202 02020202 0800
dropped:   14 | ffffffff ffff
`,
  },
  {
    name: "AddressInfo says what is wrong with its definitions",
    configuration: "AddressInfo(a, b 1.2.3, c 1.2.3.4 x, , d 1.2.3.4)",
    stderr: `config:1: While configuring 'AddressInfo@1 :: AddressInfo':
  expected 'NAME [ADDRS]'
  '1.2.3' is not a recognizable address
  'x' is not a recognizable address
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "PortInfo says what is wrong with its definitions",
    configuration: "PortInfo(a, b x, c 80/tcp, d 80/x)",
    stderr: `config:1: While configuring 'PortInfo@1 :: PortInfo':
  expected 'NAME PORT/PROTO'
  expected 'NAME PORT/PROTO'
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ScheduleInfo lets tasks run in proportion to their shares",
    arguments: ["-h", "a.tickets", "-h", "b.tickets", "-h", "c.count", "-h", "d.count"],
    configuration:
      "ScheduleInfo(a 2, b 0.5); a :: InfiniteSource(LIMIT 4000, STOP true) -> c :: Counter -> Discard; b :: InfiniteSource -> d :: Counter -> Discard",
    stdout: `a.tickets:
2048

b.tickets:
512

c.count:
4000

d.count:
1000

`,
  },
  {
    name: "ScheduleInfo says what is wrong with its definitions",
    configuration: "ScheduleInfo(a, b x, c 1 2, d 20); d :: NullTask(LIMIT 1, STOP true)",
    stderr: `config:1: While configuring 'ScheduleInfo@1 :: ScheduleInfo':
  expected 'ELEMENTNAME PARAM'
  expected 'ELEMENTNAME PARAM'
  expected 'ELEMENTNAME PARAM'
`,
  },
  {
    name: "SetTimestampDelta turns timestamps into differences",
    arguments: ["--simtime"],
    configuration:
      "TimedSource(0.1, a, LIMIT 3) -> t :: Tee -> SetTimestamp(100) -> a :: SetTimestampDelta -> Print(A, 0, TIMESTAMP true) -> Discard; t[1] -> SetTimestamp(7) -> SetTimestamp(3, FIRST true) -> SetTimestampDelta(TYPE FIRST) -> Print(B, 0, TIMESTAMP true) -> Discard;\nScript(wait 0.25, print a.first, write a.reset, print a.first, stop)",
    stdout: `100.000000
0.000000
`,
    stderr: `A: 0.000000:    1
B: 4.000000:    1
A: 0.000000:    1
B: 4.000000:    1
`,
  },
  {
    name: "SetTimestampDelta says what is wrong with its argument",
    configuration: "Idle -> SetTimestampDelta(TYPE X) -> Idle",
    stderr: `config:1: While configuring 'SetTimestampDelta@2 :: SetTimestampDelta':
  bad TYPE
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Align changes nothing but the address",
    configuration:
      "InfiniteSource(abcdefg, LIMIT 1, STOP true) -> Strip(1) -> Align(4, 0) -> Print -> Align(8, 5) -> Print -> Discard",
    stderr: `   6 | 62636465 6667
   6 | 62636465 6667
`,
  },
  {
    name: "Align and AlignmentInfo say what is wrong with their arguments",
    configuration: "AlignmentInfo(x 1, , y, z a b); x :: Idle -> z :: Null -> Align(3, 0) -> Align(4, 4) -> Idle",
    stderr: `config:1: While configuring 'AlignmentInfo@1 :: AlignmentInfo':
  expected 'ELEMENTNAME CHUNK OFFSET [CHUNK OFFSET...]'
  warning: empty configuration argument 1
  expected CHUNK
  expected OFFSET
config:1: While configuring 'Align@4 :: Align':
  MODULUS must be 2, 4, or 8
config:1: While configuring 'Align@5 :: Align':
  OFFSET must be smaller than MODULUS
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "a long queue of long packets has a pool of more than a gigabyte, of which it uses what it needs",
    configuration:
      "InfiniteSource(LENGTH 60000, LIMIT 3, STOP true) -> Queue(20000) -> Unqueue -> c :: Counter -> Discard",
    arguments: ["-h", "c.byte_count"],
    stdout: "180000\n",
  },
];
