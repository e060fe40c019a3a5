// firewall.click: a firewall between two networks that changes no packet and has no address: nobody sees that it is there.
//
// From outside one may reach the services and send pings; from inside, the web and name servers. Answers pass, all else is refused and counted.

define($SERVICES "80 or 443");

from_outside :: FromDevice(outside);
from_inside :: FromDevice(inside);
to_outside :: Queue(256) -> ToDevice(outside);
to_inside :: Queue(256) -> ToDevice(inside);

// ARP passes, or nobody would find anybody; IP is looked at; anything else is refused.
from_outside -> what_in :: Classifier(12/0806, 12/0800, -);
from_inside -> what_out :: Classifier(12/0806, 12/0800, -);
what_in[0] -> to_inside;
what_out[0] -> to_outside;
what_in[2] -> refused_in :: Counter -> Discard;
what_out[2] -> refused_out :: Counter -> Discard;

what_in[1] -> check_in :: CheckIPHeader(OFFSET 14)
  -> incoming :: IPFilter(
    allow ip frag,                                        // the rest of a datagram whose first part passed
    allow icmp type echo or echo-reply or unreachable or timeexceeded,
    allow tcp dst port $SERVICES,
    allow tcp src port 80 or 443 && tcp opt ack,          // answers of the web
    allow udp src port 53,
    1 all)
  -> to_inside;

what_out[1] -> check_out :: CheckIPHeader(OFFSET 14)
  -> outgoing :: IPFilter(
    allow ip frag,
    allow icmp type echo or echo-reply or unreachable or timeexceeded,
    allow tcp src port $SERVICES && tcp opt ack,          // answers of the services
    allow tcp dst port 80 or 443,
    allow udp dst port 53,
    1 all)
  -> to_outside;

check_in[1] -> refused_in;
incoming[1] -> refused_in;
check_out[1] -> refused_out;
outgoing[1] -> refused_out;
