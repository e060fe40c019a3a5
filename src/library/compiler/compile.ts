/**
 * Compiles element files: AssemblyScript to one Wasm module, and the catalogue beside it. The module comes in two forms: `body`,
 * whose calls along edges are still open (the linker clones from it), and `dynamic`, in which they go through port tables.
 */
import { stripVTControlCharacters } from "node:util";
import type { Catalogue, ElementClass, Field } from "../catalogue.ts";
import { type ClassDeclaration, type Kinds, readDeclarations, type SourceNode } from "./declarations.ts";
import { describeElement, describeFields, type FieldPlace } from "./describe.ts";
import { makeDynamic, TABLE_BASE } from "./dynamic.ts";
import { isElementClass } from "./hierarchy.ts";
import { WRAPPER_FILE, writeWrappers } from "./wrappers.ts";

/** Element files by module path below the library's root: "ip/DecIPTTL.ts" -> text. Kernel and header views are among them. */
export type ElementSources = ReadonlyMap<string, string>;

export interface CompiledLibrary {
  readonly body: Uint8Array;
  readonly dynamic: Uint8Array;
  readonly catalogue: Catalogue;
}

/** Element files that do not compile: the compiler's messages, with file and line. */
export class ElementError extends Error {
  readonly code = "ELEMENT_DOES_NOT_COMPILE";
}

/** The compiler's errors, without its warnings, and without the colours that it adds wherever the environment has a CI variable. */
function faultsOf(messages: string): string {
  const blocks = stripVTControlCharacters(messages).split(/\n(?=(?:ERROR|WARNING|FAILURE) )/);
  return blocks
    .filter((block) => block.startsWith("ERROR"))
    .map((block) => block.trimEnd())
    .join("\n\n");
}

/** Name that the library's root has in module paths. */
const ROOT = "elements";

/** Kernel structures whose layout the host needs. */
const HOST_VISIBLE = [
  "KernelState",
  "Packet",
  "Task",
  "Timer",
  "Notifier",
  "Signal",
  "Stream",
  "Trace",
  "Capture",
  "Text",
  "PortEntry",
  "Element",
  "ElementHead",
  "Bytes",
];

/** -O2: -O0 code is full of copies of `this` and cannot be cloned well. `--debug` keeps function names, which reports of faults show. */
const COMPILER_FLAGS = [
  "-O2",
  "--debug",
  "--runtime",
  "minimal",
  "--noAssert",
  "--importMemory",
  "--initialMemory",
  "1",
  "--tableBase",
  String(TABLE_BASE),
  "--enable",
  "simd,bulk-memory,sign-extension,nontrapping-f2i,mutable-globals",
  "--outFile",
  "library.wasm",
];

/**
 * @param sources  all element files
 * @param entries  the files whose elements are wanted; what they import comes along
 * @param hasHostHalf  whether an element file ("ip/IPFilter") has a host module beside it
 * @throws ElementError with the compiler's messages (file, line, fault) when a file does not compile
 */
export async function compileElements(
  sources: ElementSources,
  entries: readonly string[],
  hasHostHalf: (file: string) => boolean,
): Promise<CompiledLibrary> {
  const compiler = await import("assemblyscript");
  const { main } = await import("assemblyscript/asc");
  const reader = new Reader(compiler as unknown as CompilerNumbers); // the numbers exist in every 0.28 release
  // The kernel is always wanted: the wrappers and the host build on it.
  const kernel = [...sources.keys()].filter((path) => path.startsWith("kernel/"));
  const entry = [...kernel, ...entries].map((path) => `import "./${ROOT}/${path.replace(/\.ts$/, "")}";`);
  let module: Uint8Array | undefined;
  const errors: string[] = [];
  const { error } = await main(["entry.ts", ...COMPILER_FLAGS], {
    readFile: (path: string) =>
      path === "entry.ts" ? entry.join("\n") : (sources.get(path.slice(ROOT.length + 1)) ?? null),
    writeFile: (path: string, contents: string | Uint8Array) => {
      if (path === "library.wasm" && typeof contents !== "string") module = contents;
    },
    listFiles: () => [],
    stdout: { write: () => undefined },
    stderr: { write: (text: string) => errors.push(text) },
    // The compiler calls the hooks of plain objects; its published type wants its own Transform class.
    transforms: [reader as never],
  });
  if (error || !module)
    throw new ElementError(faultsOf(errors.join("")) || error?.message || "the compiler wrote no module");
  return assemble(module, reader, hasHostHalf);
}

interface CompilerNumbers {
  readonly NodeKind: Readonly<Record<string, number>>;
  readonly Token: Readonly<Record<string, number>>;
}

interface Parser {
  readonly sources: readonly SourceNode[];
  parseFile(text: string, path: string, isEntry: boolean): void;
}

/** A class as compiled. Fields are properties that have a place in memory; getters have none (-1). */
interface ClassInstance {
  offsetof?(field: string): number;
  readonly members: Map<
    string,
    { readonly instance?: { readonly memoryOffset: number; readonly type: { readonly byteSize: number } } | null }
  > | null;
}

