export { fixedTable as hostHalf } from "./ipRouteTable.host.ts";
