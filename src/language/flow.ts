/** Flow codes: by which outputs of an element the packets of an input may leave. */

/** One item of a flow code: the letters, and whether the port's own number `#` is among them. */
interface FlowItem {
  readonly letters: string;
  readonly own: boolean;
  readonly negated: boolean;
}

const COMPLETE = "x/x";

/**
 * The outputs by which packets that came in by an input may leave, in ascending order.
 *
 * @param flowCode  of the element's class, or what FlowInfo says instead
 * @param outputs  how many outputs the element has
 */
export function outputsOfInput(flowCode: string, input: number, outputs: number): number[] {
  const { inputItems, outputItems } = parseFlowCode(flowCode);
  return flowing(flowCode, inputItems, input, outputItems, outputs);
}

/** The inputs from which packets that leave by an output may have come, in ascending order. */
export function inputsOfOutput(flowCode: string, output: number, inputs: number): number[] {
  const { inputItems, outputItems } = parseFlowCode(flowCode);
  return flowing(flowCode, outputItems, output, inputItems, inputs);
}

/** The ports among `count` whose item shares a letter with that of `port`. */
function flowing(
  flowCode: string,
  items: readonly FlowItem[],
  port: number,
  otherItems: readonly FlowItem[],
  count: number,
): number[] {
  const result: number[] = [];
  const item = itemOf(items, port);
  for (let other = 0; other < count; other++) {
    if (flowCode === COMPLETE || share(item, port, itemOf(otherItems, other), other)) result.push(other);
  }
  return result;
}

/** The item of a port; the last one counts for all further ports. */
function itemOf(items: readonly FlowItem[], port: number): FlowItem {
  return items[Math.min(port, items.length - 1)] ?? { letters: "", own: false, negated: false };
}

function share(a: FlowItem, aPort: number, b: FlowItem, bPort: number): boolean {
  // Two complements always share some letter that neither excludes.
  if (a.negated && b.negated) return true;
  if (a.negated) return share(b, bPort, a, aPort);
  const hasLetter = [...a.letters].some((letter) => b.letters.includes(letter) !== b.negated);
  const hasOwn = a.own && (b.own && aPort === bPort) !== b.negated;
  return hasLetter || hasOwn;
}

const parsed = new Map<string, { inputItems: readonly FlowItem[]; outputItems: readonly FlowItem[] }>();

/** Codes come from the classes, so there are few. */
function parseFlowCode(code: string): { inputItems: readonly FlowItem[]; outputItems: readonly FlowItem[] } {
  const known = parsed.get(code);
  if (known) return known;
  const slash = code.indexOf("/");
  const inputItems = parseItems(slash < 0 ? code : code.slice(0, slash));
  const outputItems = slash < 0 ? inputItems : parseItems(code.slice(slash + 1));
  const result = { inputItems, outputItems };
  parsed.set(code, result);
  return result;
}

function parseItems(code: string): FlowItem[] {
  return Array.from(code.matchAll(/\[(\^?)([^\]]*)\]?|[A-Za-z#]/g), ([item, negation, set]) => {
    const characters = set ?? item;
    return {
      letters: characters.replace(/[^A-Za-z]/g, ""),
      own: characters.includes("#"),
      negated: negation === "^",
    };
  });
}

/**
 * Whether a flow code is well formed.
 *
 * @returns what is wrong with it, as Click says it after `flow code: `; undefined if nothing is
 */
export function flowCodeFault(code: string): string | undefined {
  const parts = code.split("/");
  if (parts.length > 2 || parts.at(-1) === "" || parts[0] === "") return "missing or bad '/'";
  for (const part of parts) {
    const rest = part.replace(/\[\^?[A-Za-z#]*\]|[A-Za-z#]/g, "");
    if (/^\[\^?[A-Za-z#]*$/.test(rest)) return "missing ']'";
    const invalid = /[^A-Za-z#[\]^]/.exec(rest) ?? /./.exec(rest);
    if (invalid) return `invalid character '${invalid[0]}'`;
  }
  return undefined;
}
