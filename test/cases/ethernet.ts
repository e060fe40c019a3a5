/** Elements of the family `ethernet`. */
import type { Case } from "./case.ts";

/** An ARP request for 1.0.0.2 from 1.0.0.9 at 2-2-2-2-2-2, as an Ethernet frame with some padding. */
const REQUEST =
  "FFFFFFFFFFFF 020202020202 0806 0001 0800 06 04 0001 020202020202 01000009 000000000000 01000002 0000000000000000";

/** An ARP reply from 2.0.0.2 at 2-0-0-0-0-2 to 1.0.0.1. */
const REPLY = "010101010101 020000000002 0806 0001 0800 06 04 0002 020000000002 02000002 010101010101 01000001";

const source = (hex: string, more = "LIMIT 1, STOP true"): string => `InfiniteSource(DATA \\<${hex}>, ${more})`;

/** A querier that sends a packet at 40, 80, 120 and 160 ms, and whose queries are answered. */
function polling(name: string, options: string): string {
  return `TimedSource(0.04, \\<45>, LIMIT 4) -> SetIPAddress(1.0.0.7)
    -> ${name} :: ARPQuerier(1.0.10.10, 2:1:0:a:a:f, ${options}POLL_TIMEOUT 0.05s) -> Discard;
    ${name}[1] -> ARPPrint(${name}, TIMESTAMP false, ETHER true) -> ARPResponder(0/0 2:2:1:b:b:0) -> [1] ${name};`;
}

