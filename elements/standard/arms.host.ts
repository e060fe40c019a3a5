/** Tee and PullTee: the argument that repeats how many outputs are connected. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement } from "../../src/library/hostHalf.ts";

export function checkArms(element: HostedElement, values: ArgumentValues): void {
  const arms = values.get("N");
  const { nOutputs } = element;
  if (arms !== undefined && arms !== nOutputs) element.error(`${nOutputs} outputs implies ${nOutputs} arms`);
}
