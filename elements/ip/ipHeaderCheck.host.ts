/** CheckIPHeader and its relatives: the lists of bad source and good destination addresses. */
import type { ArgumentValue, IPPrefix } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { setNameLabel } from "../net/headerCheck.host.ts";
import { setAddressTable } from "./addressTable.host.ts";

const LIMITED_BROADCAST = 0xffff_ffff;

export const hostHalf: HostHalf = {
  configure(element, values) {
    setNameLabel(element);
    // The types IPPrefix... and IPAddress... make no other values.
    setLists(
      element,
      (values.get("INTERFACES") ?? []) as IPPrefix[],
      list(values.get("BADSRC")),
      list(values.get("GOODDST")),
    );
  },
};

/** An interface's broadcast address is no source, nor are 0.0.0.0 and the limited broadcast; its own address is exempt as a destination. */
function setLists(
  element: HostedElement,
  interfaces: readonly IPPrefix[],
  badSources: readonly number[],
  goodDestinations: readonly number[],
): void {
  const broadcasts = interfaces.map(({ address, mask }) => (address | ~mask) >>> 0);
  const never = interfaces.length > 0 ? [0, LIMITED_BROADCAST] : [];
  setAddressTable(element, "badSources", "badSourceCount", [...broadcasts, ...never, ...badSources]);
  setAddressTable(element, "goodDestinations", "goodDestinationCount", [
    ...interfaces.map(({ address }) => address),
    ...goodDestinations,
  ]);
}

function list(value: ArgumentValue | undefined): number[] {
  return (value ?? []) as number[]; // the type IPAddress... makes no other values
}
