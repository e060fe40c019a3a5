/** IPv4 addresses in guest memory: first byte lowest, as in a packet. */
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { swapAddress } from "../net/words.host.ts";

/** Puts a table of addresses, and their number, into two fields. */
export function setAddressTable(
  element: HostedElement,
  tableField: string,
  countField: string,
  addresses: readonly number[],
): void {
  element.set(countField, addresses.length);
  if (addresses.length > 0)
    element.setTable(tableField, new Uint8Array(Uint32Array.from(addresses, swapAddress).buffer));
}
