/** WebAssembly's instructions by number: what they take and leave. Prefixed ones are numbered PREFIX * 256 + number. */

/** Prefixes of the binary format. */
export const MISCELLANEOUS = 0xfc;
export const VECTOR = 0xfd;

/** Instructions that the linker knows by name. */
export const OPCODE = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Load: 0x28,
  i64Load: 0x29,
  f32Load: 0x2a,
  f64Load: 0x2b,
  i32Load8S: 0x2c,
  i32Load8U: 0x2d,
  i32Load16S: 0x2e,
  i32Load16U: 0x2f,
  i64Load8S: 0x30,
  i64Load8U: 0x31,
  i64Load16S: 0x32,
  i64Load16U: 0x33,
  i64Load32S: 0x34,
  i64Load32U: 0x35,
  i32Store: 0x36,
  i64Store: 0x37,
  lastStore: 0x3e,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GtU: 0x4b,
  i32LeS: 0x4c,
  i32LeU: 0x4d,
  i32GeS: 0x4e,
  i32GeU: 0x4f,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64LtS: 0x53,
  i64LtU: 0x54,
  i64GtS: 0x55,
  i64GtU: 0x56,
  i64LeS: 0x57,
  i64LeU: 0x58,
  i64GeS: 0x59,
  i64GeU: 0x5a,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrS: 0x75,
  i32ShrU: 0x76,
  i32Rotl: 0x77,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i32WrapI64: 0xa7,
  i64ExtendI32S: 0xac,
  i64ExtendI32U: 0xad,
  i32Extend8S: 0xc0,
  i32Extend16S: 0xc1,
} as const;

const MEMORY_INIT = 0xfc08;
const DATA_DROP = 0xfc09;
const MEMORY_COPY = 0xfc0a;
const MEMORY_FILL = 0xfc0b;
export const V128_CONST = 0xfd0c;
const SHUFFLE = 0xfd0d;

export interface Shape {
  readonly operands: number;
  readonly yields: boolean;
  /** Bytes of immediates, for instructions that access no memory by address and offset. */
  readonly immediateBytes: number;
}

/** @returns what a plain instruction takes and leaves; undefined for control flow, memory accesses and numbers that mean nothing */
export function operationShape(opcode: number): Shape | undefined {
  const fixed = FIXED.get(opcode);
  if (fixed) return fixed;
  if (opcode >= 0x45 && opcode <= 0xc4) return isUnary(opcode) ? UNARY : BINARY;
  if (opcode >= 0xfc00 && opcode <= 0xfc07) return UNARY;
  if (opcode >= 0xfd0e && opcode <= 0xfdff && !isAccess(opcode)) return vectorShape(opcode & 0xff);
  return undefined;
}

const UNARY: Shape = { operands: 1, yields: true, immediateBytes: 0 };
const BINARY: Shape = { operands: 2, yields: true, immediateBytes: 0 };
const FIXED: ReadonlyMap<number, Shape> = new Map([
  [OPCODE.memorySize, { operands: 0, yields: true, immediateBytes: 1 }],
  [OPCODE.memoryGrow, { operands: 1, yields: true, immediateBytes: 1 }],
  [MEMORY_INIT, { operands: 3, yields: false, immediateBytes: 2 }],
  [DATA_DROP, { operands: 0, yields: false, immediateBytes: 1 }],
  [MEMORY_COPY, { operands: 3, yields: false, immediateBytes: 2 }],
  [MEMORY_FILL, { operands: 3, yields: false, immediateBytes: 1 }],
  [V128_CONST, { operands: 0, yields: true, immediateBytes: 16 }],
  [SHUFFLE, { operands: 2, yields: true, immediateBytes: 16 }],
]);

/** Numeric instructions with one operand: eqz, clz to popcnt, abs to sqrt, conversions, sign extensions. */
function isUnary(opcode: number): boolean {
  return (
    opcode === OPCODE.i32Eqz ||
    opcode === OPCODE.i64Eqz ||
    within(opcode, 0x67, 0x69) ||
    within(opcode, 0x79, 0x7b) ||
    within(opcode, 0x8b, 0x91) ||
    within(opcode, 0x99, 0x9f) ||
    within(opcode, 0xa7, 0xc4)
  );
}

function within(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}

/** Vector instructions with one operand, by their numbers behind the prefix: splats, not, any_true, per shape abs, neg, tests, bitmasks, roundings, widenings, conversions. */
const UNARY_VECTOR: ReadonlySet<number> = new Set([
  ...range(0x0f, 0x14),
  0x4d,
  0x53,
  0x5e,
  0x5f,
  ...range(0x60, 0x64),
  ...range(0x67, 0x6a),
  0x74,
  0x75,
  0x7a,
  ...range(0x7c, 0x81),
  0x83,
  0x84,
  ...range(0x87, 0x8a),
  0x94,
  0xa0,
  0xa1,
  0xa3,
  0xa4,
  ...range(0xa7, 0xaa),
  0xc0,
  0xc1,
  0xc3,
  0xc4,
  ...range(0xc7, 0xca),
  0xe0,
  0xe1,
  0xe3,
  0xec,
  0xed,
  0xef,
  ...range(0xf8, 0xff),
]);
const BIT_SELECT = 0x52;
/** Lane extractions (one operand) and replacements (two) between these numbers. */
const FIRST_LANE = 0x15;
const LAST_LANE = 0x22;
const LANE_REPLACEMENTS: ReadonlySet<number> = new Set([0x17, 0x1a, 0x1c, 0x1e, 0x20, 0x22]);

function vectorShape(number: number): Shape {
  if (within(number, FIRST_LANE, LAST_LANE))
    return { operands: LANE_REPLACEMENTS.has(number) ? 2 : 1, yields: true, immediateBytes: 1 };
  if (number === BIT_SELECT) return { operands: 3, yields: true, immediateBytes: 0 };
  return UNARY_VECTOR.has(number) ? UNARY : BINARY;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Whether an instruction reads or writes memory at address + offset. */
export function isAccess(opcode: number): boolean {
  if (opcode <= 0xff) return within(opcode, OPCODE.i32Load, OPCODE.lastStore);
  if (opcode >> 8 !== VECTOR) return false;
  return within(opcode & 0xff, 0x00, 0x0b) || within(opcode & 0xff, 0x54, 0x5d);
}

/** Whether a memory access writes. */
export function isStore(opcode: number): boolean {
  if (opcode <= 0xff) return opcode >= OPCODE.i32Store;
  return opcode === 0xfd0b || within(opcode & 0xff, 0x58, 0x5b);
}

/** Whether a memory access names a lane of the vector that is its second operand. */
export function namesLane(opcode: number): boolean {
  return opcode >> 8 === VECTOR && within(opcode & 0xff, 0x54, 0x5b);
}
