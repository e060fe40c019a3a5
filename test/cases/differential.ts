/** Differences from the real Click that random configurations have found. What is expected here is what Click printed. */
import type { Case } from "./case.ts";

export const cases: readonly Case[] = [
  {
    name: "simulated time starts where Click's first task sees it",
    arguments: ["--simtime"],
    configuration: `InfiniteSource(DATA a, LIMIT 2) -> Print(TIMESTAMP true) -> Discard; Script(print $(now), wait 1, print $(now), stop)`,
    stdout: `1000000000.000000007
1000000001.000000009
`,
    stderr: `1000000000.000000004:    1 | 61
1000000000.000000005:    1 | 61
`,
  },
  {
    name: "arguments are read in Click's order, and a fault ends the stage it is in",
    arguments: ["-q"],
    configuration: `Idle -> [0]a :: ARPQuerier(TIMEOUT x, BROADCAST y, bad); Idle -> [1]a -> Idle;
      Idle -> UDPRewriter(GUARANTEE x, STREAMING_TIMEOUT y) -> Idle;
      Idle -> GetIPAddress(x, ANNO y) -> Idle;
      Idle -> StoreIPAddress(x, OFFSET 1 2) -> Idle;`,
    stderr: `config:1: While configuring 'a :: ARPQuerier':
  TIMEOUT: parse error
  BROADCAST: parse error
config:2: While configuring 'UDPRewriter@6 :: UDPRewriter':
  STREAMING_TIMEOUT: parse error
config:3: While configuring 'GetIPAddress@9 :: GetIPAddress':
  OFFSET: invalid number
  ANNO: parse error
config:4: While configuring 'StoreIPAddress@12 :: StoreIPAddress':
  ADDR: parse error
  OFFSET: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "a deprecated argument is warned of even when it does not parse",
    arguments: ["-q"],
    configuration: `Idle -> IPRewriter(REAP_TIME x) -> Idle`,
    stderr: `config:1: While configuring 'IPRewriter@2 :: IPRewriter':
  REAP_TIME: warning: argument deprecated
  REAP_TIME: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "addresses written to handlers of ICMPPingEncap keep their order",
    arguments: ["--simtime"],
    configuration: `Idle -> x :: ICMPPingEncap(1.2.3.4, 5.6.7.8) -> Idle;
      Script(write x.src 9.8.7.6, print x.src, write x.dst 4.3.2.1, print x.dst, stop)`,
    stdout: `9.8.7.6
4.3.2.1
`,
  },
  {
    name: "handlers of EtherEncap replace its arguments",
    arguments: ["--simtime"],
    configuration: `Idle -> x :: EtherEncap(0x800, 1:1:1:1:1:1, 2:2:2:2:2:2) -> Idle;
      Script(write x.dst 0:1:2:3:4:5, print x.config, write x.ethertype 0x806, print x.config, write x.src foo, print $?, stop)`,
    stdout: `0x800, 1:1:1:1:1:1, 0:1:2:3:4:5
0x806, 1:1:1:1:1:1, 0:1:2:3:4:5
-1
`,
    stderr: `While executing 'Script@4 :: Script':
  While calling 'x.src foo':
    SRC: parse error
`,
  },
  {
    name: "the removal of a route that is not there has a status of its own",
    arguments: ["--simtime"],
    configuration: `Idle -> r :: StaticIPLookup(1.0.0.0/8 0) -> Idle; Idle -> t :: RadixIPLookup(1.0.0.0/8 0) -> Idle;
      Script(write t.remove 2.0.0.0/8, print $?, write t.remove x, print $?, stop)`,
    stdout: `-2
-22
`,
    stderr: `While executing 'Script@7 :: Script':
  While calling 't.remove 2.0.0.0/8':
    route '2.0.0.0/8 - -1' not found
  While calling 't.remove x':
    expected 'ADDR/MASK [GATEWAY OUTPUT]'
`,
  },
  {
    name: "a script whose first wait makes no sense does not keep the router from running",
    arguments: ["--simtime"],
    configuration: `s :: Script(wait x, print never); Script(print "here", stop)`,
    stdout: `here
`,
    stderr: `config:1: While initializing 's :: Script':
  syntax error at 'wait'
`,
  },
  {
    name: "a stop ends the round of timers: a script that is due at the same time does not run",
    arguments: ["--simtime"],
    configuration: `Script(print "one", stop); Script(print "two", stop)`,
    stdout: `one
`,
  },
  {
    name: "the stop handler takes anything",
    arguments: ["--simtime"],
    configuration: `Script(write stop x, print $?)`,
    stdout: `0
`,
  },
  {
    name: "a PROXY script's own handlers stay what they are",
    arguments: ["--simtime"],
    configuration: `p :: Script(TYPE PROXY, return "$0 $args"); Script(print $(p.foo 1), print p.class, stop)`,
    stdout: `"foo 1"
Script
`,
  },
  {
    name: "handlers of no element have no dot",
    arguments: ["-q", "-h", ".list"],
    configuration: `Idle`,
    stderr: `no element ''
`,
    status: 1,
  },
  {
    name: "an option that may be several names them all",
    arguments: ["--t"],
    configuration: `Idle`,
    stderr: `click: option '--t' is ambiguous
click: (Possibilities are '--threads' and '--time'.)
Usage: click [OPTION]... [ROUTERFILE]
Try 'click --help' for more information.
`,
    status: 1,
  },
  {
    name: "simulated time may start at any real number",
    arguments: ["--simtime=1e3"],
    configuration: `Script(print $(now), stop)`,
    stdout: `1000.000000005
`,
  },
  {
    name: "a configuration without elements ends with a warning",
    configuration: ``,
    stderr: `warning: config: configuration has no elements, exiting
`,
  },
];
