/** Port count codes and processing codes: how many ports an element has, and whether packets are pushed or pulled. */
import type { Side } from "./scope.ts";

export type Processing = "push" | "pull";

/** The least and the most ports of one side. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

const BOUNDS = /^(?:(\d+)|(?=-|$))(?:(-)(\d*))?$/;

function parseBounds(code: string): Bounds | undefined {
  const match = BOUNDS.exec(code);
  if (!match) return undefined;
  const least = Number(match[1] ?? 0);
  if (match[2] === undefined) return { least, most: least };
  return { least, most: match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY };
}

/**
 * The ports of an element whose class has a port count code such as `1/1-2`, `-/=` or `0-1`.
 *
 * @param inputsUsed  the highest input port in use and one
 * @param outputsUsed  the same for outputs
 * @returns the numbers of ports: those used, but within the bounds; undefined if the code is malformed
 */
export function portCounts(
  code: string,
  inputsUsed: number,
  outputsUsed: number,
): { readonly inputs: number; readonly outputs: number } | undefined {
  const slash = code.indexOf("/");
  const outputCode = code.slice(slash + 1);
  const inputBounds = parseBounds(slash < 0 ? code : code.slice(0, slash));
  if (!inputBounds) return undefined;
  const inputs = clamp(inputsUsed, inputBounds);
  // "=" gives as many outputs as inputs, each "+" one more.
  if (/^=\+*$/.test(outputCode)) return { inputs, outputs: inputs + outputCode.length - 1 };
  const outputBounds = parseBounds(outputCode);
  return outputBounds && { inputs, outputs: clamp(outputsUsed, outputBounds) };
}

function clamp(used: number, { least, most }: Bounds): number {
  return Math.max(least, Math.min(used, most));
}

/**
 * What a processing code such as `a/ah` says about the ports of one side.
 *
 * @returns for each port its processing, or "agnostic"; undefined if the code is malformed
 */
export function portProcessing(code: string, side: Side, count: number): (Processing | "agnostic")[] | undefined {
  const slash = code.indexOf("/");
  let letters = code;
  if (slash >= 0) letters = side === "input" ? code.slice(0, slash) : code.slice(slash + 1);
  const result: (Processing | "agnostic")[] = [];
  for (let port = 0; port < count; port++) {
    const letter = letters.charAt(Math.min(port, letters.length - 1));
    const processing = letter === "" ? "agnostic" : LETTERS.get(letter.toLowerCase());
    if (!processing) return undefined;
    result.push(processing);
  }
  return result;
}

const LETTERS = new Map<string, Processing | "agnostic">([
  ["h", "push"],
  ["l", "pull"],
  ["a", "agnostic"],
]);
