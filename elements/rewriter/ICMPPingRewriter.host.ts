import { rewriterHostHalf } from "./rewriter.host.ts";

export const hostHalf = rewriterHostHalf();
