/** ICMPError: the code's name depends on the type, and some addresses come in a list. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { setAddressTable } from "../ip/addressTable.host.ts";
import { swapAddress } from "../net/words.host.ts";
import { readIcmpCode } from "./icmpCode.host.ts";

/** ICMP types that report errors: unreachable, source quench, redirect, time exceeded, parameter problem. */
const ERROR_TYPES: readonly number[] = [3, 4, 5, 11, 12];

function read(element: HostedElement, values: ArgumentValues): void {
  const type = Number(values.get("TYPE"));
  if (type < 0 || type > 255) {
    element.error("ICMP type must be between 0 and 255");
    return;
  }
  if (!ERROR_TYPES.includes(type)) {
    element.error(`ICMP type ${type} is not an error type`);
    return;
  }
  const code = readIcmpCode(element, type, String(values.get("CODE") ?? "0"));
  if (code === undefined) {
    element.error("argument 2 takes ICMP code (integer between 0 and 255)");
    return;
  }
  element.set("source", swapAddress(Number(values.get("SRC"))));
  element.set("type", type);
  element.set("code", code);
  const badAddresses = (values.get("BADADDRS") ?? []) as number[]; // the type IPAddress... makes no other values
  setAddressTable(element, "badAddresses", "badAddressCount", badAddresses);
}

export const hostHalf: HostHalf = { configure: read, reconfigure: read };
