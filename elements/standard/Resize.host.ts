/** Resize can be configured anew. */
export { hostHalf } from "../net/liveArguments.host.ts";
