/** Writes modules: what the linker made, as bytes. The same module always gives the same bytes. */
import { MISCELLANEOUS, OPCODE, V128_CONST, VECTOR } from "./opcodes.ts";
import { SECTION } from "./reader.ts";
import {
  type Callable,
  type Const,
  type Expression,
  F32,
  F64,
  type FunctionType,
  type Global,
  I32,
  I64,
  type Label,
  type LocalSet,
  usedLabels,
  type ValueType,
  yieldsValue,
} from "./tree.ts";
import { Writer } from "./writer.ts";

/** A function to be written. */
export interface OutputFunction extends Callable {
  readonly locals: readonly ValueType[];
  readonly body: readonly Expression[];
}

export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface OutputModule {
  /** Pages of the imported memory at least. */
  readonly memoryPages: number;
  readonly functions: readonly OutputFunction[];
  readonly globals: readonly Global[];
  /** Values that globals start with, by name; absent = their own. */
  readonly initialValues: ReadonlyMap<string, Const>;
  readonly exportedFunctions: ReadonlyMap<string, OutputFunction>;
  readonly exportedGlobals: ReadonlyMap<string, Global>;
  readonly data: readonly DataSegment[];
  /** Runs when the module is instantiated. */
  readonly start: OutputFunction | undefined;
  /** Whether functions have names in engines' reports and profilers. They take room; what was inlined has none. */
  readonly named: boolean;
  /** Contents by name, made when it is known where inlined functions lie. */
  readonly customSections: (places: readonly Place[]) => ReadonlyMap<string, Uint8Array>;
}

/** Where code of an inlined function lies: offsets in the module, and the function's name. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

const HEADER = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const FUNCTION_TYPE = 0x60;
const KIND_FUNCTION = 0;
const KIND_MEMORY = 2;
const KIND_GLOBAL = 3;
const NO_VALUE = 0x40;
/** The memory's maximum is not stated: whoever imports it decides. */
const LIMIT_MINIMUM_ONLY = 0;

/** @throws Error when code calls a function that is not in the module: a bug of the linker */
export function encodeModule(module: OutputModule): Uint8Array<ArrayBuffer> {
  const { functions } = module;
  const types = new TypeTable(functions);
  const context: Context = {
    functions: new Map(functions.map((each, index) => [each, index])),
    globals: new Map(module.globals.map((each, index) => [each, index])),
  };
  const writer = new Writer();
  writer.raw(HEADER);
  writer.section(SECTION.type, (section) => section.list(types.all, (type) => writeType(section, type)));
  writer.section(SECTION.import, (section) => {
    section.u32(1);
    section.name("env");
    section.name("memory");
    section.byte(KIND_MEMORY);
    section.byte(LIMIT_MINIMUM_ONLY);
    section.u32(module.memoryPages);
  });
  writer.section(SECTION.function, (section) => section.list(functions, (each) => section.u32(types.index(each.type))));
  writer.section(SECTION.global, (section) =>
    section.list(module.globals, (each) => writeGlobal(section, each, module.initialValues.get(each.name))),
  );
  writer.section(SECTION.export, (section) => writeExports(section, module, context));
  const { start } = module;
  if (start) writer.section(SECTION.start, (section) => section.u32(indexOf(context.functions, start)));
  if (module.data.length > 0) writer.section(SECTION.dataCount, (section) => section.u32(module.data.length));
  const places = writeCode(writer, functions, context);
  if (module.data.length > 0)
    writer.section(SECTION.data, (section) => section.list(module.data, (each) => writeData(section, each)));
  if (module.named) writer.section(SECTION.custom, (section) => writeNames(section, functions));
  for (const [name, content] of module.customSections(places)) {
    writer.section(SECTION.custom, (section) => {
      section.name(name);
      section.raw(content);
    });
  }
  return writer.bytes().slice();
}

interface Context {
  readonly functions: ReadonlyMap<Callable, number>;
  readonly globals: ReadonlyMap<Global, number>;
}

/** The different types of the functions, in order of first use. */
class TypeTable {
  readonly all: FunctionType[] = [];
  readonly #indices = new Map<string, number>();

