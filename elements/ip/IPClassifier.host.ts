/** The host half of IPClassifier: as IPFilter's, and a handler for each pattern. */
import { joinArguments, splitArguments } from "../../src/language/index.ts";
import type { HostedElement, HostHalf, HostHandler } from "../../src/library/hostHalf.ts";
import { compileIpClassifier } from "../../src/pattern/index.ts";
import { patternHalf } from "../net/pattern.host.ts";

export const hostHalf: HostHalf = {
  ...patternHalf(compileIpClassifier, "r").half,
  goesOn: true,
  start: (element) => ({
    findHandler: (name) => patternHandler(element, name),
    handlerNames: () => Array.from({ length: element.nOutputs }, (_, output) => `pattern${output}`).toReversed(),
  }),
};

/** `patternN` reads and replaces one pattern. */
function patternHandler(element: HostedElement, name: string): HostHandler | undefined {
  const index = /^pattern(\d+)$/.exec(name)?.[1];
  if (index === undefined || Number(index) >= element.nOutputs) return undefined;
  const output = Number(index);
  return {
    flags: "rw",
    documentation: `The pattern of output ${output}.`,
    read: () => splitArguments(element.configuration)[output] ?? "",
    write: (_element, text) =>
      element.reconfigure(joinArguments(splitArguments(element.configuration).with(output, text))),
  };
}
