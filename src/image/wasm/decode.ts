/** Reads the compiled library: a WebAssembly module whose functions become trees when they are first asked for. */
import { isAccess, isStore, MISCELLANEOUS, namesLane, OPCODE, operationShape, V128_CONST, VECTOR } from "./opcodes.ts";
import { Reader, readSections, SECTION, WasmFormatError } from "./reader.ts";
import {
  type Callable,
  type Const,
  type Expression,
  F32,
  F64,
  type FunctionBody,
  type FunctionType,
  type Global,
  I32,
  I64,
  i32,
  i64,
  Label,
  NOP,
  UNREACHABLE,
  V128,
  type ValueType,
  yieldsValue,
} from "./tree.ts";

/** A function that the module takes from outside. */
export interface ImportedFunction extends Callable {
  readonly module: string;
  readonly base: string;
}

/** A function with code. */
export interface LibraryFunction extends Callable {
  /** Read when first asked for. @throws WasmFormatError */
  readonly code: () => FunctionBody;
}

export interface WasmModule {
  readonly functions: readonly (ImportedFunction | LibraryFunction)[];
  readonly globals: readonly Global[];
  readonly exports: ReadonlyMap<string, ImportedFunction | LibraryFunction>;
}

/** Names as the custom section "name" has them, by index. */
interface Names {
  readonly functions: ReadonlyMap<number, string>;
  readonly globals: ReadonlyMap<number, string>;
}

/** @throws WasmFormatError when the bytes are no module, or use what the linker does not know */
export function decodeModule(bytes: Uint8Array): WasmModule {
  const sections = readSections(bytes);
  const read = <T>(id: number, item: (reader: Reader) => T): T[] => {
    const section = sections.find((each) => each.id === id);
    return section ? section.content.list(() => item(section.content)) : [];
  };
  const types = read(SECTION.type, readType);
  const imports = read(SECTION.import, readImport).filter((each) => each !== undefined);
  const declared = read(SECTION.function, (reader) => reader.u32());
  const names = readNames(sections.find(({ id, name }) => id === SECTION.custom && name === "name")?.content);
  const globals = read(SECTION.global, readGlobal).map((global, index) => ({
    ...global,
    name: names.globals.get(index) ?? `global${index}`,
  }));
  const exported = read(SECTION.export, readExport);
  const bodies = read(SECTION.code, (reader) => reader.section(reader.u32()));
  const functions: (ImportedFunction | LibraryFunction)[] = [];
  const context: Context = { types, functions, globals };
  for (const { module, base, type } of imports)
    functions.push({ name: `${module}.${base}`, module, base, type: typeAt(types, type) });
  declared.forEach((type, index) => {
    const body = bodies[index];
    if (!body) throw new WasmFormatError("a function has no code");
    const name = names.functions.get(imports.length + index) ?? `function${imports.length + index}`;
    functions.push(libraryFunction(name, typeAt(types, type), body, context));
  });
  const exports = new Map<string, ImportedFunction | LibraryFunction>();
  for (const { name, kind, index } of exported) {
    const found = functions[index];
    if (kind === FUNCTION_KIND && found) exports.set(name, found);
  }
  return { functions, globals, exports };
}

/** Kinds of imports and exports. */
const FUNCTION_KIND = 0;
const MEMORY_KIND = 2;

function libraryFunction(name: string, type: FunctionType, body: Reader, context: Context): LibraryFunction {
  let code: FunctionBody | undefined;
  return {
    name,
    type,
    code: () => {
      code ??= new FunctionReader(new Reader(body.bytes, body.at, body.end), type, context).read();
      return code;
    },
  };
}

/** @throws WasmFormatError for other types than those of functions of numbers with at most one result */
export function readType(reader: Reader): FunctionType {
  if (reader.byte() !== 0x60) throw new WasmFormatError("a type is no function type");
  const parameters = reader.list(() => readValueType(reader));
  const results = reader.list(() => readValueType(reader));
  if (results.length > 1) throw new WasmFormatError("a function has several results");
  return { parameters, result: results[0] };
}

