/** GetIPAddress: the address is given either by its place or by its name. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

/** As in GetIPAddress.ts. */
const HEADER_FIELDS: Readonly<Record<string, number>> = { src: -2, dst: -3 };

export const hostHalf: HostHalf = {
  configure(element, values) {
    const name = values.get("IP") ?? "";
    const offset = Number(element.get("offset"));
    if (offset >= 0 === (name !== "")) {
      element.error("set one of OFFSET, IP");
      return;
    }
    if (name === "") return;
    const field = Object.hasOwn(HEADER_FIELDS, String(name)) ? HEADER_FIELDS[String(name)] : undefined;
    if (field === undefined) {
      element.error("bad IP");
      return;
    }
    element.set("offset", field);
  },
};
