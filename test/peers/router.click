// router.click: an IP router between two networks (RFC 1812), with ARP and ICMP errors on both sides.
//
//   clients 10.0.0.0/24 - 0 [router] 1 - 192.0.2.0/24 servers

AddressInfo(
  clients 10.0.0.1/24  02:00:00:00:00:01,
  servers 192.0.2.1/24 02:00:00:00:00:02);

// One interface: frames come from and go to the device, IP packets to be routed leave by the output, those to be sent come by the input.
elementclass Interface { $address, $device, $color |
  FromDevice($device) -> kind :: Classifier(12/0806 20/0001, 12/0806 20/0002, 12/0800, -);
  out :: Queue(1000) -> ToDevice($device);

  arp :: ARPQuerier($address) -> out;
  kind[0] -> ARPResponder($address) -> out;
  kind[1] -> [1]arp;
  kind[2] -> Strip(14)
    -> CheckIPHeader(INTERFACES 10.0.0.1/24 192.0.2.1/24)
    -> GetIPAddress(16)
    -> Paint($color)
    -> output;
  kind[3] -> Discard;

  input -> DropBroadcasts
    -> redirect :: PaintTee($color)
    -> options :: IPGWOptions($address)
    -> FixIPSrc($address)
    -> ttl :: DecIPTTL
    -> fragment :: IPFragmenter(1500)
    -> [0]arp;

  redirect[1] -> ICMPError($address, redirect, host) -> [1]output;
  options[1] -> ICMPError($address, parameterproblem) -> [1]output;
  ttl[1] -> ICMPError($address, timeexceeded) -> [1]output;
  fragment[1] -> ICMPError($address, unreachable, needfrag) -> [1]output;
}

clients :: Interface(clients, 0, 1);
servers :: Interface(servers, 1, 2);

// To the router itself 0, to the clients 1, to the servers 2, nowhere 3.
routes :: StaticIPLookup(
  10.0.0.1/32 0,
  192.0.2.1/32 0,
  10.0.0.0/24 1,
  192.0.2.0/24 2,
  0.0.0.0/0 3);

clients[0], clients[1], servers[0], servers[1] -> routes;
routes[0] -> own :: IPClassifier(icmp type echo, tcp or udp, -);
routes[1] -> clients;
routes[2] -> servers;
routes[3] -> ICMPError(10.0.0.1, unreachable, net) -> routes;

own[0] -> ICMPPingResponder -> routes;
own[1] -> ICMPError(10.0.0.1, unreachable, port) -> routes;
own[2] -> Discard;
