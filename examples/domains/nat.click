// nat.click: a network behind one public address. What hosts inside ask for comes back to them; one service of one host inside can be reached from outside.

define($SERVER 10.0.0.2, $SERVICE 80, $GATEWAY 203.0.113.254);

AddressInfo(
  outside 203.0.113.1/24 02:00:00:00:01:01,
  inside  10.0.0.1/24    02:00:00:00:01:02);

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

// Input 0: from inside. Input 1: from outside; if nobody inside has asked for it, it is dropped. Input 2: from outside, for the service.
ports :: IPRewriter(pattern outside 20000-65535 - - 0 1, drop, pattern - - $SERVER - 1 0);
pings :: ICMPPingRewriter(pattern outside 20000-65535 - - 0 1, drop, pattern - - $SERVER - 1 0);
errors :: ICMPRewriter(ports:0 pings:0);        // what goes wrong with packets that were translated

inside -> from_inside :: IPClassifier(dst host inside, tcp or udp, icmp type echo or echo-reply, icmp, -);
from_inside[0] -> own :: IPClassifier(icmp type echo, -);
from_inside[1] -> [0]ports;
from_inside[2] -> [0]pings;
from_inside[3] -> [0]errors;
from_inside[4] -> refused :: Counter -> Discard;
own[0] -> ICMPPingResponder -> inside;
own[1] -> refused;

outside -> from_outside :: IPClassifier(
    dst host outside and tcp dst port $SERVICE,
    dst host outside and (tcp or udp),
    dst host outside and icmp type echo,
    dst host outside and icmp type echo-reply,
    dst host outside and icmp,
    -);
from_outside[0] -> [2]ports;
from_outside[1] -> [1]ports;
from_outside[2] -> [2]pings;
from_outside[3] -> [1]pings;
from_outside[4] -> [0]errors;
from_outside[5] -> refused;

to_inside :: DecIPTTL -> inside;
// Whoever is not on the network outside is reached through the gateway.
to_outside :: DecIPTTL -> StaticIPLookup(203.0.113.0/24 0, 0.0.0.0/0 $GATEWAY 0) -> outside;
ports[0] -> to_outside;
ports[1] -> to_inside;
pings[0] -> to_outside;
pings[1] -> to_inside;
errors[0] -> to_outside;
errors[1] -> to_inside;
