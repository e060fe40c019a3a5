// Samples one packet in ten with an element of one's own:
//   click --element EveryNth.ts sample.click -h nth.chosen -h rest.count
InfiniteSource(LIMIT 1000, STOP true) -> nth :: EveryNth(10);
nth[0] -> rest :: Counter -> Discard;
nth[1] -> sample :: Counter -> Discard;
