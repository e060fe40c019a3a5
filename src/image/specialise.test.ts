import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ConstantMemory } from "./constantMemory.ts";
import { inlineCalls } from "./inline.ts";
import { LinkedFunction } from "./linkedFunction.ts";
import { PARAMETERS, programs, VARIABLES } from "./programs.fixture.ts";
import { Specialiser } from "./specialise.ts";
import { encodeModule } from "./wasm/encode.ts";
import { OPCODE } from "./wasm/opcodes.ts";
import { call, type Expression, I32, i32, Label, localGet, localSet, operation, type ValueType } from "./wasm/tree.ts";

const integers = (count: number): ValueType[] => new Array<ValueType>(count).fill(I32);
const TYPE = { parameters: integers(PARAMETERS), result: I32 } as const;
const SURROUNDINGS = { memory: new ConstantMemory([]), call };

/** Runs the exported function `f` of a module made of `functions`. */
function run(functions: readonly LinkedFunction[], f: LinkedFunction, operands: readonly number[]): number {
  const bytes = encodeModule({
    memoryPages: 1,
    functions,
    globals: [],
    initialValues: new Map(),
    exportedFunctions: new Map([["f", f]]),
    exportedGlobals: new Map(),
    data: [],
    start: undefined,
    named: false,
    customSections: () => new Map(),
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  assert.ok(typeof exports.f === "function");
  return Number(exports.f(...operands));
}

function asWritten(body: readonly Expression[]): LinkedFunction {
  const made = new LinkedFunction("written", TYPE);
  made.define(integers(VARIABLES), body);
  return made;
}

function specialised(body: readonly Expression[], bound: readonly number[]): LinkedFunction {
  const source = { type: TYPE, code: () => ({ locals: integers(VARIABLES), body: [outermost(body)] }) };
  const made = new LinkedFunction("specialised", { parameters: integers(PARAMETERS - bound.length), result: I32 });
  const copy = new Specialiser(source, bound.map(i32), SURROUNDINGS);
  const code = copy.specialise();
  made.define(copy.locals, code);
  return made;
}

/** As the library's reader gives them: in a block of their own. */
function outermost(body: readonly Expression[]): Expression {
  return { kind: "block", label: new Label(), body, result: I32 };
}

const operands = fc.tuple(...integers(PARAMETERS).map(() => fc.oneof(fc.integer({ min: -2, max: 3 }), fc.integer())));

describe("a specialised function", () => {
  it("does what the function does with the values that were bound", () => {
    fc.assert(
      fc.property(programs, operands, fc.nat(PARAMETERS), (body, values, count) => {
        const written = asWritten(body);
        const copy = specialised(body, values.slice(0, count));
        assert.equal(run([copy], copy, values.slice(count)), run([written], written, values));
      }),
      { numRuns: 300 },
    );
  });

  it("computes values before the condition that stands behind them, which may change what they read", () => {
    const condition: Expression = { kind: "localSet", index: 0, value: i32(1), tee: true };
    const body: Expression[] = [{ kind: "select", ifTrue: localGet(0), ifFalse: i32(0), condition }];
    const copy = specialised(body, []);
    assert.equal(run([copy], copy, [7, 0, 0]), 7);
  });

  it("returns a constant at once when everything is known", () => {
    const body = [
      localSet(PARAMETERS, operation(OPCODE.i32Add, localGet(0), localGet(1))),
      operation(OPCODE.i32Mul, localGet(PARAMETERS), localGet(2)),
    ];
    const [, last] = specialised(body, [2, 3, 4]).body;
    assert.deepEqual(last, i32(20));
  });

  it("takes loads from unchanging memory for what they yield", () => {
    const load: Expression = {
      kind: "access",
      opcode: OPCODE.i32Load16U,
      alignment: 1,
      offset: 4,
      lane: undefined,
      operands: [localGet(0)],
      yields: true,
    };
    const source = { type: TYPE, code: () => ({ locals: [], body: [outermost([load])] }) };
    const memory = new ConstantMemory([{ address: 100, bytes: Uint8Array.of(0x34, 0x12) }]);
    const at = (address: number): Expression[] =>
      new Specialiser(source, [i32(address)], { memory, call }).specialise();
    assert.deepEqual(at(96), [i32(0x1234)]);
    assert.equal(at(97)[0]?.kind, "access");
  });
});

describe("functions put into their callers", () => {
  it("do what they did", () => {
    fc.assert(
      fc.property(fc.array(programs, { minLength: 2, maxLength: 4 }), operands, (bodies, values) => {
        // Each function adds to its own result what the next one makes of two results of the one after it.
        const made = bodies.map((_, index) => new LinkedFunction(`f${index}`, TYPE));
        bodies.forEach((body, index) => {
          const [next, after] = [made[index + 1], made[index + 2] ?? made[index + 1]];
          const own = specialised(body, []);
          const arguments_ = [localGet(0), localGet(1), localGet(2)];
          const nested =
            next &&
            after &&
            call(next, [call(after, arguments_), localGet(1), call(after, [i32(1), localGet(0), i32(7)])]);
          const result = call(own, arguments_);
          made[index]?.define([], [nested ? operation(OPCODE.i32Add, result, nested) : result]);
        });
        const [root] = made;
        assert.ok(root);
        const before = run(reachable(root), root, values);
        const kept = inlineCalls(new Map([["f", root]]));
        assert.equal(run(kept, root, values), before);
      }),
      { numRuns: 200 },
    );
  });
});

function reachable(root: LinkedFunction): LinkedFunction[] {
  const found = new Set([root]);
  const visit = (expression: unknown): void => {
    if (typeof expression !== "object" || expression === null) return;
    if (expression instanceof LinkedFunction) {
      if (!found.has(expression)) {
        found.add(expression);
        expression.body.forEach(visit);
      }
      return;
    }
    Object.values(expression).forEach(visit);
  };
  root.body.forEach(visit);
  return [...found];
}
