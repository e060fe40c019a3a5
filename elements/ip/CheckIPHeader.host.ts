export { hostHalf } from "./ipHeaderCheck.host.ts";