export const cases: readonly Case[] = [
  {
    name: "EtherEncap puts the header in front, and EtherMirror turns it round",
    configuration: `${source("45000000")} -> e :: EtherEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2)
      -> Print(a) -> EtherMirror -> Print(b) -> Discard`,
    stderr: "a:   18 | 02020202 02020101 01010101 08004500 0000\nb:   18 | 01010101 01010202 02020202 08004500 0000\n",
  },
  {
    name: "EtherEncap's handlers change the header",
    configuration: `e :: EtherEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2); Idle -> e -> Discard;
      DriverManager(print e.ethertype, write e.ethertype 0x0801, print e.ethertype,
        write e.src 3-3-3-3-3-3, print e.src, print e.dst, stop)`,
    stdout: "2048\n2049\n03-03-03-03-03-03\n02-02-02-02-02-02\n",
  },
  {
    name: "EtherEncap says what is wrong with its arguments",
    configuration: "Idle -> EtherEncap(0x10000, 1:1:1:1:1) -> Discard",
    stderr: `config:1: While configuring 'EtherEncap@2 :: EtherEncap':
  ETHERTYPE: out of range, bound 65535
  SRC: parse error
  DST: required argument missing
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "EtherMirror leaves short packets alone",
    configuration: `${source("01020304")} -> EtherMirror -> Print(b) -> Discard`,
    stderr: "b:    4 | 01020304\n",
  },
  {
    name: "HostEtherFilter sorts frames by destination",
    configuration: `elementclass Frame { $data | InfiniteSource(DATA $data, LIMIT 1) -> output };
      Frame(\\<010101010101 020202020202 0800>) -> h :: HostEtherFilter(1:1:1:1:1:1, true, OFFSET 0);
      Frame(\\<FFFFFFFFFFFF 020202020202 0800>) -> h;
      Frame(\\<010101010101 010101010101 0800>) -> h;
      Frame(\\<030303030304 020202020202 0800>) -> h;
      Frame(\\<020303030304 020202020202 0800>) -> h;
      h -> Print(in) -> Discard;
      h[1] -> Print(out) -> Discard;
      DriverManager(wait 0.01, print h.ether, stop)`,
    arguments: ["--simtime"],
    stdout: "01-01-01-01-01-01\n",
    stderr: `in:   14 | 01010101 01010202 02020202 0800
in:   14 | ffffffff ffff0202 02020202 0800
out:   14 | 01010101 01010101 01010101 0800
in:   14 | 03030303 03040202 02020202 0800
out:   14 | 02030303 03040202 02020202 0800
`,
  },
  {
    name: "ARPResponder answers requests, and passes all else on",
    configuration: `${source(REQUEST)} -> r :: ARPResponder(1.0.0.0/24 5:5:5:5:5:5, 1.0.0.2 6:6:6:6:6:6)
      -> Print(answer, 50) -> Discard;
      ${source(REPLY, "LIMIT 1")} -> r; r[1] -> Print(other) -> Discard`,
    stderr: `answer:   42 | 02020202 02020606 06060606 08060001 08000604 00020606 06060606 01000002 02020202 02020100 0009
other:   42 | 01010101 01010200 00000002 08060001 08000604 00020200
`,
  },
  {
    name: "ARPResponder's handlers show and change its table",
    configuration: `AddressInfo(a 1.0.0.2/24 00:01:02:03:04:05);
      Idle -> r :: ARPResponder(2.0.0.0/8 1.0.0.1 4:4:4:4:4:4, a) -> Discard;
      DriverManager(print r.table, print r.lookup 2.3.4.5, write r.add 2.3.0.0/16 7:7:7:7:7:7,
        print r.lookup 2.3.4.5, print r.lookup 9.9.9.9, write r.remove 1.0.0.1, print r.table, write r.remove 1.0.0.1,
        write r.add 1.0.0.3, stop)`,
    stdout: `2.0.0.0/8 04-04-04-04-04-04
1.0.0.1/32 04-04-04-04-04-04
1.0.0.2/32 00-01-02-03-04-05
04-04-04-04-04-04
07-07-07-07-07-07

2.3.0.0/16 07-07-07-07-07-07
2.0.0.0/8 04-04-04-04-04-04
1.0.0.2/32 00-01-02-03-04-05
`,
    stderr: `While calling 'r.remove 1.0.0.1':
  1.0.0.1/32 not found
While calling 'r.add 1.0.0.3':
  missing ETH
`,
  },
  {
    name: "ARPResponder says what is wrong with its arguments",
    configuration: `Idle -> ARPResponder(1.0.0.1, 1:1:1:1:1:1, 1.0.0.1 1:1:1:1:1:1 2:2:2:2:2:2, foo) -> Discard`,
    stderr: `config:1: While configuring 'ARPResponder@2 :: ARPResponder':
  argument 0: missing ETH
  argument 1: missing IP/MASK
  argument 2: more than one ETH
  argument 3: expected IP/MASK ETH
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ARPResponder warns of two entries for one prefix",
    configuration: `Idle -> r :: ARPResponder(1.0.0.1 1:1:1:1:1:1, 1.0.0.1 2:2:2:2:2:2) -> Discard;
      DriverManager(print r.table, stop)`,
    stdout: "1.0.0.1/32 02-02-02-02-02-02\n",
    stderr: `config:1: While configuring 'r :: ARPResponder':
  warning: multiple entries for 1.0.0.1/32
`,
  },
  {
    name: "ARPQuerier keeps packets until the answer comes, then sends them in order",
    arguments: ["--simtime"],
    configuration: `InfiniteSource(DATA \\<4501>, LIMIT 1) -> d :: SetIPAddress(2.0.0.2) -> q :: ARPQuerier(1.0.0.1/24, 1:1:1:1:1:1);
      InfiniteSource(DATA \\<4502>, LIMIT 1) -> d;
      q -> Print(out) -> Discard;
      q[1] -> Print(query, 50) -> Discard;
      t :: TimedSource(0.5, \\<${REPLY}>, LIMIT 1) -> [1] q;
      DriverManager(wait 0.1, print q.table, print q.length, print q.count, wait 0.5, print q.table, print q.stats,
        print q.length, print q.responses, print q.queries, print q.drops, stop)`,
    stdout: `2.0.0.2 0 FF-FF-FF-FF-FF-FF 0.100000
2
1
2.0.0.2 1 02-00-00-00-00-02 0.100000
0 packets killed
1 ARP queries sent
0
1
1
0
`,
    stderr: `query:   42 | ffffffff ffff0101 01010101 08060001 08000604 00010101 01010101 01000001 00000000 00000200 0002
out:   16 | 02000000 00020101 01010101 08004501
out:   16 | 02000000 00020101 01010101 08004502
`,
  },
  {
    name: "ARPQuerier knows broadcast and multicast addresses",
    configuration: `elementclass To { $a | InfiniteSource(DATA \\<45>, LIMIT 1) -> SetIPAddress($a) -> output };
      To(255.255.255.255) -> q :: ARPQuerier(1.0.0.1/24, 1:1:1:1:1:1); To(1.0.0.255) -> q; To(224.129.2.3) -> q; To(0.0.0.0) -> q;
      Idle -> [1] q -> Print(out) -> Discard;
      Script(wait 0.01, print q.drops, print q.broadcast, print q.ipaddr, stop)`,
    arguments: ["--simtime"],
    stdout: "1\n1.0.0.255\n1.0.0.1\n",
    stderr: `out:   15 | ffffffff ffff0101 01010101 080045
out:   15 | ffffffff ffff0101 01010101 080045
out:   15 | 01005e01 02030101 01010101 080045
q :: ARPQuerier: would query for 0.0.0.0; missing dest IP addr annotation?
`,
  },
  {
    name: "ARPQuerier drops what exceeds its capacities, and asks at most ten times a second for one address",
    arguments: ["--simtime"],
    configuration: `RatedSource(DATA \\<45>, RATE 1000, LIMIT 500) -> SetIPAddress(1.0.0.7) -> q :: ARPQuerier(1.0.0.1, 1:1:1:1:1:1, ENTRY_PACKET_CAPACITY 10) -> Discard;
      RatedSource(DATA \\<45>, RATE 1000, LIMIT 500) -> SetIPAddress(1.0.0.7) -> r :: ARPQuerier(1.0.0.1, 1:1:1:1:1:1, CAPACITY 10) -> Discard;
      Idle -> [1] q; Idle -> [1] r;
      Script(wait 1, print q.stats, print q.length, print r.stats, print r.length, write r.clear, print r.length, print r.count, stop)`,
    stdout: `490 packets killed
1 ARP queries sent
10
492 packets killed
5 ARP queries sent
8
0
0
`,
  },
  {
    name: "ARPQuerier asks again for an address in use, at its host or at all of them",
    arguments: ["--simtime"],
    configuration: `${polling("q", "")} ${polling("r", "BROADCAST_POLL true, ")} Script(wait 0.2, print q.queries, print q.table, stop)`,
    stdout: "2\n1.0.0.7 1 02-02-01-0B-0B-00 0.080000\n",
    stderr: `q: 02-01-00-0A-0A-0F > FF-FF-FF-FF-FF-FF: arp who-has 1.0.0.7 tell 1.0.10.10
r: 02-01-00-0A-0A-0F > FF-FF-FF-FF-FF-FF: arp who-has 1.0.0.7 tell 1.0.10.10
q: 02-01-00-0A-0A-0F > 02-02-01-0B-0B-00: arp who-has 1.0.0.7 tell 1.0.10.10
r: 02-01-00-0A-0A-0F > FF-FF-FF-FF-FF-FF: arp who-has 1.0.0.7 tell 1.0.10.10
`,
  },
  {
    name: "ARPTable is shared by queriers, and its entries expire",
    arguments: ["--simtime"],
    configuration: `t :: ARPTable(TIMEOUT 0.3, ENTRY_CAPACITY 2);
      Idle -> q :: ARPQuerier(1.0.0.1, 1:1:1:1:1:1, TABLE t) -> Discard; Idle -> [1] q;
      Idle -> r :: ARPQuerier(2.0.0.1, 1:1:1:1:1:1, TABLE t) -> Discard; Idle -> [1] r;
      Script(write t.insert 1.0.0.2 2:2:2:2:2:2, write q.insert 1.0.0.3 3:3:3:3:3:3, print r.table, print t.count,
        write r.insert 1.0.0.4 4:4:4:4:4:4, write t.delete 1.0.0.3, print t.table, wait 0.2, print t.table, wait 0.2, print t.table,
        print t.drops, print t.length, write t.clear, print t.count, stop)`,
    stdout: `1.0.0.2 1 02-02-02-02-02-02 0.000000
1.0.0.3 1 03-03-03-03-03-03 0.000000
2
1.0.0.4 1 04-04-04-04-04-04 0.000000
1.0.0.3 0 FF-FF-FF-FF-FF-FF 0.000000
1.0.0.4 1 04-04-04-04-04-04 0.200000
1.0.0.3 0 FF-FF-FF-FF-FF-FF 0.200000
1.0.0.4 0 04-04-04-04-04-04 0.400000
1.0.0.3 0 FF-FF-FF-FF-FF-FF 0.400000
0
0
0
`,
  },
  {
    name: "ARPTable's handlers say what is wrong with what is written",
    configuration: `t :: ARPTable; Script(write t.insert foo, write t.insert 1.0.0.1 1:1:1:1:1:1 3, write t.delete, stop)`,
    stderr: `While executing 'Script@2 :: Script':
  While calling 't.insert foo':
    IP: parse error
    ETH: required argument missing
  While calling 't.insert 1.0.0.1 1:1:1:1:1:1 3':
    too many arguments
  While calling 't.delete':
    IP: required argument missing
`,
  },
  {
    name: "ARPQuerier and ARPTable say what is wrong with their arguments",
    configuration: `Idle -> q :: ARPQuerier(1.0.0.1) -> Discard; Idle -> [1] q;
Idle -> r :: ARPQuerier(TABLE d, 1.0.0.1, 1:1:1:1:1:1) -> d :: Discard; Idle -> [1] r;
Idle -> s :: ARPQuerier(1.0.0.1, 1:1:1:1:1:1, CAPACITY_SLIM_FACTOR 0, FOO 3) -> Discard; Idle -> [1] s;
t :: ARPTable(CAPACITY_SLIM_FACTOR 0)`,
    stderr: `config:1: While configuring 'q :: ARPQuerier':
  ETH: parse error
config:2: While configuring 'r :: ARPQuerier':
  TABLE: element type mismatch, expected ARPTable
config:3: While configuring 's :: ARPQuerier':
  CAPACITY_SLIM_FACTOR cannot be zero
  FOO: unknown argument
config:4: While configuring 't :: ARPTable':
  CAPACITY_SLIM_FACTOR cannot be zero
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ARPFaker sends its reply after one second, and then every ten",
    arguments: ["--simtime"],
    configuration: `ARPFaker(1.0.0.1, 1:1:1:1:1:1, 2.0.0.2, 2:2:2:2:2:2) -> Print(f, 50) -> c :: Counter -> Discard;
      Script(wait 0.9, print c.count, wait 12, print c.count, stop)`,
    stdout: "0\n2\n",
    stderr: `f:   42 | 01010101 01010202 02020202 08060001 08000604 00020202 02020202 02000002 01010101 01010100 0001
f:   42 | 01010101 01010202 02020202 08060001 08000604 00020202 02020202 02000002 01010101 01010100 0001
`,
  },
  {
    name: "CheckARPHeader lets whole headers through, and counts the others by reason",
    configuration: `elementclass P { $data | InfiniteSource(DATA $data, LIMIT 1) -> output };
      P(\\<0001 0800 06 04 0001 020202020202 01000009 000000000000 01000002>) -> c :: CheckARPHeader(0, VERBOSE true, DETAILS true);
      P(\\<0001 0800 06 04>) -> c; P(\\<0001 0800 06 04 0001 0202>) -> c;
      P(\\<0001 0800 05 04 0001 0202020202 01000009 0000000000 01000002>) -> c;
      P(\\<0001 0800 06 03 0001 020202020202 010000 000000000000 010000>) -> c;
      c -> Print(good) -> Discard; c[1] -> Print(bad) -> Discard;
      Script(wait 0.01, print c.drops, print c.drop_details, stop)`,
    arguments: ["--simtime"],
    stdout: "4\n1\ttiny packet\n1\ttoo small for addresses\n1\tbad hardware type/length\n1\tbad protocol type/length\n",
    stderr: `good:   28 | 00010800 06040001 02020202 02020100 00090000 00000000
ARP header check failed: tiny packet
bad:    6 | 00010800 0604
ARP header check failed: too small for addresses
bad:   10 | 00010800 06040001 0202
ARP header check failed: bad hardware type/length
bad:   26 | 00010800 05040001 02020202 02010000 09000000 00000100
ARP header check failed: bad protocol type/length
bad:   26 | 00010800 06030001 02020202 02020100 00000000 00000001
`,
  },
  {
    name: "VLAN headers come and go, and the annotation keeps the tag",
    configuration: `${source("AAABACAD")} -> Print(x)
      -> EtherVLANEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2, 1) -> Print(a) -> StripEtherVLANHeader -> Print(b)
      -> EtherVLANEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2, ANNO) -> Print(c) -> StripEtherVLANHeader -> Print(d)
      -> EtherVlanEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2, ANNO, NATIVE_VLAN 1) -> Print(e) -> StripEtherVlanHeader
      -> SetVLANAnno(2, 1) -> EtherVLANEncap(0x0800, 1:1:1:1:1:1, 2:2:2:2:2:2, ANNO, NATIVE_VLAN 1) -> Print(f) -> Discard`,
    stderr: `x:    4 | aaabacad