  constructor(functions: readonly Callable[]) {
    for (const { type } of functions) {
      const key = typeKey(type);
      if (!this.#indices.has(key)) this.#indices.set(key, this.all.push(type) - 1);
    }
  }

  index(type: FunctionType): number {
    return this.#indices.get(typeKey(type)) ?? 0;
  }
}

function typeKey({ parameters, result }: FunctionType): string {
  return `${parameters.join()}>${result ?? ""}`;
}

function writeType(section: Writer, { parameters, result }: FunctionType): void {
  section.byte(FUNCTION_TYPE);
  section.list(parameters, (type) => section.byte(type));
  section.list(result === undefined ? [] : [result], (type) => section.byte(type));
}

function writeGlobal(section: Writer, { type, mutable, initial: own }: Global, initial = own): void {
  section.byte(type);
  section.byte(mutable ? 1 : 0);
  writeConst(section, initial);
  section.byte(OPCODE.end);
}

function writeExports(section: Writer, { exportedFunctions, exportedGlobals }: OutputModule, context: Context): void {
  section.u32(exportedFunctions.size + exportedGlobals.size);
  for (const [name, target] of exportedFunctions) {
    section.name(name);
    section.byte(KIND_FUNCTION);
    section.u32(indexOf(context.functions, target));
  }
  for (const [name, global] of exportedGlobals) {
    section.name(name);
    section.byte(KIND_GLOBAL);
    section.u32(indexOf(context.globals, global));
  }
}

function writeData(section: Writer, { address, bytes }: DataSegment): void {
  section.byte(0);
  section.byte(OPCODE.i32Const);
  section.s32(address);
  section.byte(OPCODE.end);
  section.u32(bytes.length);
  section.raw(bytes);
}

const FUNCTION_NAMES = 1;

function writeNames(section: Writer, functions: readonly OutputFunction[]): void {
  section.name("name");
  section.byte(FUNCTION_NAMES);
  section.sized((names) => {
    names.u32(functions.length);
    functions.forEach(({ name }, index) => {
      names.u32(index);
      names.name(name);
    });
  });
}

function writeCode(writer: Writer, functions: readonly OutputFunction[], context: Context): Place[] {
  const bodies = functions.map((each) => new FunctionWriter(each, context).write());
  const section = new Writer();
  const places: Place[] = [];
  section.u32(bodies.length);
  for (const { bytes, places: inside } of bodies) {
    section.u32(bytes.length);
    const start = section.length;
    section.raw(bytes);
    for (const place of inside) places.push({ ...place, start: start + place.start, end: start + place.end });
  }
  writer.byte(SECTION.code);
  writer.u32(section.length);
  const offset = writer.length;
  writer.raw(section.bytes());
  return places.map(({ name, start, end }) => ({ name, start: start + offset, end: end + offset }));
}

function indexOf<T extends { readonly name: string }>(indices: ReadonlyMap<T, number>, item: T): number {
  const index = indices.get(item);
  if (index === undefined) throw new Error(`${item.name} is used, but not in the module`);
  return index;
}

function writeConst(writer: Writer, { type, value }: Const): void {
  if (type === I32) {
    writer.byte(OPCODE.i32Const);
    writer.s32(Number(value));
  } else if (type === I64) {
    writer.byte(OPCODE.i64Const);
    writer.s64(BigInt(value as bigint)); // i64 constants hold bigints
  } else {
    if (type === F32 || type === F64) writer.byte(type === F32 ? OPCODE.f32Const : OPCODE.f64Const);
    else writeOpcode(writer, V128_CONST);
    writer.raw(value as Uint8Array); // the other types hold their bytes
  }
}

function writeOpcode(writer: Writer, opcode: number): void {
  const prefix = opcode >> 8;
  if (prefix === MISCELLANEOUS || prefix === VECTOR) {
    writer.byte(prefix);
    writer.u32(opcode & 0xff);
  } else writer.byte(opcode);
}

class FunctionWriter {
  readonly #function: OutputFunction;
  readonly #context: Context;
  readonly #writer = new Writer();
  /** Open structures, innermost last. */
  readonly #labels: (Label | undefined)[] = [undefined];
  readonly #places: Place[] = [];
  readonly #used: ReadonlySet<Label>;
  /** The last assignment that was written, and where. */
  #lastSet: { readonly index: number; readonly at: number; readonly end: number } | undefined;

  constructor(output: OutputFunction, context: Context) {
    this.#function = output;
    this.#context = context;
    this.#used = usedLabels(output.body);
  }

  /** @returns the function's code entry, and where inlined functions lie in it */
  write(): { bytes: Uint8Array; places: readonly Place[] } {
    const { locals, body, type, name } = this.#function;
    const runs: { type: ValueType; count: number }[] = [];
    for (const local of locals) {
      const last = runs.at(-1);
      if (last?.type === local) last.count++;
      else runs.push({ type: local, count: 1 });
    }
    this.#writer.list(runs, (run) => {
      this.#writer.u32(run.count);
      this.#writer.byte(run.type);
    });
    this.#place(name, () => this.#body(body, type.result));
    this.#writer.byte(OPCODE.end);
    return { bytes: this.#writer.bytes(), places: this.#places };
  }

