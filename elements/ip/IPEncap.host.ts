/** IPEncap: which fields of the header go together. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { argumentHandler } from "../net/liveArguments.host.ts";
import { readWord, swapAddress } from "../net/words.host.ts";
import { readDestination } from "./encapsulation.host.ts";

const DEFAULT_TIME_TO_LIVE = 250;
const DONT_FRAGMENT = 0x4000;
/** Values of the ECN bits, RFC 3168 §5. */
const CONGESTION_EXPERIENCED = 3;

function read(element: HostedElement, values: ArgumentValues): void {
  const protocol = Number(values.get("PROTO"));
  if (protocol < 0 || protocol > 255) {
    element.error("bad IP protocol");
    return;
  }
  const destination = readDestination(element, String(values.get("DST") ?? ""));
  if (destination === undefined) {
    element.error("DST argument should be IP address or 'DST_ANNO'");
    return;
  }
  const tos = readTos(element, values);
  if (tos === undefined) return;
  element.set("protocol", protocol);
  element.set("tos", tos);
  element.set("timeToLive", Number(values.get("TTL") ?? DEFAULT_TIME_TO_LIVE));
  element.set("source", swapAddress(Number(values.get("SRC"))));
  element.set("toAnnotation", destination === "annotation");
  element.set("destination", destination === "annotation" ? 0 : swapAddress(destination));
  element.set("fragmentWord", values.get("DF") === true ? DONT_FRAGMENT : 0);
}

/** The type of service; undefined when a fault was reported. */
function readTos(element: HostedElement, values: ArgumentValues): number | undefined {
  const ect = readEct(element, String(values.get("ECT") ?? ""));
  if (ect === undefined) return undefined;
  const ce = values.get("CE") === true;
  const tos = Number(values.get("TOS") ?? -1);
  const codePoint = Number(values.get("DSCP") ?? -1);
  const fault = tosFault(tos, codePoint, ect > 0, ce);
  if (fault !== undefined) {
    element.error(fault);
    return undefined;
  }
  return tos >= 0 ? tos : (Math.max(codePoint, 0) << 2) | ect | (ce ? CONGESTION_EXPERIENCED : 0);
}

function tosFault(tos: number, codePoint: number, ect: boolean, ce: boolean): string | undefined {
  if (tos >= 0 && codePoint >= 0) return "cannot set both TOS and DSCP";
  if (tos >= 0 && (ect || ce)) return "cannot set both TOS and ECN bits";
  if (tos > 255 || tos < -1) return "TOS too large; max 255";
  // Click refuses 63, too.
  if (codePoint >= 63 || codePoint < -1) return "DSCP too large; max 63";
  return ect && ce ? "can set at most one ECN option" : undefined;
}

/** The ECN bits for an ECN-capable transport; undefined when a fault was reported. */
function readEct(element: HostedElement, text: string): number | undefined {
  if (text === "") return 0;
  const flag = readWord<boolean>(element, "bool", text);
  if (flag !== undefined) return flag ? 1 : 0;
  if (text === "2") return 2;
  element.error(`bad ECT value '${text}'`);
  return undefined;
}

export const hostHalf: HostHalf = {
  configure: read,
  reconfigure: read,
  handlers: { src: argumentHandler("SRC", "Source address."), dst: argumentHandler("DST", "Destination address.") },
};