a:   22 | 02020202 02020101 01010101 81000001 0800aaab acad
b:    4 | aaabacad
c:   22 | 02020202 02020101 01010101 81000001 0800aaab acad
d:    4 | aaabacad
e:   18 | 02020202 02020101 01010101 0800aaab acad
f:   22 | 02020202 02020101 01010101 81002002 0800aaab acad
`,
  },
  {
    name: "VLANEncap and VLANDecap put tags into frames and take them out",
    configuration: `${source("FFFFFFFFFFFF 020202020202 0806 0001")} -> VLANEncap(VLAN_ID 5, VLAN_PCP 3) -> Print(a)
      -> VLANDecap -> Print(b) -> VLANEncap(ANNO, ETHERTYPE 0x88A8) -> Print(c) -> VLANDecap -> Print(d)
      -> VLANDecap(false, ETHERTYPE 0x88A8) -> Print(e) -> VLANEncap(0) -> Print(f) -> Discard`,
    stderr: `a:   20 | ffffffff ffff0202 02020202 81006005 08060001
b:   16 | ffffffff ffff0202 02020202 08060001
c:   20 | ffffffff ffff0202 02020202 88a86005 08060001
d:   20 | ffffffff ffff0202 02020202 88a86005 08060001
e:   16 | ffffffff ffff0202 02020202 08060001
f:   16 | ffffffff ffff0202 02020202 08060001
`,
  },
  {
    name: "SetVLANAnno's handlers show and change it",
    configuration: `Idle -> v :: SetVLANAnno(1, 3) -> Discard;
      Script(print v.config, print v.vlan_tci, write v.vlan_id 7, print v.vlan_tci, write v.vlan_tci 9, print v.config,
        print v.vlan_pcp, print v.vlan_id, write v.vlan_pcp 8, write v.vlan_tci x, stop)`,
    stdout: "VLAN_ID 1, VLAN_PCP 3\n24577\n24583\nVLAN_ID 9, VLAN_PCP 3\n3\n9\n",
    stderr: `While executing 'Script@4 :: Script':
  While calling 'v.vlan_pcp 8':
    VLAN_PCP: out of range, bound 7
  While calling 'v.vlan_tci x':
    VLAN_TCI: invalid number
