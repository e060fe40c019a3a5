/** Computes integer operations whose operands are known. */
import { OPCODE } from "./opcodes.ts";
import { type Const, I32, I64, i32, i64 } from "./tree.ts";

/** @returns the result; undefined when it is not known here (floats, vectors, division, and what depends on memory) */
export function foldOperation(opcode: number, operands: readonly Const[]): Const | undefined {
  const [a, b] = operands;
  if (a?.type === I32 && typeof a.value === "number") {
    if (!b) return foldUnary32(opcode, a.value);
    return typeof b.value === "number" ? foldBinary32(opcode, a.value, b.value) : undefined;
  }
  if (a?.type === I64 && typeof a.value === "bigint") {
    if (!b) return foldUnary64(opcode, a.value);
    return typeof b.value === "bigint" ? foldBinary64(opcode, a.value, b.value) : undefined;
  }
  return undefined;
}

const truth = (value: boolean): Const => i32(value ? 1 : 0);

function foldUnary32(opcode: number, a: number): Const | undefined {
  switch (opcode) {
    case OPCODE.i32Eqz:
      return truth(a === 0);
    case OPCODE.i32Extend8S:
      return i32((a << 24) >> 24);
    case OPCODE.i32Extend16S:
      return i32((a << 16) >> 16);
    case OPCODE.i64ExtendI32S:
      return i64(BigInt(a));
    case OPCODE.i64ExtendI32U:
      return i64(BigInt(a >>> 0));
    default:
      return undefined;
  }
}

function foldBinary32(opcode: number, a: number, b: number): Const | undefined {
  switch (opcode) {
    case OPCODE.i32Add:
      return i32(a + b);
    case OPCODE.i32Sub:
      return i32(a - b);
    case OPCODE.i32Mul:
      return i32(Math.imul(a, b));
    case OPCODE.i32And:
      return i32(a & b);
    case OPCODE.i32Or:
      return i32(a | b);
    case OPCODE.i32Xor:
      return i32(a ^ b);
    case OPCODE.i32Shl:
      return i32(a << b);
    case OPCODE.i32ShrS:
      return i32(a >> b);
    case OPCODE.i32ShrU:
      return i32(a >>> b);
    case OPCODE.i32Eq:
      return truth(a === b);
    case OPCODE.i32Ne:
      return truth(a !== b);
    case OPCODE.i32LtS:
      return truth(a < b);
    case OPCODE.i32LtU:
      return truth(a >>> 0 < b >>> 0);
    case OPCODE.i32GtS:
      return truth(a > b);
    case OPCODE.i32GtU:
      return truth(a >>> 0 > b >>> 0);
    case OPCODE.i32LeS:
      return truth(a <= b);
    case OPCODE.i32LeU:
      return truth(a >>> 0 <= b >>> 0);
    case OPCODE.i32GeS:
      return truth(a >= b);
    case OPCODE.i32GeU:
      return truth(a >>> 0 >= b >>> 0);
    default:
      return undefined;
  }
}

function foldUnary64(opcode: number, a: bigint): Const | undefined {
  if (opcode === OPCODE.i64Eqz) return truth(a === 0n);
  if (opcode === OPCODE.i32WrapI64) return i32(Number(BigInt.asIntN(32, a)));
  return undefined;
}

function foldBinary64(opcode: number, a: bigint, b: bigint): Const | undefined {
  const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
  switch (opcode) {
    case OPCODE.i64Add:
      return i64(a + b);
    case OPCODE.i64Sub:
      return i64(a - b);
    case OPCODE.i64Mul:
      return i64(a * b);
    case OPCODE.i64Eq:
      return truth(a === b);
    case OPCODE.i64Ne:
      return truth(a !== b);
    case OPCODE.i64LtS:
      return truth(a < b);
    case OPCODE.i64LtU:
      return truth(unsigned(a) < unsigned(b));
    case OPCODE.i64GtS:
      return truth(a > b);
    case OPCODE.i64GtU:
      return truth(unsigned(a) > unsigned(b));
    case OPCODE.i64LeS:
      return truth(a <= b);
    case OPCODE.i64LeU:
      return truth(unsigned(a) <= unsigned(b));
    case OPCODE.i64GeS:
      return truth(a >= b);
    case OPCODE.i64GeU:
      return truth(unsigned(a) >= unsigned(b));
    default:
      return undefined;
  }
}
