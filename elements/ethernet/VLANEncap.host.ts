import { vlanHostHalf } from "./vlanArguments.host.ts";

export const hostHalf = vlanHostHalf({
  before: () => [],
  keywords: ["ETHERTYPE", "NATIVE_VLAN", "VLAN_PCP", "VLAN_ID"],
});
