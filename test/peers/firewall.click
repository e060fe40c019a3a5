// firewall.click: a firewall that one puts into a wire. Clients may ping, ask for names, fetch pages, and measure with iperf3; servers may
// answer. All else is refused, and counted.
//
//   clients - 0 [firewall] 1 - servers

out0 :: Queue(1000) -> ToDevice(0);
out1 :: Queue(1000) -> ToDevice(1);

// ARP passes, or nobody would find anybody.
FromDevice(0) -> from_clients :: Classifier(12/0806, 12/0800, -);
FromDevice(1) -> from_servers :: Classifier(12/0806, 12/0800, -);
from_clients[0] -> out1;
from_servers[0] -> out0;
from_clients[2] -> other :: Counter -> Discard;
from_servers[2] -> other;

from_clients[1] -> CheckIPHeader(14)
  -> asked :: IPFilter(
    allow icmp type echo,
    allow udp dst port 53 or 5201,
    allow tcp dst port 53 or 80 or 5201,
    1 all)
  -> out1;

from_servers[1] -> CheckIPHeader(14)
  -> answered :: IPFilter(
    allow icmp type echo-reply or unreachable or timeexceeded,
    allow udp src port 53 or 5201,
    allow tcp src port 53 or 80 or 5201 && (tcp opt ack or tcp opt rst),
    1 all)
  -> out0;

asked[1] -> refused_question :: Counter -> Discard;
answered[1] -> refused_answer :: Counter -> Discard;
