// wire.click: what comes in on one interface leaves on the other, and is counted.
//
//   clients - 0 [wire] 1 - servers

FromDevice(0) -> forth :: Counter -> Queue(1000) -> ToDevice(1);
FromDevice(1) -> back  :: Counter -> Queue(1000) -> ToDevice(0);
