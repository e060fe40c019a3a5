/** EtherVLANEncap and its old spelling: the header's addresses and type come before the arguments about the tag. */
import { argumentType } from "../../src/library/arguments/index.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";
import { vlanHostHalf } from "./vlanArguments.host.ts";

export const hostHalf = vlanHostHalf({ before: header, keywords: ["NATIVE_VLAN", "VLAN_PCP", "VLAN_ID"] });

function header(element: HostedElement): readonly string[] {
  return [String(element.get("type")), etherAddress(element, "source"), etherAddress(element, "destination")];
}

function etherAddress(element: HostedElement, field: string): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(element.get(field)));
  return argumentType("EtherAddress").format(bytes.readUIntBE(0, 6));
}
