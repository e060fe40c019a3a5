// ip-router.click: an IP router between two networks, as in RFC 1812: the configuration of Click's papers, with ARP and ICMP errors.
//
// Capture files stand for the interfaces. On a machine, put FromDevice(eth0) and ToDevice(eth0) in their places.
//
//   click ip-router.click IN0=clients.pcap IN1=servers.pcap OUT0=to-clients.pcap OUT1=to-servers.pcap

define($IN0 clients.pcap, $IN1 servers.pcap, $OUT0 to-clients.pcap, $OUT1 to-servers.pcap);

AddressInfo(
  clients 10.0.0.1/24 02:00:00:00:00:01,      // the router's own addresses on each network
  servers 192.0.2.1/24 02:00:00:00:00:02);

in0 :: FromDump($IN0, STOP true);
in1 :: FromDump($IN1, STOP true);
out0 :: Queue(200) -> to0 :: ToDump($OUT0, ENCAP ETHER);
out1 :: Queue(200) -> to1 :: ToDump($OUT1, ENCAP ETHER);

// What a frame is: ARP query, ARP reply, IP, or something else.
in0 -> c0 :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
in1 -> c1 :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
c0[3] -> other :: Discard;
c1[3] -> other;

// ARP: answer queries for our own addresses; give replies to whoever asked.
c0[0] -> arpr0 :: ARPResponder(clients) -> out0;
c1[0] -> arpr1 :: ARPResponder(servers) -> out1;
arpq0 :: ARPQuerier(clients) -> out0;
arpq1 :: ARPQuerier(servers) -> out1;
c0[1] -> [1]arpq0;
c1[1] -> [1]arpq1;

// The routing table: to the router itself 0, to the clients 1, to the servers 2, nowhere 3.
rt :: StaticIPLookup(
  10.0.0.1/32 0, 10.0.0.0/32 0, 10.0.0.255/32 0,
  192.0.2.1/32 0, 192.0.2.0/32 0, 192.0.2.255/32 0,
  10.0.0.0/24 1,
  192.0.2.0/24 2,
  0.0.0.0/0 3);

// IP, from both networks. The paint tells where a packet came from.
ip :: Strip(14) -> check :: CheckIPHeader(INTERFACES 10.0.0.1/24 192.0.2.1/24) -> GetIPAddress(16) -> rt;
check[1] -> bad :: Discard;
c0[2] -> Paint(1) -> ip;
c1[2] -> Paint(2) -> ip;

// For the router itself: answer pings.
rt[0] -> own :: IPClassifier(icmp type echo, -);
own[0] -> ICMPPingResponder -> rt;
own[1] -> local :: Discard;

// To the clients.
rt[1] -> DropBroadcasts
  -> redirect0 :: PaintTee(1)
  -> options0 :: IPGWOptions(10.0.0.1)
  -> FixIPSrc(10.0.0.1)
  -> ttl0 :: DecIPTTL
  -> fragment0 :: IPFragmenter(1500)
  -> [0]arpq0;
redirect0[1] -> ICMPError(10.0.0.1, redirect, host) -> rt;
options0[1] -> ICMPError(10.0.0.1, parameterproblem) -> rt;
ttl0[1] -> ICMPError(10.0.0.1, timeexceeded) -> rt;
fragment0[1] -> ICMPError(10.0.0.1, unreachable, needfrag) -> rt;

// To the servers.
rt[2] -> DropBroadcasts
  -> redirect1 :: PaintTee(2)
  -> options1 :: IPGWOptions(192.0.2.1)
  -> FixIPSrc(192.0.2.1)
  -> ttl1 :: DecIPTTL
  -> fragment1 :: IPFragmenter(1500)
  -> [0]arpq1;
redirect1[1] -> ICMPError(192.0.2.1, redirect, host) -> rt;
options1[1] -> ICMPError(192.0.2.1, parameterproblem) -> rt;
ttl1[1] -> ICMPError(192.0.2.1, timeexceeded) -> rt;
fragment1[1] -> ICMPError(192.0.2.1, unreachable, needfrag) -> rt;

// Nowhere.
rt[3] -> ICMPError(10.0.0.1, unreachable, net) -> rt;

// When both captures are read, let the queues empty themselves, then stop.
DriverManager(pause, pause, wait 0.02s, stop);
