/**
 * The syntax tree of one Click file: plain data, in the order of the text.
 *
 * Nothing here knows which names are element classes; {@link flatten} finds that out. As Click reports faults of syntax and
 * faults of meaning in the order of the text, the tree carries its syntax faults, and nodes carry how many of them precede.
 */

/** `FILE:LINE`, as messages show it. */
export type Landmark = string;

/** Where a node's own messages belong: a place in the text, and a place among the tree's syntax faults. */
export interface Place {
  readonly landmark: Landmark;
  /** How many of {@link SyntaxTree.faults} Click would have reported before looking at this node. */
  readonly faultsBefore: number;
}

/** More errors than anybody reads; a short hostile text can have billions. Parsing ends there, and reporting too. */
export const MAXIMUM_FAULTS = 10_000;

/** Something that the grammar does not allow. */
export interface Fault {
  readonly landmark: Landmark;
  readonly text: string;
}

/** A parsed file. */
export interface SyntaxTree {
  readonly statements: readonly Statement[];
  readonly faults: readonly Fault[];
  /** The last line: Click reports faults of expansion there. */
  readonly end: Landmark;
}

export type Statement = Chain | ClassDefinition | ClassAlias | Requirement | Definition;

/** `a -> b, c => d`. A chain of one step is a declaration. */
export interface Chain {
  readonly kind: "chain";
  readonly steps: readonly Step[];
  readonly end: Place;
}

/** The elements between two arrows. */
export interface Step {
  /** The arrow in front; the first step of a chain has none. */
  readonly arrow: "" | "->" | "=>";
  readonly items: readonly Item[];
  /** Whether an arrow follows. */
  readonly continues: boolean;
  /** Where Click declares the elements and makes the connections. */
  readonly place: Place;
}

/** An element as it appears in a chain: `[ports] head :: type (configuration) [ports]`. */
export interface Item {
  readonly head: Head;
  readonly type?: TypeReference;
  readonly configuration?: { readonly text: string; readonly place: Place };
  readonly inputs?: PortList;
  readonly outputs?: PortList;
  readonly place: Place;
}

export type Head =
  | { readonly kind: "name"; readonly name: string }
  /** An end left out inside a compound or group: `-> X ->`. A chain that starts so without ports has its bare arrow here. */
  | { readonly kind: "implicit"; readonly name: "input" | "output"; readonly bareArrow?: "->" | "=>" }
  | { readonly kind: "compound"; readonly compound: Compound }
  | { readonly kind: "group"; readonly statements: readonly Statement[]; readonly start: Place; readonly end: Place };

export type TypeReference =
  | { readonly kind: "class"; readonly name: string; readonly place: Place }
  | { readonly kind: "compound"; readonly compound: Compound }
  /** `x ::` with nothing after it; a fault has been noted. */
  | { readonly kind: "missing"; readonly place: Place };

/** `[1, 3-5]`; `expandable` if it ends open, as `[2-]` and `[]` do. Empty only after a fault. */
export interface PortList {
  readonly ranges: readonly PortRange[];
  readonly expandable: boolean;
}

/** Ports `first` to `last`, both included; none if `last` is lower. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** `{ body || body || ... }` */
export interface Compound {
  readonly parts: readonly (CompoundBody | Extension)[];
}

/** One overload of a compound element. */
export interface CompoundBody {
  readonly kind: "body";
  readonly formals: readonly Formal[];
  readonly statements: readonly Statement[];
  readonly landmark: Landmark;
  /** Where the body has been read, and its ports are checked. */
  readonly end: Place;
}

/**
 * `...` in a compound: the meaning that the class had before. As in Click, an empty body follows it, so that the class also
 * accepts being used without arguments and ports.
 */
export interface Extension {
  readonly kind: "extension";
  readonly place: Place;
}

/** `$name`, or `KEYWORD $name`; the keyword of a positional formal is empty. */
export interface Formal {
  readonly keyword: string;
  readonly name: string;
  readonly place: Place;
}

/** `elementclass NAME { ... }` */
export interface ClassDefinition {
  readonly kind: "class";
  readonly name: string;
  readonly compound: Compound;
}

/** `elementclass NAME TARGET`; without a target when that is missing (a fault has been noted). */
export interface ClassAlias {
  readonly kind: "alias";
  readonly name: string;
  readonly target?: string;
  readonly place: Place;
}

/** One argument of `require(...)`. */
export interface Requirement {
  readonly kind: "require";
  readonly what: "package" | "library" | "compact_config";
  readonly value: string;
  /** The file that asks, for libraries next to it. */
  readonly file: string;
  readonly place: Place;
}

/** One argument of `define(...)`: `$name value`. */
export interface Definition {
  readonly kind: "define";
  readonly name: string;
  readonly value: string;
  readonly place: Place;
}