`,
  },
  {
    name: "VLAN elements say what is wrong with their arguments",
    configuration: `Idle -> VLANEncap(70000) -> Discard; Idle -> EtherVLANEncap(1, 1:1:1:1:1:1, 2:2:2:2:2:2, foo, VLAN_ID 5000) -> Discard;
Idle -> StripEtherVLANHeader(4096) -> Discard; Idle -> SetVLANAnno(foo) -> Discard`,
    stderr: `config:1: While configuring 'VLANEncap@2 :: VLANEncap':
  VLAN_TCI: out of range, bound 65535
config:1: While configuring 'EtherVLANEncap@5 :: EtherVLANEncap':
  VLAN_ID: out of range, bound 4095
config:2: While configuring 'StripEtherVLANHeader@8 :: StripEtherVLANHeader':
  bad NATIVE_VLAN
config:2: While configuring 'SetVLANAnno@11 :: SetVLANAnno':
  VLAN_TCI: invalid number
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "ARPPrint prints requests, replies and what is too short for either",
    configuration: `elementclass P { $data | InfiniteSource(DATA $data, LIMIT 1) -> MarkIPHeader(14) -> output };
      P(\\<${REQUEST}>) -> p :: ARPPrint(x, TIMESTAMP false, ETHER true); P(\\<${REPLY}>) -> p;
      P(\\<010101010101 020000000002 0806 0001>) -> p;
      InfiniteSource(DATA \\<0001>, LIMIT 1) -> p; p -> ARPPrint(ACTIVE false) -> Discard; Script(wait 0.01, stop)`,
    arguments: ["--simtime"],
    stderr: `x: 02-02-02-02-02-02 > FF-FF-FF-FF-FF-FF: arp who-has 1.0.0.2 tell 1.0.0.9
x: 02-00-00-00-00-02 > 01-01-01-01-01-01: arp reply 2.0.0.2 is-at 02-00-00-00-00-02
x: 02-00-00-00-00-02 > 01-01-01-01-01-01: truncated-arp (2)
`,
  },
  {
    name: "EnsureEther keeps, restores or makes Ethernet headers",
    configuration: `elementclass P { $data, $offset | InfiniteSource(DATA $data, LIMIT 1) -> MarkIPHeader($offset) -> output };
      P(\\<010101010101 020202020202 0800 45000000>, 14) -> Print(in) -> e :: EnsureEther(0x0800, 3:3:3:3:3:3, 4:4:4:4:4:4);
      P(\\<010101010101 020202020202 0800 45000001>, 14) -> Strip(14) -> e; P(\\<45000002>, 0) -> e; P(\\<99 45000003>, 1) -> e;
      InfiniteSource(DATA \\<77>, LIMIT 1) -> e; e -> Print(e) -> Discard; Script(wait 0.01, stop)`,
    arguments: ["--simtime"],
    stderr: `e:    1 | 77
in:   18 | 01010101 01010202 02020202 08004500 0000
e:   18 | 01010101 01010202 02020202 08004500 0000
e:   18 | 01010101 01010202 02020202 08004500 0001
e:   18 | 04040404 04040303 03030303 08004500 0002
e:   18 | 04040404 04040303 03030303 08004500 0003
`,
  },
  {
    name: "EnsureEther refuses a type of more than 16 bits",
    configuration: "Idle -> EnsureEther(0x10000) -> Discard",
    stderr: `config:1: While configuring 'EnsureEther@2 :: EnsureEther':
  argument 1 (Ethernet encapsulation type) must be <= 0xFFFF
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "Ethernet addresses move between packets and annotations",
    configuration: `${source("010101010101 020202020202 0800")} -> GetEtherAddress(0, src) -> StoreEtherAddress(OFFSET dst, ANNO 0) -> Print(a)
      -> SetEtherAddress(3:3:3:3:3:3, 10) -> StoreEtherAddress(OFFSET 8, ANNO 10) -> Print(b) -> StoreEtherAddress(4:4:4:4:4:4, src) -> Print(c)
      -> StoreEtherAddress(5:5:5:5:5:5, 9) -> Print(never) -> Discard`,
    stderr: `a:   14 | 02020202 02020202 02020202 0800
b:   14 | 02020202 02020202 03030303 0303
c:   14 | 02020202 02020404 04040404 0303
`,
  },
  {
    name: "StoreEtherAddress and its kind say what is wrong with their arguments",
    configuration: `Idle -> StoreEtherAddress(1:1:1:1:1:1, src, ANNO 0) -> Discard; Idle -> StoreEtherAddress(1:1:1:1:1:1, -1) -> Discard;
Idle -> GetEtherAddress(43, foo) -> Discard; Idle -> SetEtherAddress(1:1:1:1:1:1, 48) -> Discard`,
    stderr: `config:1: While configuring 'StoreEtherAddress@2 :: StoreEtherAddress':
  must specify exactly one of ADDR/ANNO
config:1: While configuring 'StoreEtherAddress@5 :: StoreEtherAddress':
  type mismatch: bad OFFSET
config:2: While configuring 'GetEtherAddress@8 :: GetEtherAddress':
  ANNO: parse error
config:2: While configuring 'SetEtherAddress@11 :: SetEtherAddress':
  ANNO: parse error
Router could not be initialized!
`,
    status: 1,
  },
  {
    name: "EtherPauseSource sends frames at its interval, up to its limit",
    arguments: ["--simtime"],
    configuration: `e :: EtherPauseSource(1:1:1:1:1:1, 513, LIMIT 2) -> Print(a, 20) -> Discard;
      Script(wait 3.5, print e.count, write e.limit 3, wait 0.5, print e.count, write e.pausetime 7, write e.dst 2:2:2:2:2:2,
        write e.reset_counts, wait 0.5, print e.count, print e.pausetime, print e.src, print e.limit, write e.src x, stop)`,
    stdout: "2\n3\n1\n7\n01-01-01-01-01-01\n3\n",
    stderr: `a:   64 | 0180c200 00010101 01010101 88080001 02010000
a:   64 | 0180c200 00010101 01010101 88080001 02010000
a:   64 | 0180c200 00010101 01010101 88080001 02010000
a:   64 | 02020202 02020101 01010101 88080001 00070000
While executing 'Script@4 :: Script':
  While calling 'e.src x':
    type mismatch
`,
  },
];
