export { hostHalf } from "../net/liveArguments.host.ts";