function readValueType(reader: Reader): ValueType {
  return toValueType(reader.byte());
}

function toValueType(code: number): ValueType {
  if (code === I32 || code === I64 || code === F32 || code === F64 || code === V128) return code;
  throw new WasmFormatError(`unknown value type ${code}`);
}

/** Functions only; the memory is known, and a library imports nothing else. */
function readImport(reader: Reader): { module: string; base: string; type: number } | undefined {
  const [module, base, kind] = [reader.name(), reader.name(), reader.byte()];
  if (kind === FUNCTION_KIND) return { module, base, type: reader.u32() };
  if (kind !== MEMORY_KIND) throw new WasmFormatError(`import ${module}.${base} is neither a function nor the memory`);
  const hasMaximum = (reader.byte() & 1) !== 0;
  reader.u32();
  if (hasMaximum) reader.u32();
  return undefined;
}

function readGlobal(reader: Reader): Omit<Global, "name"> {
  const type = readValueType(reader);
  const mutable = reader.byte() === 1;
  const opcode = reader.byte();
  const initial = readConst(reader, opcode);
  if (!initial || reader.byte() !== OPCODE.end) throw new WasmFormatError("a global's initial value is no constant");
  return { type, mutable, initial };
}

function readExport(reader: Reader): { name: string; kind: number; index: number } {
  return { name: reader.name(), kind: reader.byte(), index: reader.u32() };
}

const FUNCTION_NAMES = 1;
const GLOBAL_NAMES = 7;

function readNames(section: Reader | undefined): Names {
  const names = { functions: new Map<number, string>(), globals: new Map<number, string>() };
  while (section && !section.atEnd) {
    const kind = section.byte();
    const part = section.section(section.u32());
    const into = kind === FUNCTION_NAMES ? names.functions : kind === GLOBAL_NAMES ? names.globals : undefined;
    if (into)
      for (const [index, name] of part.list((): [number, string] => [part.u32(), part.name()])) into.set(index, name);
  }
  return names;
}

function readConst(reader: Reader, opcode: number): Const | undefined {
  if (opcode === OPCODE.i32Const) return i32(reader.s32());
  if (opcode === OPCODE.i64Const) return i64(reader.s64());
  if (opcode === OPCODE.f32Const) return { kind: "const", type: F32, value: reader.take(4) };
  if (opcode === OPCODE.f64Const) return { kind: "const", type: F64, value: reader.take(8) };
  if (opcode === V128_CONST) return { kind: "const", type: V128, value: reader.take(16) };
  return undefined;
}

function typeAt(types: readonly FunctionType[], index: number): FunctionType {
  const type = types[index];
  if (!type) throw new WasmFormatError(`there is no type ${index}`);
  return type;
}

interface Context {
  readonly types: readonly FunctionType[];
  readonly functions: readonly Callable[];
  readonly globals: readonly Global[];
}

/** Engines allow no more. */
const MOST_LOCALS = 50_000;

/** How a sequence of instructions ended. */
type Terminator = "end" | "else";

/** Turns stack code into trees: each instruction takes the expressions that it consumes off the stack of those read before. */
class FunctionReader {
  private readonly reader: Reader;
  private readonly type: FunctionType;
  private readonly context: Context;
  /** Innermost last. */
  private readonly labels: { readonly label: Label; readonly takes: boolean }[] = [];

  constructor(reader: Reader, type: FunctionType, context: Context) {
    this.reader = reader;
    this.type = type;
    this.context = context;
  }

  read(): FunctionBody {
    const { reader } = this;
    const locals = reader.list(() => ({ count: reader.u32(), type: readValueType(reader) }));
    if (locals.reduce((sum, { count }) => sum + count, 0) > MOST_LOCALS)
      throw new WasmFormatError("a function has too many variables");
    const label = new Label();
    this.labels.push({ label, takes: this.type.result !== undefined });
    const { body } = this.sequence();
    const outermost: Expression = { kind: "block", label, body, result: this.type.result };
    return {
      locals: locals.flatMap(({ count, type }) => new Array<ValueType>(count).fill(type)),
      body: [outermost],
    };
  }

