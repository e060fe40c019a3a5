// router.click: an IP router between two networks (RFC 1812), with real ARP on both sides and ICMP errors.

AddressInfo(
  outside 203.0.113.1/24 02:00:00:00:02:01,
  inside  10.0.0.1/24    02:00:00:00:02:02);

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

// The way to a network: what cannot go there is told its sender, by the errors that leave at output 1.
elementclass Way { $name |
  input -> DropBroadcasts -> IPGWOptions($name) -> ttl :: DecIPTTL -> fragment :: IPFragmenter(1500) -> output;
  ttl[1] -> ICMPError($name, timeexceeded) -> [1]output;
  fragment[1] -> ICMPError($name, unreachable, needfrag) -> [1]output;
}

outside :: Network(outside);
inside :: Network(inside);

// To the router itself 0, outside 1, inside 2, nowhere 3.
routes :: StaticIPLookup(
  203.0.113.1/32 0, 10.0.0.1/32 0,
  203.0.113.0/24 1,
  10.0.0.0/24 2,
  0.0.0.0/0 3);

outside -> GetIPAddress(16) -> routes;
inside -> GetIPAddress(16) -> routes;

routes[0] -> own :: IPClassifier(icmp type echo, -);
own[0] -> ICMPPingResponder -> routes;
own[1] -> Discard;
routes[1] -> to_outside :: Way(outside) -> outside;
routes[2] -> to_inside :: Way(inside) -> inside;
to_outside[1] -> routes;
to_inside[1] -> routes;
routes[3] -> ICMPError(outside, unreachable, net) -> routes;
