// load-balancer.click: one address, four servers. Every new connection goes to the next server, and stays there.
//
//   click load-balancer.click IN=clients.pcap OUT=to-servers.pcap

define($IN clients.pcap, $OUT to-servers.pcap, $SERVICE 192.0.2.16);

in :: FromDump($IN, STOP true);
out :: Queue(1000) -> to :: ToDump($OUT, ENCAP ETHER);

servers :: RoundRobinIPMapper(
  - - 192.0.2.101 - 0 1,
  - - 192.0.2.102 - 0 1,
  - - 192.0.2.103 - 0 1,
  - - 192.0.2.104 - 0 1);
rw :: IPRewriter(servers, drop);

in -> c :: Classifier(12/0800, -);
c[1] -> other :: Discard;
c[0] -> Strip(14) -> check :: CheckIPHeader
  -> service :: IPClassifier(dst host $SERVICE and (tcp or udp), -);
service[1] -> other;
service[0] -> [0]rw;
Idle -> [1]rw;                                  // the way back, from the servers

// How many packets each server got.
rw[0] -> to_server :: IPClassifier(dst host 192.0.2.101, dst host 192.0.2.102, dst host 192.0.2.103, dst host 192.0.2.104);
to_server[0] -> server1 :: Counter -> encap :: EtherEncap(0x0800, 02:00:00:00:00:02, 02:00:00:00:00:65) -> out;
to_server[1] -> server2 :: Counter -> encap;
to_server[2] -> server3 :: Counter -> encap;
to_server[3] -> server4 :: Counter -> encap;
rw[1] -> Discard;

DriverManager(pause, wait 0.02s,
  print "server 1: $(server1.count) packets",
  print "server 2: $(server2.count) packets",
  print "server 3: $(server3.count) packets",
  print "server 4: $(server4.count) packets",
  stop);
