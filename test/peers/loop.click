// loop.click: a wire with a mistake in it: once the switch is turned, packets go round in a circle for ever.
//
//   clients - 0 [loop] 1 - servers

FromDevice(0) -> forth :: Counter -> turn :: Switch(0) -> Queue(1000) -> ToDevice(1);
FromDevice(1) -> back  :: Counter -> Queue(1000) -> ToDevice(0);

turn[1] -> turn;
