// firewall.click: a firewall that one puts into a wire: it changes no packet, it only lets them pass or not.
//
// Clients may reach the web, the name service and each other's pings; what the servers answer may come back. All else is refused, and counted
// by what it was.
//
//   click firewall.click IN0=clients.pcap IN1=servers.pcap OUT0=to-clients.pcap OUT1=to-servers.pcap

define($IN0 clients.pcap, $IN1 servers.pcap, $OUT0 to-clients.pcap, $OUT1 to-servers.pcap);

in0 :: FromDump($IN0, STOP true);
in1 :: FromDump($IN1, STOP true);
out0 :: Queue(200) -> to0 :: ToDump($OUT0, ENCAP ETHER);
out1 :: Queue(200) -> to1 :: ToDump($OUT1, ENCAP ETHER);

// Frames: ARP passes, or nobody would find anybody; IP is looked at; anything else is refused.
in0 -> c0 :: Classifier(12/0806, 12/0800, -);
in1 -> c1 :: Classifier(12/0806, 12/0800, -);
c0[0] -> out1;
c1[0] -> out0;
c0[2] -> other :: Discard;
c1[2] -> other;

// From the clients.
c0[1] -> check0 :: CheckIPHeader(OFFSET 14)
  -> outgoing :: IPFilter(
    1    src net not 10.0.0.0/24,                          // spoofed
    1    ip ttl < 2,
    allow ip frag,                                         // the rest of a datagram whose first part passed
    allow icmp type echo,
    allow dst net 192.0.2.0/24 && tcp dst port 80 or 443 or 8080,
    allow dst net 192.0.2.0/24 && dst port 53,
    allow tcp src port 80 or 443 or 8080 && tcp opt ack,
    allow src port 53,
    allow icmp type echo-reply or unreachable or timeexceeded,
    1    all)
  -> out1;

// From the servers.
c1[1] -> check1 :: CheckIPHeader(OFFSET 14)
  -> incoming :: IPFilter(
    1    src net not 192.0.2.0/24,
    allow ip frag,
    allow tcp src port 80 or 443 or 8080 && tcp opt ack,
    allow src port 53,
    allow icmp type echo or echo-reply or unreachable or timeexceeded,
    allow dst port 80 or 443 or 8080 or 53,
    1    all)
  -> out0;

// What was refused, by kind.
check0[1] -> bad :: Discard;
check1[1] -> bad;
outgoing[1] -> refused :: IPClassifier(tcp, udp, icmp, -);
incoming[1] -> refused;
refused[0] -> refused_tcp :: Counter -> Discard;
refused[1] -> refused_udp :: Counter -> Discard;
refused[2] -> refused_icmp :: Counter -> Discard;
refused[3] -> refused_other :: Counter -> Discard;

DriverManager(pause, pause, wait 0.02s, stop);
