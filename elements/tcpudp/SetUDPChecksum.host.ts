export { hostHalf } from "../net/headerCheck.host.ts";
