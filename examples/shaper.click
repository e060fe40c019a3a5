// shaper.click: a slow line (1 MByte/s) on which pings and name lookups overtake everything else.
//
// Packets come at the times of the capture, and leave at the line's rate. What finds its queue full is dropped.
//
//   click shaper.click IN=clients.pcap OUT=line.pcap

define($IN clients.pcap, $OUT line.pcap, $RATE 1000000);

// The line: what is urgent first, and no faster than it goes.
line :: PrioSched
  -> BandwidthShaper($RATE)
  -> sent :: Counter
  -> to :: ToDump($OUT, ENCAP ETHER);

FromDump($IN, TIMING true, STOP true)
  -> check :: CheckIPHeader(OFFSET 14)
  -> class :: IPClassifier(icmp or port 53, -);
check[1] -> other :: Discard;

class[0] -> urgent :: Queue(100) -> [0]line;
class[1] -> bulk :: Queue(100) -> [1]line;
urgent[1] -> urgent_dropped :: Discard;
bulk[1] -> bulk_dropped :: Discard;

DriverManager(pause, wait 0.3s,
  print "sent $(sent.count) packets in $(sent.byte_count) bytes",
  print "urgent: longest queue $(urgent.highwater_length), dropped $(urgent.drops)",
  print "bulk: longest queue $(bulk.highwater_length), dropped $(bulk.drops)",
  stop);
