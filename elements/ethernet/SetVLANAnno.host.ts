import { vlanHostHalf } from "./vlanArguments.host.ts";

export const hostHalf = vlanHostHalf({ before: () => [], keywords: ["VLAN_PCP", "VLAN_ID"] });
