// nat.click: many clients behind one address (network address and port translation).
//
// TCP and UDP of the clients leave with the address of the gateway and a port of their own; answers find their way back. Pings are
// translated by their identifiers. What nobody inside asked for is dropped.
//
//   click nat.click IN0=clients.pcap IN1=internet.pcap OUT0=to-clients.pcap OUT1=to-internet.pcap

define($IN0 clients.pcap, $IN1 internet.pcap, $OUT0 to-clients.pcap, $OUT1 to-internet.pcap);

AddressInfo(
  inside  10.0.0.1/24 02:00:00:00:00:01,
  outside 192.0.2.1/24 02:00:00:00:00:02,
  gateway 02:00:00:00:00:fe,                    // next hop on the internet's side
  client  02:00:00:00:00:10);                   // and on the clients'

in0 :: FromDump($IN0, STOP true);
in1 :: FromDump($IN1, STOP true);
out0 :: Queue(200) -> to0 :: ToDump($OUT0, ENCAP ETHER);
out1 :: Queue(200) -> to1 :: ToDump($OUT1, ENCAP ETHER);

in0 -> c0 :: Classifier(12/0800, -);
in1 -> c1 :: Classifier(12/0800, -);
c0[1] -> other :: Discard;
c1[1] -> other;

// Input 0 is the inside: new flows get a port of the outer address. Input 1 is the outside: answers of known flows only.
rw :: IPRewriter(pattern 192.0.2.1 20000-65535 - - 0 1, drop);
ping :: ICMPPingRewriter(pattern 192.0.2.1 1024-65535 - - 0 1, drop);

c0[0] -> Strip(14) -> check0 :: CheckIPHeader
  -> what0 :: IPClassifier(tcp or udp, icmp type echo, -);
what0[0] -> [0]rw;
what0[1] -> [0]ping;
what0[2] -> untranslated :: Discard;

c1[0] -> Strip(14) -> check1 :: CheckIPHeader
  -> what1 :: IPClassifier(dst host outside and (tcp or udp), dst host outside and icmp type echo-reply, -);
what1[0] -> [1]rw;
what1[1] -> [1]ping;
what1[2] -> untranslated;

rw[0] -> leave :: DecIPTTL -> EtherEncap(0x0800, outside, gateway) -> out1;
rw[1] -> enter :: DecIPTTL -> EtherEncap(0x0800, inside, client) -> out0;
ping[0] -> leave;
ping[1] -> enter;

DriverManager(pause, pause, wait 0.02s, stop);
