/** FromDump and ToDump, as a user sees them. What is expected is what Click prints for the same configuration. */
import { captureFile, ethernetCapture, linkCapture, shortCapture } from "./captures.ts";
import type { Case } from "./case.ts";

const ethernet = captureFile("ethernet", ethernetCapture());
const hdlc = captureFile("hdlc", linkCapture(104));
const unknown = captureFile("unknown", linkCapture(147));
const short = captureFile("short", shortCapture());
const garbage = captureFile("garbage", Buffer.alloc(40));
const empty = captureFile("empty", Buffer.alloc(0));

export const cases: readonly Case[] = [
  {
    name: "FromDump emits what is in the file, in order, and stops the driver at the end",
    arguments: [
      "-h",
      "f.count",
      "-h",
      "f.filesize",
      "-h",
      "f.filepos",
      "-h",
      "f.packet_filepos",
      "-h",
      "f.encap",
      "-h",
      "f.active",
    ],
    configuration: `f :: FromDump(${ethernet}, STOP true) -> Print(x, TIMESTAMP true) -> Discard`,
    stdout: `f.count:
6

f.filesize:
372

f.filepos:
372

f.packet_filepos:
372

f.encap:
ETHER

f.active:
false

`,
    stderr: `x: 1000.000000:   42 | 00000000 00000000 00000000 08004500 001c0000 00004011
x: 1000.000100:   42 | 01010101 01010101 01010101 08004500 001c0000 00004011
x: 1000.000300:   42 | 02020202 02020202 02020202 08004500 001c0000 00004011
x: 1001.000000:   42 | 03030303 03030303 03030303 08004500 001c0000 00004011
x: 1002.000000:   42 | 04040404 04040404 04040404 08004500 001c0000 00004011
x: 1003.000000:   42 | 05050505 05050505 05050505 08004500 001c0000 00004011
`,
  },
  {
    name: "FromDump answers pulls, and its listeners sleep at the end",
    arguments: ["--simtime"],
    configuration: `f :: FromDump(${ethernet}) -> u :: Unqueue -> c :: Counter -> Discard;
Script(wait 1, print c.count, print u.scheduled, print f.active, write f.filepos 24, write f.active true, wait 1, print c.count, stop)`,
    stdout: `6
false
true
12
`,
  },
  {
    name: "FromDump with TIMING emits packets at the pace of their times",
    arguments: ["--simtime"],
    configuration: `FromDump(${ethernet}, true) -> c :: Counter -> Discard;
Script(wait 0.5ms, print c.count, wait 1s, print c.count, wait 1s, print c.count, wait 10s, print c.count, stop)`,
    stdout: `3
4
5
6
`,
  },
  {
    name: "FromDump passes over what is before START, and ends at END",
    arguments: ["-h", "f.count", "-h", "f.active", "-h", "f.packet_filepos"],
    configuration: `f :: FromDump(${ethernet}, START 1000.0002, END 1002) -> Discard; Script(wait 0.2s, stop)`,
    stdout: `f.count:
2

f.active:
false

f.packet_filepos:
256

`,
  },
  {
    name: "FromDump counts START_AFTER and INTERVAL from the first packet",
    arguments: ["-h", "f.count", "-h", "f.active"],
    configuration: `f :: FromDump(${ethernet}, START_AFTER 0.0002, INTERVAL 2) -> Discard; Script(wait 0.2s, stop)`,
    stdout: `f.count:
3

f.active:
false

`,
  },
  {
    name: "FromDump with END_CALL goes on when the handler moves the end",
    arguments: ["-h", "f.count", "-h", "f.active", "-h", "f.packet_filepos"],
    configuration: `f :: FromDump(${ethernet}, END_AFTER 1, END_CALL f.extend_interval 1) -> Discard; Script(wait 0.2s, stop)`,
    stdout: `f.count:
6

f.active:
true

f.packet_filepos:
372

`,
  },
  {
    name: "FromDump tells the end once more when the handler of END_CALL makes it inactive",
    arguments: ["-h", "f.filepos"],
    configuration: `f :: FromDump(${ethernet}, END_AFTER 1, END_CALL f.stop) -> Discard; DriverManager(pause, print f.count, pause, print f.packet_filepos)`,
    stdout: `3
198
256
`,
  },
  {
    name: "FromDump starts at FILEPOS, and goes where filepos is written",
    configuration: `f :: FromDump(${ethernet}, FILEPOS 100, STOP true) -> c :: Counter -> Discard;
DriverManager(pause, print c.count, write f.filepos 24, write f.active true, pause, print c.count, write f.filepos here)`,
    stdout: `0
6
`,
    stderr: `${ethernet}: bad packet header; giving up
While calling 'f.filepos here':
  argument must be file offset
`,
  },
  {
    name: "FromDump with FORCE_IP separates what is not IP",
    arguments: ["-h", "c.count", "-h", "d.count", "-h", "f.count"],
    configuration: `f :: FromDump(${hdlc}, STOP true, FORCE_IP true) -> c :: Counter -> StripToNetworkHeader -> IPPrint -> Discard; f[1] -> d :: Counter -> Discard`,
    stdout: `c.count:
1

d.count:
2

f.count:
1

`,
    stderr: `1.000000: 10.0.0.1.0 > 10.0.0.2.0: udp 0
`,
  },
  {
    name: "FromDump has the handlers of its task only where it pushes",
    configuration: `f :: FromDump(${ethernet}, ACTIVE false) -> Queue -> Discard; g :: FromDump(${ethernet}) -> Discard;
Script(print f.scheduled, print f.tickets, print g.scheduled, stop)`,
    stdout: `false
1024
false
`,
  },
  {
    name: "FromDump resets counts, and complains about what it cannot read",
    configuration: `f :: FromDump(${ethernet}, STOP true) -> Discard;
DriverManager(pause, print f.count, write f.reset_counts, print f.count, write f.active maybe, write f.extend_interval soon, write f.reset_timing, print f.sampling_prob)`,
    stdout: `6
0
1
`,
    stderr: `While calling 'f.active maybe':
  type mismatch
While calling 'f.extend_interval soon':
  'extend_interval' takes a time interval
`,
  },
  {
    name: "FromDump takes packets with a probability",
    arguments: ["-h", "f.sampling_prob", "-h", "f.count"],
    configuration: `f :: FromDump(${ethernet}, SAMPLE 0, STOP true) -> Discard`,
    stdout: `f.sampling_prob:
0

f.count:
0

`,
    stderr: `config:1: While configuring 'f :: FromDump':
  warning: SAMPLE probability is 0; emitting no packets
`,
  },
  {
    name: "FromDump reduces a probability above 1",
    arguments: ["-h", "f.sampling_prob", "-h", "f.count"],
    configuration: `f :: FromDump(${ethernet}, SAMPLE 1.5, STOP true) -> Discard`,
    stdout: `f.sampling_prob:
1

f.count:
6

`,
    stderr: `config:1: While configuring 'f :: FromDump':
  warning: SAMPLE probability reduced to 1
`,
  },
  {
    name: "FromDump ends silently at a record that is cut short",
    arguments: ["-h", "f.count", "-h", "f.filepos"],
    configuration: `f :: FromDump(${short}, STOP true) -> Discard`,
    stdout: `f.count:
1

f.filepos:
107

`,
  },
  {
    name: "FromDump refuses a file that is too short",
    configuration: `FromDump(${empty}) -> Discard`,
    stderr: `config:1: While initializing 'FromDump@1 :: FromDump(${empty})':
${empty}:   empty file
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump refuses a file that is no capture",
    configuration: `FromDump(${garbage}) -> Discard`,
    stderr: `config:1: While initializing 'FromDump@1 :: FromDump(${garbage})':
${garbage}:   not a tcpdump file (bad magic number)
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump refuses a file that is not there",
    configuration: `FromDump(/nowhere/at/all) -> Discard`,
    stderr: `config:1: While initializing 'FromDump@1 :: FromDump':
  /nowhere/at/all: No such file or directory
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump cannot find IP behind a link type that it does not know",
    configuration: `FromDump(${unknown}, FORCE_IP true) -> Discard`,
    stderr: `config:1: While initializing 'FromDump@1 :: FromDump(${unknown})':
${unknown}:   unknown linktype 147; can't force IP packets
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump needs a file name",
    configuration: `FromDump -> Discard`,
    stderr: `config:1: While configuring 'FromDump@1 :: FromDump':
  FILENAME: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump refuses two starts",
    configuration: `FromDump(${ethernet}, START 1, START_AFTER 1) -> Discard`,
    stderr: `config:1: While configuring 'FromDump@1 :: FromDump':
  START and START_AFTER are mutually exclusive
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump refuses two ends",
    configuration: `FromDump(${ethernet}, END 1, INTERVAL 1) -> Discard`,
    stderr: `config:1: While configuring 'FromDump@1 :: FromDump':
  END, END_AFTER, and INTERVAL are mutually exclusive
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump refuses END_CALL with STOP",
    configuration: `FromDump(${ethernet}, STOP true, END_CALL d.reset_counts) -> d :: Discard`,
    stderr: `config:1: While configuring 'FromDump@1 :: FromDump':
  END_CALL and STOP are mutually exclusive
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "FromDump refuses a handler that does not exist",
    configuration: `FromDump(${ethernet}, END_CALL d.frobnicate) -> d :: Discard`,
    stderr: `config:1: While initializing 'FromDump@1 :: FromDump':
  no 'd.frobnicate' write handler
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToDump writes a capture with times in nanoseconds, and passes packets on",
    arguments: ["-h", "t.count", "-h", "t.filename", "-h", "d.count"],
    configuration: `InfiniteSource(DATA "abcd", LIMIT 2, STOP true) -> SetTimestamp(1.000000002) -> t :: ToDump(-) -> d :: Discard`,
    stdout: `M<\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xd0\x07\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00abcd\x01\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00abcdt.count:
2

t.filename:
<stdout>

d.count:
2

`,
  },
  {
    name: "ToDump writes microseconds and less of a packet when asked",
    configuration: `InfiniteSource(DATA "abcd", LIMIT 2, STOP true) -> SetTimestamp(1.000002) -> ToDump(-, 3, IP, NANO false)`,
    stdout: `\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00e\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00abc\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00abc`,
  },
  {
    name: "ToDump writes the extra length, unless told not to",
    configuration: `FromDump(${short}, STOP true) -> t :: Tee -> ToDump(-, EXTRA_LENGTH false); t[1] -> ToDump(/dev/null)`,
    stdout: `M<\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xd0\x07\x00\x00\x01\x00\x00\x00\x07\x00\x00\x00@\x1f\x00\x00\x1c\x00\x00\x00\x1c\x00\x00\x00E\x00\x00\x1c\x00\x00\x00\x00@\x11\x00\x00
\x00\x00\x01
\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00`,
  },
  {
    name: "ToDump pulls where it ends a pull path, and sleeps with its queue",
    configuration: `f :: FromDump(${ethernet}) -> Queue -> t :: ToDump(/dev/null);
Script(wait 0.2s, print t.count, print t.scheduled, write t.reset_counts, print t.count, stop)`,
    stdout: `6
false
0
`,
  },
  {
    name: "ToDump in the middle of a pull path has no task",
    configuration: `f :: FromDump(${ethernet}) -> Queue -> t :: ToDump(/dev/null) -> Discard; Script(wait 0.2s, print t.count, print t.scheduled, stop)`,
    stdout: `6
`,
    stderr: `While executing 'Script@5 :: Script':
  no 't.scheduled' read handler
`,
  },
  {
    name: "ToDump takes the encapsulation from others",
    configuration: `f :: FromDump(${hdlc}, STOP true) -> Discard; Idle -> ToDump(-, USE_ENCAP_FROM f)`,
    stdout: `M<\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xd0\x07\x00\x00h\x00\x00\x00`,
  },
  {
    name: "ToDump says that the file cannot be written, and passes packets on",
    arguments: ["-h", "c.count"],
    configuration: `f :: FromDump(${ethernet}, STOP true) -> ToDump(/dev/full) -> c :: Counter -> Discard`,
    stdout: `6
`,
    stderr: `ToDump(/dev/full): No space left on device
`,
  },
  {
    name: "ToDump refuses a place where no file can be",
    configuration: `Idle -> ToDump(/nowhere/at/all)`,
    stderr: `config:1: While initializing 'ToDump@2 :: ToDump':
  /nowhere/at/all: No such file or directory
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToDump refuses an unknown encapsulation",
    configuration: `Idle -> ToDump(-, ENCAP CARRIER_PIGEON)`,
    stderr: `config:1: While configuring 'ToDump@2 :: ToDump':
  bad encapsulation type
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToDump refuses encapsulation from two sides",
    configuration: `i :: Idle -> ToDump(-, ENCAP IP, USE_ENCAP_FROM i)`,
    stderr: `config:1: While configuring 'ToDump@2 :: ToDump':
  specify at most one of 'ENCAP' and 'USE_ENCAP_FROM'
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToDump refuses elements without encapsulation",
    configuration: `i :: Idle -> ToDump(-, USE_ENCAP_FROM i)`,
    stderr: `config:1: While initializing 'ToDump@2 :: ToDump':
  'i :: Idle' has no 'encap' read handler
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToDump refuses elements that do not exist",
    configuration: `Idle -> ToDump(-, USE_ENCAP_FROM nobody)`,
    stderr: `config:1: While configuring 'ToDump@2 :: ToDump':
  no element named 'nobody'
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ToDump refuses sources that disagree",
    configuration: `f :: FromDump(${ethernet}) -> d :: Discard; g :: FromDump(${hdlc}) -> d; Idle -> ToDump(-, USE_ENCAP_FROM f g)`,
    stderr: `config:1: While initializing 'ToDump@5 :: ToDump':
  source encapsulation types disagree:
    f :: FromDump(${ethernet}) has ETHER
    g :: FromDump(${hdlc}) has HDLC
Router could not be initialized!
`,
    status: 1,
  },
];
