// monitor.click: a wire that counts what passes, by kind.
//
//   clients - 0 [monitor] 1 - servers

elementclass Monitor {
  input -> kind :: Classifier(12/0800, -);
  kind[0] -> MarkIPHeader(14) -> protocol :: IPClassifier(tcp, udp, icmp, -);
  protocol[0] -> tcp  :: Counter -> output;
  protocol[1] -> udp  :: Counter -> output;
  protocol[2] -> icmp :: Counter -> output;
  protocol[3] -> ip   :: Counter -> output;
  kind[1]     -> link :: Counter -> output;
}

FromDevice(0) -> forth :: Monitor -> Queue(1000) -> ToDevice(1);
FromDevice(1) -> back  :: Monitor -> Queue(1000) -> ToDevice(0);
