// load-balancer.click: one address outside, two servers inside. Each new connection goes to the next server, and stays there.

define($SERVER1 10.0.0.101, $SERVER2 10.0.0.102);

AddressInfo(
  outside 203.0.113.80/24 02:00:00:00:03:01,
  inside  10.0.0.1/24     02:00:00:00:03:02);

// A network: IP that comes from there leaves the compound, and what enters it is sent there. ARP is dealt with in here.
elementclass Network { $name |
  FromDevice($name) -> what :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
  out :: Queue(256) -> ToDevice($name);
  what[0] -> ARPResponder($name) -> out;
  input -> arp :: ARPQuerier($name) -> out;
  what[1] -> [1]arp;
  what[2] -> Strip(14) -> check :: CheckIPHeader -> output;
  check[1] -> other :: Discard;
  what[3] -> other;
}
outside :: Network(outside);
inside :: Network(inside);

servers :: RoundRobinIPMapper(
  - - $SERVER1 - 0 1,
  - - $SERVER2 - 0 1);
connections :: IPRewriter(servers, drop);       // input 0: from clients; input 1: from servers

outside -> service :: IPClassifier(dst host outside and (tcp or udp), -);
service[0] -> [0]connections;
service[1] -> refused :: Discard;
inside -> answers :: IPClassifier(tcp or udp, -);
answers[0] -> [1]connections;
answers[1] -> refused;

// How many packets each server got.
connections[0] -> DecIPTTL -> chosen :: IPClassifier(dst host $SERVER1, -);
chosen[0] -> server1 :: Counter -> inside;
chosen[1] -> server2 :: Counter -> inside;
connections[1] -> DecIPTTL -> outside;
