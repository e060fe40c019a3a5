/** ICMPIPEncap: type and code. */
import type { HostHalf } from "../../src/library/hostHalf.ts";
import { readIcmpCode } from "./icmpCode.host.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    const type = Number(values.get("TYPE"));
    if (type < 0 || type > 255) {
      element.error("invalid TYPE");
      return;
    }
    const code = readIcmpCode(element, type, String(values.get("CODE") ?? "0"));
    if (code === undefined) {
      element.error("invalid CODE");
      return;
    }
    element.set("code", code);
  },
};
