/** Small random programs as trees, for properties that hold for every program. All of them end. */
import fc from "fast-check";
import { OPCODE } from "./wasm/opcodes.ts";
import {
  block,
  branch,
  type Expression,
  i32,
  ifElse,
  Label,
  localGet,
  localSet,
  localTee,
  operation,
  returns,
} from "./wasm/tree.ts";

/** Parameters of each program, and variables behind them. The last variable counts rounds. */
export const PARAMETERS = 3;
export const VARIABLES = 3;
const ROUNDS = PARAMETERS + VARIABLES - 1;
const READABLE = PARAMETERS + VARIABLES - 1;

const BINARY = [
  OPCODE.i32Add,
  OPCODE.i32Sub,
  OPCODE.i32Mul,
  OPCODE.i32And,
  OPCODE.i32Or,
  OPCODE.i32Xor,
  OPCODE.i32Shl,
  OPCODE.i32ShrS,
  OPCODE.i32ShrU,
  OPCODE.i32Eq,
  OPCODE.i32Ne,
  OPCODE.i32LtS,
  OPCODE.i32LtU,
  OPCODE.i32GtS,
  OPCODE.i32GtU,
  OPCODE.i32LeS,
  OPCODE.i32LeU,
  OPCODE.i32GeS,
  OPCODE.i32GeU,
];
const UNARY = [OPCODE.i32Eqz, OPCODE.i32Extend8S, OPCODE.i32Extend16S];

const numbers = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.integer());
const variables = fc.nat(READABLE - 1);

const { value: values } = fc.letrec<{ value: Expression }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    numbers.map(i32),
    variables.map(localGet),
    fc.tuple(fc.constantFrom(...BINARY), tie("value"), tie("value")).map(([opcode, a, b]) => operation(opcode, a, b)),
    fc.tuple(fc.constantFrom(...UNARY), tie("value")).map(([opcode, a]) => operation(opcode, a)),
    fc.tuple(variables, tie("value")).map(([index, value]) => localTee(index, value)),
    fc
      .tuple(tie("value"), tie("value"), tie("value"))
      .map(([ifTrue, ifFalse, condition]): Expression => ({ kind: "select", ifTrue, ifFalse, condition })),
    fc.tuple(tie("value"), tie("value"), tie("value")).map(([condition, a, b]) => ifElse(condition, [a], [b], 0x7f)),
    // A branch that takes its value along when its condition holds.
    fc.tuple(tie("value"), tie("value"), tie("value")).map(([early, condition, late]): Expression => {
      const label = new Label();
      const leave: Expression = { kind: "branch", label, value: early, condition };
      return block(label, [{ kind: "drop", value: leave }, late], 0x7f);
    }),
  ),
}));

const { statements } = fc.letrec<{ statement: Expression; statements: Expression[] }>((tie) => ({
  statements: fc.array(tie("statement"), { maxLength: 4 }),
  statement: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(variables, values).map(([index, value]) => localSet(index, value)),
    values.map((value): Expression => ({ kind: "drop", value })),
    values.map((value) => returns(value)),
    fc.tuple(values, tie("statements"), tie("statements")).map(([condition, a, b]) => ifElse(condition, a, b)),
    fc.tuple(values, tie("statements"), tie("statements")).map(([condition, before, after]) => {
      const label = new Label();
      return block(label, [...before, branch(label, condition), ...after]);
    }),
    fc.tuple(values, tie("statements"), tie("statements"), tie("statements")).map(([index, a, b, c]) => {
      const [outer, middle, inner] = [new Label(), new Label(), new Label()];
      const jump: Expression = { kind: "branchTable", labels: [inner, middle, outer], value: undefined, index };
      return block(outer, [block(middle, [block(inner, [jump]), ...a]), ...b, branch(outer), ...c]);
    }),
    // Loops share one counter, so that all of them together go round a few times only.
    fc.tuple(values, tie("statements")).map(([condition, body]): Expression => {
      const label = new Label();
      const count = localTee(ROUNDS, operation(OPCODE.i32Add, localGet(ROUNDS), i32(1)));
      const again = operation(
        OPCODE.i32And,
        operation(OPCODE.i32LtS, count, i32(20)),
        operation(OPCODE.i32Ne, condition, i32(0)),
      );
      return { kind: "loop", label, body: [...body, branch(label, again)], result: undefined };
    }),
  ),
}));

/** Bodies of functions that take PARAMETERS integers, have VARIABLES more, and return one. */
export const programs = fc.tuple(statements, values).map(([body, value]) => [...body, value]);
