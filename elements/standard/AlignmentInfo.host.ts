/** AlignmentInfo: reads its definitions, to tell of faults in them. As in Click, these do no harm. */
import { splitWords } from "../../src/language/argumentText.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = {
  configure(element, _values, rest) {
    for (const [index, definition] of rest.entries()) checkDefinition(element, definition, index);
  },
};

function checkDefinition(element: HostedElement, definition: string, index: number): void {
  const [name, ...numbers] = splitWords(definition);
  if (name === undefined) {
    element.warning(`empty configuration argument ${index}`);
    return;
  }
  if (!element.find(name)) return;
  if (numbers.length % 2 !== 0) element.message("expected 'ELEMENTNAME CHUNK OFFSET [CHUNK OFFSET...]'");
  const paired = numbers.slice(0, numbers.length - (numbers.length % 2));
  for (const [place, text] of paired.entries())
    if (!element.parse("i32", text).ok) element.message(place % 2 === 0 ? "expected CHUNK" : "expected OFFSET");
}
