/** InfiniteSource: its default data, what to do at the end, and handlers that check what is written. */

import type { ArgumentValues, HandlerReference } from "../../src/library/arguments/index.ts";
import { INT32_LIMITS, parseInteger } from "../../src/library/arguments/numbers.ts";
import { HandlerError, type HostedElement, type HostHalf } from "../../src/library/hostHalf.ts";
import { dataHandler, lengthHandler, replaceData, supplyData } from "./sourceData.host.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    supplyData(element, values);
    configureBurst(element, values);
  },
  reconfigure(element, values) {
    if (configureBurst(element, values) && replaceData(element, values)) element.call("restart");
  },
  handlers: {
    data: dataHandler,
    length: lengthHandler("", "length must be integer"),
    datasize: lengthHandler("D", "length must be integer"),
    burst: { flags: "w", documentation: "Packets to make each time it is scheduled.", write: writeBurst },
    burstsize: { flags: "wD", documentation: "The same as `burst`.", write: writeBurst },
  },
};

/** @returns whether the burst and what happens at the end are as they may be */
function configureBurst(element: HostedElement, values: ArgumentValues): boolean {
  if (Number(element.get("burst")) < 1) {
    element.error("burst size must be >= 1");
    return false;
  }
  const endCall = values.get("END_CALL");
  if (endCall !== undefined && values.get("STOP") === true) {
    element.error("END_CALL and STOP are mutually exclusive");
    return false;
  }
  const call = endCall === undefined ? 0 : element.handlerCall(callText(endCall as HandlerReference)); // of type handler(write)
  element.set("endCall", call);
  return true;
}

function callText({ element, handler, value }: HandlerReference): string {
  const name = element === undefined ? handler : `${element.name}.${handler}`;
  return value === "" ? name : `${name} ${value}`;
}

function writeBurst(element: HostedElement, text: string): void {
  const burst = parseInteger(text, INT32_LIMITS);
  if (!burst.ok || burst.value < 1n) throw new HandlerError("burstsize parameter must be integer >= 1");
  element.call("setBurst", Number(burst.value));
}
