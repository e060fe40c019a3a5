/** The report that LinearIPLookup and StaticIPLookup share, and count together. */
import { Packet } from "../kernel/packet";
import { complain } from "./ipRouteTable";

const complaints: usize = memory.data(4);

export function complainLinear(p: Packet): i32 {
  return complain(complaints, "LinearIPLookup", p.destinationAnno);
}
