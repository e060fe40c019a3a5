/** The host half of Message: reports the text among the messages of configuration. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure: (element, values) => {
    report(element, String(values.get("MESSAGE") ?? ""), String(values.get("TYPE") ?? "MESSAGE"));
  },
};

function report(element: HostedElement, text: string, type: string): void {
  if (type === "MESSAGE") element.message(text);
  else if (type === "WARNING") element.warning(text);
  else if (type === "ERROR") element.error(text);
  else element.error("unrecognized message type");
}
