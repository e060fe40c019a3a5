/** UDPIPEncap: where packets go. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { readDestination } from "../ip/encapsulation.host.ts";
import { argumentHandler } from "../net/liveArguments.host.ts";
import { swapAddress } from "../net/words.host.ts";

function read(element: HostedElement, values: ArgumentValues): void {
  const destination = readDestination(element, String(values.get("DST") ?? ""));
  if (destination === undefined) {
    element.error("bad DST");
    return;
  }
  element.set("source", swapAddress(Number(values.get("SRC"))));
  element.set("sourcePort", Number(values.get("SPORT")));
  element.set("toAnnotation", destination === "annotation");
  element.set("destination", destination === "annotation" ? 0 : swapAddress(destination));
  element.set("destinationPort", Number(values.get("DPORT")));
  element.set("withChecksum", values.get("CHECKSUM") !== false);
}

export const hostHalf: HostHalf = {
  configure: read,
  reconfigure: read,
  handlers: {
    src: argumentHandler("SRC", "Source address."),
    sport: argumentHandler("SPORT", "Source port."),
    dst: argumentHandler("DST", "Destination address."),
    dport: argumentHandler("DPORT", "Destination port."),
  },
};
