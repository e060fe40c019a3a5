// monitor.click: what is in a capture: packets and bytes by kind.
//
//   click monitor.click IN=capture.pcap

define($IN capture.pcap);

FromDump($IN, STOP true)
  -> all :: Counter
  -> frame :: Classifier(12/0806, 12/0800, 12/86dd, -);

frame[0] -> arp :: Counter -> Discard;
frame[2] -> ip6 :: Counter -> Discard;
frame[3] -> other :: Counter -> Discard;

frame[1] -> check :: CheckIPHeader(OFFSET 14)
  -> kind :: IPClassifier(ip frag, tcp port 80 or 443, tcp, udp port 53, udp, icmp, -);
check[1] -> bad :: Counter -> Discard;

kind[0] -> fragments :: Counter -> Discard;
kind[1] -> web :: Counter -> Discard;
kind[2] -> tcp :: Counter -> Discard;
kind[3] -> dns :: Counter -> Discard;
kind[4] -> udp :: Counter -> Discard;
kind[5] -> icmp :: Counter -> Discard;
kind[6] -> ip :: Counter -> Discard;

DriverManager(pause,
  print "all        $(all.count) packets, $(all.byte_count) bytes",
  print "arp        $(arp.count)",
  print "ipv6       $(ip6.count)",
  print "web        $(web.count) packets, $(web.byte_count) bytes",
  print "other tcp  $(tcp.count)",
  print "dns        $(dns.count)",
  print "other udp  $(udp.count)",
  print "icmp       $(icmp.count)",
  print "fragments  $(fragments.count)",
  print "other ip   $(ip.count)",
  print "malformed  $(bad.count)",
  print "other      $(other.count)",
  stop);
