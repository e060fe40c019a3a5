/** ICMPPingSource: what does not go together, and the summary in the end. */
import type { HostActivity, HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { setDeclarationLabel } from "../net/headerCheck.host.ts";

export const hostHalf: HostHalf = {
  configure(element, values) {
    setDeclarationLabel(element);
    const isPulled = (Number(element.get("pullOutputs")) & 1) !== 0;
    if (element.get("interval") === 0) element.warning("INTERVAL so small that it is zero");
    if (isPulled && values.has("INTERVAL")) element.warning("element is pull, INTERVAL parameter will be ignored");
    if (isPulled && element.get("mirror") !== 0) element.error("MIRROR invalid on pull element");
  },
  start,
};

/** When replies can come in, a summary is printed in the end. */
function start(element: HostedElement, services: HostServices): HostActivity {
  if (element.nInputs === 0 || element.get("verbose") === 0) return {};
  return { close: () => printSummary(element, services) };
}

function printSummary(element: HostedElement, services: HostServices): void {
  const handler = services.findHandler("summary", "read");
  if (typeof handler === "string") return;
  for (const line of handler.read("").trimEnd().split("\n"))
    services.printMessage(`${element.name} :: ${element.className}: ${line}\n`);
}
