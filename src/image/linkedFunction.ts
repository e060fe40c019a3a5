/** A function of the linked module while it is being made. */
import type { OutputFunction } from "./wasm/encode.ts";
import { type Expression, type FunctionType, UNREACHABLE, type ValueType } from "./wasm/tree.ts";

export class LinkedFunction implements OutputFunction {
  readonly name: string;
  readonly type: FunctionType;
  locals: readonly ValueType[] = [];
  body: readonly Expression[] = [UNREACHABLE];
  /** Stays a function of its own, so that engines compile it by itself. */
  readonly standsAlone: boolean;
  /** Takes packets along an edge of the graph: what it calls goes on with them. */
  isEdge = false;
  /** Decides which output a packet takes: worth being put into a `route` so that each decision jumps straight to its output. */
  decidesOutput = false;

  constructor(name: string, type: FunctionType, options: { readonly standsAlone?: boolean } = {}) {
    this.name = name;
    this.type = type;
    this.standsAlone = options.standsAlone ?? false;
  }

  define(locals: readonly ValueType[], body: readonly Expression[]): void {
    this.locals = locals;
    this.body = body;
  }
}