  /** Instructions up to the matching `end` or `else`. What follows a jump is never executed: it is read and left out. */
  private sequence(): { body: Expression[]; terminator: Terminator } {
    const body: Expression[] = [];
    let dead = false;
    for (;;) {
      const opcode = this.opcode();
      if (opcode === OPCODE.end || opcode === OPCODE.else)
        return { body, terminator: opcode === OPCODE.end ? "end" : "else" };
      const kept = dead ? [] : body;
      const expression = this.instruction(opcode, kept, dead);
      if (dead) continue;
      body.push(expression);
      dead = neverContinues(expression);
    }
  }

  private opcode(): number {
    const byte = this.reader.byte();
    return byte === MISCELLANEOUS || byte === VECTOR ? (byte << 8) | this.reader.u32() : byte;
  }

  /** @param stack  expressions read so far; those consumed are removed */
  private instruction(opcode: number, stack: Expression[], dead: boolean): Expression {
    const pop = (): Expression => {
      const top = stack.at(-1);
      if (top && yieldsValue(top)) {
        stack.pop();
        return top;
      }
      if (dead || (top && neverContinues(top))) return UNREACHABLE;
      throw new WasmFormatError("the code keeps a value on the stack over an instruction without one");
    };
    /** Statements between two operands run after the first and before the second: they become part of the second. */
    const popMany = (count: number): Expression[] => {
      const popped = new Array<Expression>(count);
      for (let index = count - 1; index >= 0; index--) {
        const before = index === count - 1 ? [] : takeStatements(stack);
        const operand = popped[index + 1];
        if (operand && before.length > 0) popped[index + 1] = { kind: "sequence", body: [...before, operand] };
        popped[index] = pop();
      }
      return popped;
    };
    const constant = readConst(this.reader, opcode);
    if (constant) return constant;
    const control = this.control(opcode, pop, popMany);
    if (control) return control;
    if (isAccess(opcode)) return this.access(opcode, popMany);
    const shape = operationShape(opcode);
    if (!shape) throw new WasmFormatError(`unknown instruction 0x${opcode.toString(16)}`);
    const immediates = this.reader.take(shape.immediateBytes);
    return { kind: "operation", opcode, immediates, operands: popMany(shape.operands), yields: shape.yields };
  }

  private control(
    opcode: number,
    pop: () => Expression,
    popMany: (count: number) => Expression[],
  ): Expression | undefined {
    const { reader } = this;
    switch (opcode) {
      case OPCODE.unreachable:
        return UNREACHABLE;
      case OPCODE.nop:
        return NOP;
      case OPCODE.block:
      case OPCODE.loop:
      case OPCODE.if:
        return this.structure(opcode, pop);
      case OPCODE.br: {
        const { label, takes } = this.target();
        return { kind: "branch", label, value: takes ? pop() : undefined, condition: undefined };
      }
      case OPCODE.brIf: {
        const { label, takes } = this.target();
        const condition = pop();
        return { kind: "branch", label, value: takes ? pop() : undefined, condition };
      }
      case OPCODE.brTable:
        return this.branchTable(pop);
      case OPCODE.return:
        return { kind: "return", value: this.type.result === undefined ? undefined : pop() };
      case OPCODE.call: {
        const target = this.context.functions[reader.u32()];
        if (!target) throw new WasmFormatError("a call names no function");
        const operands = popMany(target.type.parameters.length);
        return { kind: "call", target, operands, result: target.type.result };
      }
      case OPCODE.callIndirect:
        return this.indirectCall(pop, popMany);
      case OPCODE.drop:
        return { kind: "drop", value: pop() };
      case OPCODE.selectTyped:
      case OPCODE.select: {
        if (opcode === OPCODE.selectTyped) reader.list(() => reader.byte());
        const [ifTrue = UNREACHABLE, ifFalse = UNREACHABLE, condition = UNREACHABLE] = popMany(3);
        return { kind: "select", ifTrue, ifFalse, condition };
      }
      case OPCODE.localGet:
        return { kind: "localGet", index: reader.u32() };
      case OPCODE.localSet:
      case OPCODE.localTee:
        return { kind: "localSet", index: reader.u32(), value: pop(), tee: opcode === OPCODE.localTee };
      case OPCODE.globalGet:
        return { kind: "globalGet", global: this.global() };
      case OPCODE.globalSet:
        return { kind: "globalSet", global: this.global(), value: pop() };
      default:
        return undefined;
    }
  }

