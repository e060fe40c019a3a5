// nat.click: the clients of one network behind one address of another (RFC 3022), with ARP on both sides.
//
//   clients 10.0.0.0/24 - 0 [nat] 1 - 192.0.2.0/24 servers

define($FLOWS 16384);

AddressInfo(
  inside  10.0.0.1/24  02:00:00:00:00:01,
  outside 192.0.2.1/24 02:00:00:00:00:02);

out0 :: Queue(1000) -> ToDevice(0);
out1 :: Queue(1000) -> ToDevice(1);

// What a frame is: ARP query, ARP reply, IP, or something else.
FromDevice(0) -> c0 :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
FromDevice(1) -> c1 :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
c0[3] -> Discard;
c1[3] -> Discard;

c0[0] -> ARPResponder(inside) -> out0;
c1[0] -> ARPResponder(outside) -> out1;
arpq0 :: ARPQuerier(inside) -> out0;
arpq1 :: ARPQuerier(outside) -> out1;
c0[1] -> [1]arpq0;
c1[1] -> [1]arpq1;

// Input 0 is the inside: new flows get a port of the outer address, one that no client takes for itself. Input 1 is the outside: answers only.
rw   :: IPRewriter(pattern 192.0.2.1 1024-9999 - - 0 1, drop, MAPPING_CAPACITY $FLOWS);
ping :: ICMPPingRewriter(pattern 192.0.2.1 1024-9999 - - 0 1, drop);
err  :: ICMPRewriter(rw ping);

c0[2] -> Strip(14) -> CheckIPHeader -> out :: IPClassifier(tcp or udp, icmp type echo, -);
out[0] -> [0]rw;
out[1] -> [0]ping;
out[2] -> Discard;

c1[2] -> Strip(14) -> CheckIPHeader -> in :: IPClassifier(
  dst host outside and (tcp or udp),
  dst host outside and icmp type echo-reply,
  dst host outside and icmp,
  -);
in[0] -> [1]rw;
in[1] -> [1]ping;
in[2] -> err;
in[3] -> Discard;

leave :: DecIPTTL -> [0]arpq1;
enter :: DecIPTTL -> [0]arpq0;
rw[0] -> leave;
rw[1] -> enter;
ping[0] -> leave;
ping[1] -> enter;
err -> enter;