/** The compiler's hook: reads declarations after parsing, adds the wrappers, and takes the layout after compiling. */
class Reader {
  classes: ClassDeclaration[] = [];
  places = new Map<string, ReadonlyMap<string, { offset: number; size: number }>>();
  /** Set by the compiler before it calls a hook. */
  program: { readonly instancesByName: Map<string, ClassInstance> } | undefined;
  private readonly kinds: Kinds;
  private parser: { readonly program?: Reader["program"] } | undefined;

  constructor(numbers: CompilerNumbers) {
    this.kinds = kindsFrom(numbers);
  }

  afterParse(parser: Parser & { readonly program?: Reader["program"] }): void {
    this.parser = parser;
    this.classes = readDeclarations(parser.sources, this.kinds);
    parser.parseFile(writeWrappers(this.classes, ROOT), WRAPPER_FILE, true);
  }

  afterInitialize(program: NonNullable<Reader["program"]>): void {
    this.program = program;
  }

  afterCompile(): void {
    const program = this.program ?? this.parser?.program;
    if (!program) throw new Error("the compiler gave its hook no program");
    for (const declaration of this.classes) {
      const instance = program.instancesByName.get(`${declaration.file}/${declaration.name}`);
      if (instance?.offsetof) this.places.set(declaration.name, placesOf(instance));
    }
  }
}

function placesOf(instance: ClassInstance): ReadonlyMap<string, { offset: number; size: number }> {
  const places = new Map<string, { offset: number; size: number }>();
  for (const [name, member] of instance.members ?? []) {
    const property = member.instance;
    if (property && property.memoryOffset >= 0)
      places.set(name, { offset: property.memoryOffset, size: property.type.byteSize });
  }
  return places;
}

function kindsFrom({ NodeKind, Token }: CompilerNumbers): Kinds {
  const node = (name: string): number => NodeKind[name] ?? missing(name);
  const token = (name: string): number => Token[name] ?? missing(name);
  return {
    classDeclaration: node("ClassDeclaration"),
    fieldDeclaration: node("FieldDeclaration"),
    methodDeclaration: node("MethodDeclaration"),
    binary: node("Binary"),
    unaryPrefix: node("UnaryPrefix"),
    unaryPostfix: node("UnaryPostfix"),
    propertyAccess: node("PropertyAccess"),
    elementAccess: node("ElementAccess"),
    thisExpression: node("This"),
    assignmentOperators: new Set(ASSIGNMENTS.map(token)),
    stepOperators: new Set(["Plus_Plus", "Minus_Minus"].map(token)),
  };
}

const ASSIGNMENTS = [
  "Equals",
  "Plus_Equals",
  "Minus_Equals",
  "Asterisk_Equals",
  "Asterisk_Asterisk_Equals",
  "Slash_Equals",
  "Percent_Equals",
  "LessThan_LessThan_Equals",
  "GreaterThan_GreaterThan_Equals",
  "GreaterThan_GreaterThan_GreaterThan_Equals",
  "Ampersand_Equals",
  "Bar_Equals",
  "Caret_Equals",
];

function missing(name: string): never {
  throw new Error(`this release of AssemblyScript has no ${name}`);
}

async function assemble(
  module: Uint8Array,
  reader: Reader,
  hasHostHalf: (file: string) => boolean,
): Promise<CompiledLibrary> {
  const byName = new Map(reader.classes.map((declaration) => [declaration.name, declaration]));
  const place: FieldPlace = (className, field) => reader.places.get(className)?.get(field);
  const elements = reader.classes.filter(isElementClass).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { dynamic, tables } = await makeDynamic(
    module,
    elements.map(({ name }) => name),
  );
  const classes: Record<string, ElementClass> = {};
  for (const declaration of elements) {
    const table = tables.get(declaration.name) ?? { push: 0, pull: 0, runTask: 0, onTimer: 0 };
    const hostHalf = hasHostHalf(declaration.file.slice(ROOT.length + 1));
    classes[declaration.name] = describeElement(declaration, byName, place, table, hostHalf, ROOT);
  }
  const structures: Record<string, Record<string, Field>> = {};
  for (const name of HOST_VISIBLE) {
    const declaration = byName.get(name);
    if (declaration) structures[name] = describeFields(declaration, byName, place);
  }
  return { body: module, dynamic, catalogue: { classes, structures, kernelAddress: kernelAddress(dynamic) } };
}

/** The compiler chooses the address; the module tells it. */
function kernelAddress(module: Uint8Array): number {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const abort = (): never => {
    throw new Error("the library aborted while it started");
  };
  // A copy, since the compiled bytes may lie in a buffer that WebAssembly.Module does not accept.
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(module)), { env: { memory, abort } });
  const address = instance.exports.kernelAddress;
  if (typeof address !== "function") throw new Error("the library does not export kernelAddress");
  return Number(address());
}
