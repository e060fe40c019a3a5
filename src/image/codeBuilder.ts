/**
 * Lets code that was written against binaryen's module builder make our trees: the part of its interface that the matcher emitter uses
 * (src/pattern/emitMatcher.ts), so that rules become code without loading binaryen.
 */
import type binaryen from "binaryen";
import { sequence } from "./expressions.ts";
import { LinkedFunction } from "./linkedFunction.ts";
import { OPCODE } from "./wasm/opcodes.ts";
import {
  call,
  type Expression,
  I32,
  i32,
  Label,
  localGet,
  localSet,
  operation,
  UNREACHABLE,
  yieldsValue,
} from "./wasm/tree.ts";

/** Functions as they are added, by name; those that are called before they are added exist already, empty. */
export class CodeBuilder {
  readonly functions = new Map<string, LinkedFunction>();
  #labels = new Map<string, Label>();

  /** The function of that name: all of them take and give one 32-bit integer. */
  function(name: string): LinkedFunction {
    const existing = this.functions.get(name);
    if (existing) return existing;
    const made = new LinkedFunction(name, { parameters: [I32], result: I32 });
    this.functions.set(name, made);
    return made;
  }

  /** This builder, as emitters that know binaryen take it. */
  get asBinaryen(): binaryen.Module {
    return this.#facade as unknown as binaryen.Module; // the part that the emitters use, with trees in place of references
  }

  #label(name: string): Label {
    const label = this.#labels.get(name) ?? new Label();
    this.#labels.set(name, label);
    return label;
  }

  readonly #facade = {
    i32: {
      const: i32,
      add: binary(OPCODE.i32Add),
      sub: binary(OPCODE.i32Sub),
      and: binary(OPCODE.i32And),
      or: binary(OPCODE.i32Or),
      shl: binary(OPCODE.i32Shl),
      shr_u: binary(OPCODE.i32ShrU),
      rotl: binary(OPCODE.i32Rotl),
      eq: binary(OPCODE.i32Eq),
      ne: binary(OPCODE.i32Ne),
      lt_s: binary(OPCODE.i32LtS),
      lt_u: binary(OPCODE.i32LtU),
      le_u: binary(OPCODE.i32LeU),
      ge_s: binary(OPCODE.i32GeS),
      ge_u: binary(OPCODE.i32GeU),
      load: load(OPCODE.i32Load),
      load16_u: load(OPCODE.i32Load16U),
      load8_u: load(OPCODE.i32Load8U),
    },
    local: { get: (index: number) => localGet(index), set: localSet },
    memory: {
      size: (): Expression => ({
        kind: "operation",
        opcode: OPCODE.memorySize,
        immediates: new Uint8Array(1),
        operands: [],
        yields: true,
      }),
    },
    select: (condition: Expression, ifTrue: Expression, ifFalse: Expression): Expression => ({
      kind: "select",
      ifTrue,
      ifFalse,
      condition,
    }),
    if: (condition: Expression, consequent: Expression, otherwise?: Expression): Expression => ({
      kind: "if",
      label: new Label(),
      condition,
      consequent: [consequent],
      otherwise: otherwise && [otherwise],
      result: otherwise && yieldsValue(consequent) && yieldsValue(otherwise) ? I32 : undefined,
    }),
    block: (name: string | null, body: readonly Expression[]): Expression =>
      name === null ? sequence(body) : { kind: "block", label: this.#label(name), body, result: undefined },
    br: (name: string): Expression => ({
      kind: "branch",
      label: this.#label(name),
      value: undefined,
      condition: undefined,
    }),
    return: (value: Expression): Expression => ({ kind: "return", value }),
    call: (name: string, operands: readonly Expression[]): Expression => call(this.function(name), operands),
    unreachable: () => UNREACHABLE,
    addFunction: (
      name: string,
      _parameters: number,
      _result: number,
      locals: readonly number[],
      body: Expression,
    ): void => {
      this.function(name).define(
        locals.map(() => I32),
        [body],
      );
      this.#labels = new Map();
    },
  };
}

function binary(opcode: number) {
  return (left: Expression, right: Expression): Expression => operation(opcode, left, right);
}

/** The alignment is only a hint: addresses in packets may be odd. */
function load(opcode: number) {
  return (offset: number, _alignment: number, address: Expression): Expression => ({
    kind: "access",
    opcode,
    alignment: 0,
    offset,
    lane: undefined,
    operands: [address],
    yields: true,
  });
}
