/** AddressInfo: names of addresses. */
import { informationHalf } from "./information.host.ts";

export const hostHalf = informationHalf("defineAddresses");