  #place(name: string, write: () => void): void {
    const index = this.#places.push({ name, start: this.#writer.length, end: 0 }) - 1;
    write();
    const { start } = this.#places[index] ?? { start: 0 };
    this.#places[index] = { name, start, end: this.#writer.length };
  }

  /** A body whose last expression jumps away leaves no value where one is expected: what is never reached may be anything. */
  #body(body: readonly Expression[], result: ValueType | undefined): void {
    for (const expression of body) this.#expression(expression);
    const last = body.at(-1);
    if (result !== undefined && !(last && yieldsValue(last))) this.#writer.byte(OPCODE.unreachable);
  }

  #structure(opcode: number, label: Label, result: ValueType | undefined, write: () => void): void {
    this.#writer.byte(opcode);
    this.#writer.byte(result ?? NO_VALUE);
    this.#labels.push(label);
    write();
    this.#labels.pop();
    this.#writer.byte(OPCODE.end);
  }

  #depth(label: Label): number {
    const index = this.#labels.lastIndexOf(label);
    if (index < 0) throw new Error(`${this.#function.name} has a branch that leads nowhere`);
    return this.#labels.length - 1 - index;
  }

  #expression(expression: Expression): void {
    const writer = this.#writer;
    switch (expression.kind) {
      case "const":
        writeConst(writer, expression);
        break;
      case "operation":
        this.#operands(expression.operands);
        writeOpcode(writer, expression.opcode);
        writer.raw(expression.immediates);
        break;
      case "access":
        this.#operands(expression.operands);
        writeOpcode(writer, expression.opcode);
        writer.u32(expression.alignment);
        writer.u32(expression.offset);
        if (expression.lane !== undefined) writer.byte(expression.lane);
        break;
      case "localGet":
        if (this.#keepsOnStack(expression.index)) break;
        writer.byte(OPCODE.localGet);
        writer.u32(expression.index);
        break;
      case "localSet":
        this.#localSet(expression);
        break;
      case "globalGet":
        writer.byte(OPCODE.globalGet);
        writer.u32(indexOf(this.#context.globals, expression.global));
        break;
      case "globalSet":
        this.#expression(expression.value);
        writer.byte(OPCODE.globalSet);
        writer.u32(indexOf(this.#context.globals, expression.global));
        break;
      case "sequence":
        this.#operands(expression.body);
        break;
      case "block": {
        const { label, body, result } = expression;
        const write = (): void => {
          // What nothing branches out of needs no block.
          if (this.#used.has(label)) this.#structure(OPCODE.block, label, result, () => this.#body(body, result));
          else this.#body(body, result);
        };
        if (expression.place === undefined) write();
        else this.#place(expression.place, write);
        break;
      }
      case "loop":
        this.#structure(OPCODE.loop, expression.label, expression.result, () =>
          this.#body(expression.body, expression.result),
        );
        break;
      case "if":
        this.#expression(expression.condition);
        this.#structure(OPCODE.if, expression.label, expression.result, () => {
          this.#body(expression.consequent, expression.result);
          if (!expression.otherwise) return;
          writer.byte(OPCODE.else);
          this.#body(expression.otherwise, expression.result);
        });
        break;
      case "branch":
        if (expression.value) this.#expression(expression.value);
        if (expression.condition) this.#expression(expression.condition);
        writer.byte(expression.condition ? OPCODE.brIf : OPCODE.br);
        writer.u32(this.#depth(expression.label));
        break;
      case "branchTable":
        if (expression.value) this.#expression(expression.value);
        this.#expression(expression.index);
        writer.byte(OPCODE.brTable);
        writer.u32(expression.labels.length - 1);
        for (const label of expression.labels) writer.u32(this.#depth(label));
        break;
      case "call":
        this.#operands(expression.operands);
        writer.byte(OPCODE.call);
        writer.u32(indexOf(this.#context.functions, expression.target));
        break;
      case "return":
        if (expression.value) this.#expression(expression.value);
        writer.byte(OPCODE.return);
        break;
      case "drop":
        this.#expression(expression.value);
        writer.byte(OPCODE.drop);
        break;
      case "select":
        this.#operands([expression.ifTrue, expression.ifFalse, expression.condition]);
        writer.byte(OPCODE.select);
        break;
      case "unreachable":
        writer.byte(OPCODE.unreachable);
        break;
      case "nop":
        break;
    }
  }

  #operands(operands: readonly Expression[]): void {
    for (const operand of operands) this.#expression(operand);
  }

  #localSet({ index, value, tee }: LocalSet): void {
    this.#expression(value);
    const at = this.#writer.length;
    this.#writer.byte(tee ? OPCODE.localTee : OPCODE.localSet);
    this.#writer.u32(index);
    this.#lastSet = tee ? undefined : { index, at, end: this.#writer.length };
  }

  /** A variable that is read right after it was set: the set can leave the value on the stack. @returns whether it did */
  #keepsOnStack(index: number): boolean {
    const last = this.#lastSet;
    if (last?.index !== index || last.end !== this.#writer.length) return false;
    this.#writer.replace(last.at, OPCODE.localTee);
    this.#lastSet = undefined;
    return true;
  }
}
