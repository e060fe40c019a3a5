/** A parsed script. */

/** What makes a script run, and what it controls. */
export type ScriptType = "active" | "passive" | "packet" | "proxy" | "driver" | "signal";

/** How a script may end; all but `return` are also labels. */
export type Ending = "end" | "exit" | "stop" | "error" | "errorq";

export type Instruction =
  /** Where a script starts that does not begin with a block: it takes the first step. */
  | { readonly kind: "initial" }
  | { readonly kind: "pause"; readonly count: number }
  | { readonly kind: "wait"; readonly time: string }
  | { readonly kind: "print"; readonly text: string; readonly newline: LineEnd; readonly parameter: Quotes }
  | { readonly kind: "read"; readonly call: string; readonly parameter: Quotes }
  | { readonly kind: "write"; readonly call: string; readonly parameter: Quotes }
  | { readonly kind: "set"; readonly variable: string; readonly text: string; readonly value: Quotes }
  /** Takes effect when the element is initialized, and none when it is executed. */
  | { readonly kind: "init"; readonly variable: string; readonly text: string; readonly value: Quotes }
  | { readonly kind: "label"; readonly name: string }
  | { readonly kind: "goto"; readonly target: number | Ending; readonly condition: string }
  | { readonly kind: "return"; readonly text: string; readonly value: Quotes }
  | { readonly kind: "finish"; readonly ending: Ending; readonly message: string };

/** Whether a newline is added to output that does not end with one. */
export type LineEnd = "added" | "as is";

/** Whether a layer of quotes is taken off after substitution. */
export type Quotes = "kept" | "removed";

export interface Program {
  readonly type: ScriptType;
  /** Signal numbers of a SIGNAL script. */
  readonly signals: readonly number[];
  readonly instructions: readonly Instruction[];
  /** Variables that are read handlers too, in order. */
  readonly exported: readonly string[];
}
