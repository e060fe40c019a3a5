/** TimeFilter: which of several arguments sets each end of the span, and the handler call at the end. */
import { expand } from "../../src/host/script/expand.ts";
import type { ArgumentValues, HandlerReference } from "../../src/library/arguments/index.ts";
import { formatTimestamp } from "../../src/library/arguments/time.ts";
import { HandlerError, type HostedElement, type HostHalf, type HostServices } from "../../src/library/hostHalf.ts";

/** The end when none is given: Click's largest number of seconds. */
const NEVER = 0x7fff_ffffn * 1_000_000_000n;

/** END_CALL's handler and value, and where handlers are looked up once the element is started. */
interface EndCall {
  readonly name: string;
  readonly value: string;
  services?: HostServices;
}

const endCalls = new WeakMap<HostedElement, EndCall>();

export const hostHalf: HostHalf = {
  configure(element, values) {
    const first = only(
      element,
      values,
      ["START", "START_AFTER", "START_DELAY"],
      "START, START_AFTER, and START_AFTER_INIT",
    );
    if (!first) return;
    element.set("first", first.time);
    element.set("firstFromPacket", first.keyword === "START_AFTER");
    element.set("firstFromNow", first.keyword === "START_DELAY");

    const last = only(
      element,
      values,
      ["END", "END_AFTER", "END_DELAY", "INTERVAL"],
      "END, END_AFTER, END_AFTER_INIT, and INTERVAL",
    );
    if (!last) return;
    element.set("last", last.keyword === "" ? NEVER : last.time);
    element.set("lastFromPacket", last.keyword === "END_AFTER");
    element.set("lastFromNow", last.keyword === "END_DELAY");
    element.set("lastFromFirst", last.keyword === "INTERVAL");

    const call = values.get("END_CALL");
    if (call === undefined) return;
    if (values.get("STOP") === true) element.error("END_CALL and STOP are mutually exclusive");
    endCalls.set(element, endCallOf(call as HandlerReference)); // of type handler(write)
    element.set("endCall", element.handlerCall(`${element.name}.call_end`));
  },

  start(element, services) {
    const call = endCalls.get(element);
    if (!call) return {};
    call.services = services;
    return {
      initialized(messages) {
        const handler = services.findHandler(call.name, "write");
        if (typeof handler === "string") messages.error("", handler);
      },
    };
  },

  handlers: {
    call_end: {
      flags: "wh",
      documentation: "Makes END_CALL's call for the packet that waits.",
      write(element) {
        const time = BigInt(element.call("heldTime"));
        try {
          callEnd(element, formatTimestamp(time));
        } finally {
          element.call("settle");
        }
      },
    },
  },
};

/** The one of several arguments that is given; a time of zero counts as not given, as in Click. @returns undefined when a fault was reported */
function only(
  element: HostedElement,
  values: ArgumentValues,
  keywords: readonly string[],
  names: string,
): { readonly keyword: string; readonly time: bigint } | undefined {
  const given = keywords.flatMap((keyword) => {
    const time = values.get(keyword);
    return typeof time === "bigint" && time !== 0n ? [{ keyword, time }] : [];
  });
  if (given.length > 1) element.error(`${names} are mutually exclusive`);
  return given.length > 1 ? undefined : (given[0] ?? { keyword: "", time: 0n });
}

function endCallOf({ element, handler, value }: HandlerReference): EndCall {
  return { name: element === undefined ? handler : `${element.name}.${handler}`, value };
}

function callEnd(element: HostedElement, time: string): void {
  const call = endCalls.get(element);
  if (!call?.services) throw new Error(`${element.name} was not started`);
  const handler = call.services.findHandler(call.name, "write");
  if (typeof handler === "string") throw new HandlerError(handler);
  const substitutions = { variable: (name: string) => (name === "t" ? time : undefined), handler: () => undefined };
  handler.write(expand(call.value, substitutions) ?? call.value);
}
