/**
 * What the linker is told about a configured guest: plain data that can be sent to another thread and hashed. It names addresses in the guest's
 * memory; code linked for it runs on that memory, or on one that was made in the same way.
 */
import type { Coordinates, Rule } from "../pattern/index.ts";

export interface LinkedElement {
  readonly name: string;
  readonly className: string;
  readonly address: number;
  /** Whether its task, if its class has one, may ever run. */
  readonly usesTask: boolean;
}

/** A connection; element numbers are indices in `elements`. */
export interface Edge {
  readonly from: number;
  readonly fromPort: number;
  readonly to: number;
  readonly toPort: number;
  readonly kind: "push" | "pull";
}

/** Bytes of guest memory that do not change while linked code runs. */
export interface ConstantBytes {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A table of classification rules in guest memory, and the rules that it was made from. */
export interface PatternTable {
  /** The element's name. */
  readonly element: string;
  readonly address: number;
  /** First word of the table: 0 = single comparisons, 1 = decision diagrams. */
  readonly kind: number;
  readonly rules: readonly Rule[];
  readonly coordinates: Coordinates;
}

export interface LinkDescription {
  readonly elements: readonly LinkedElement[];
  readonly edges: readonly Edge[];
  /** Methods of each class in use, as in the catalogue. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
  readonly constants: readonly ConstantBytes[];
  readonly patterns: readonly PatternTable[];
  /** Where an element keeps its index in `elements`. */
  readonly idOffset: number;
  /**
   * For profiling: address of one 64-bit packet counter an element, 8-byte aligned. Elements are then not inlined into each other, and their
   * functions are named `ELEMENT/FUNCTION`, so that a sampling profiler can tell them apart.
   */
  readonly counters: number | undefined;
}