  private structure(opcode: number, pop: () => Expression): Expression {
    const result = this.blockResult();
    const label = new Label();
    const condition = opcode === OPCODE.if ? pop() : undefined;
    this.labels.push({ label, takes: opcode !== OPCODE.loop && result !== undefined });
    const { body, terminator } = this.sequence();
    const otherwise = terminator === "else" ? this.sequence().body : undefined;
    this.labels.pop();
    if (condition) return { kind: "if", label, condition, consequent: body, otherwise, result };
    return { kind: opcode === OPCODE.loop ? "loop" : "block", label, body, result };
  }

  private blockResult(): ValueType | undefined {
    const code = this.reader.byte();
    return code === 0x40 ? undefined : toValueType(code);
  }

  private target(): { readonly label: Label; readonly takes: boolean } {
    const found = this.labels.at(-1 - this.reader.u32());
    if (!found) throw new WasmFormatError("a branch leads out of its function");
    return found;
  }

  private branchTable(pop: () => Expression): Expression {
    const { reader } = this;
    const count = reader.u32() + 1;
    const targets = Array.from({ length: count }, () => this.target());
    const index = pop();
    const value = targets[0]?.takes ? pop() : undefined;
    return { kind: "branchTable", labels: targets.map(({ label }) => label), value, index };
  }

  /** Only dynamic dispatch calls so, which no linked module contains. */
  private indirectCall(pop: () => Expression, popMany: (count: number) => Expression[]): Expression {
    const type = typeAt(this.context.types, this.reader.u32());
    this.reader.u32();
    const index = pop();
    const operands = [...popMany(type.parameters.length), index];
    return { kind: "call", target: { name: INDIRECT_CALL, type }, operands, result: type.result };
  }

  private global(): Global {
    const global = this.context.globals[this.reader.u32()];
    if (!global) throw new WasmFormatError("code names a global that does not exist");
    return global;
  }

  private access(opcode: number, popMany: (count: number) => Expression[]): Expression {
    const { reader } = this;
    const alignment = reader.u32();
    const offset = reader.u32();
    const lane = namesLane(opcode) ? reader.byte() : undefined;
    const store = isStore(opcode);
    const operands = popMany(store || lane !== undefined ? 2 : 1);
    return { kind: "access", opcode, alignment, offset, lane, operands, yields: !store };
  }
}

/** Takes what leaves no value off the top of the stack, if a value lies below it. */
function takeStatements(stack: Expression[]): Expression[] {
  let from = stack.length;
  while (from > 0 && !yieldsValue(stack[from - 1] ?? UNREACHABLE)) from--;
  return from > 0 ? stack.splice(from) : [];
}

/** Name of the pseudo-function that indirect calls lead to. */
export const INDIRECT_CALL = "call_indirect";

/** Whether execution never gets behind an expression. (It may not be seen of blocks that always jump away; that does no harm.) */
function neverContinues(expression: Expression): boolean {
  switch (expression.kind) {
    case "unreachable":
    case "return":
    case "branchTable":
      return true;
    case "branch":
      return expression.condition === undefined;
    default:
      return false;
  }
}
