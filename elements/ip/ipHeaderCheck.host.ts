/** CheckIPHeader and its relatives: the lists of bad source and good destination addresses. */
import type { ArgumentValue, ArgumentValues, IPPrefix } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { setNameLabel } from "../net/headerCheck.host.ts";
import { setAddressTable } from "./addressTable.host.ts";

const LIMITED_BROADCAST = 0xffff_ffff;

export const hostHalf: HostHalf = {
  configure(element, values) {
    setNameLabel(element);
    setLists(element, values);
  },
};

/**
 * Fills the element's tables of addresses. An interface's broadcast address is no source, nor are 0.0.0.0 and the limited broadcast;
 * its own address is exempt as a destination.
 */
export function setLists(element: HostedElement, values: ArgumentValues): void {
  const interfaces = (values.get("INTERFACES") ?? []) as IPPrefix[]; // the type IPPrefix... makes no other values
  const oldList = values.get("BADSRC*");
  const broadcasts = interfaces.map(({ address, mask }) => (address | ~mask) >>> 0);
  const never = interfaces.length > 0 || oldList !== undefined ? [0, LIMITED_BROADCAST] : [];
  const badSources = [...broadcasts, ...never, ...list(oldList), ...list(values.get("BADSRC"))];
  const goodDestinations = [...interfaces.map(({ address }) => address), ...list(values.get("GOODDST"))];
  setAddressTable(element, "badSources", "badSourceCount", badSources);
  setAddressTable(element, "goodDestinations", "goodDestinationCount", goodDestinations);
}

function list(value: ArgumentValue | undefined): number[] {
  return (value ?? []) as number[]; // the type IPAddress... makes no other values
}
