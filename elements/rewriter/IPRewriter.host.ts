import { tcpLookup } from "./lookup.host.ts";
import { rewriterHostHalf } from "./rewriter.host.ts";

export const hostHalf = rewriterHostHalf({ tcp_lookup: tcpLookup });
