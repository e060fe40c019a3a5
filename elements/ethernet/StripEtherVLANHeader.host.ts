/** StripEtherVLANHeader: the native VLAN must be one. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

const LARGEST_ID = 0xfff;

function check(element: HostedElement): void {
  if (Number(element.get("nativeVlan")) > LARGEST_ID) element.error("bad NATIVE_VLAN");
}

export const hostHalf: HostHalf = { configure: check, reconfigure: check };
