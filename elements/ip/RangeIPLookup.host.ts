export { changingTable as hostHalf } from "./ipRouteTable.host.ts";
