/**
 * What a module must be to run as an image, checked before the engine sees it. A module that has but the memory that it imports, and a table of bounded
 * size, cannot take more of the host than it was given: objects of garbage collection, exceptions and memories of its own would be the host's memory, without a limit.
 */
import { FUNCTIONS_SECTION } from "../library/guestAbi.ts";
import { ImageError, type Manifest } from "./manifest.ts";
import { readType } from "./wasm/decode.ts";
import { type Reader, readSections, SECTION, type Section, WasmFormatError } from "./wasm/reader.ts";
import { type FunctionType, I32, I64 } from "./wasm/tree.ts";

const KIND_FUNCTION = 0;
const KIND_MEMORY = 2;
const FUNCTION_REFERENCE = 0x70;
/** A minimum and a maximum follow; 0 = a minimum. Other values say that a memory is shared, or has 64-bit addresses. */
const LIMITS_WITH_MAXIMUM = 1;
/** Places of function tables: each takes some 40 bytes of the host's memory. */
const MOST_PLACES = 1 << 16;

const KNOWN_SECTIONS: ReadonlySet<number> = new Set(Object.values(SECTION));

/** Functions that the fabric calls, and their types. */
const REQUIRED: Readonly<Record<string, FunctionType>> = {
  run: { parameters: [I64, I32], result: I32 },
  nextExpiry: { parameters: [], result: I64 },
};

/**
 * @param image  bytes that a manifest was read from
 * @throws ImageError when they are no module that may run
 */
export function checkModule(image: Uint8Array, manifest: Manifest): void {
  try {
    const sections = readSections(image);
    for (const section of sections) checkSection(section);
    if (!sections.some(({ id }) => id === SECTION.import)) throw new ImageError(ONE_IMPORT);
    const functions = functionsOf(sections);
    checkRequired(functions);
    checkMethods(functions, manifest);
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    throw new ImageError(`no image: ${error.message}`);
  }
}

function checkSection({ id, name, content }: Section): void {
  if (!KNOWN_SECTIONS.has(id)) throw new ImageError(`an image has no section ${id}`);
  if (id === SECTION.import) checkImports(content);
  else if (id === SECTION.table) content.list(() => checkTable(content));
  else if (id === SECTION.memory && content.u32() > 0)
    throw new ImageError("an image has no memory but the one that it imports");
  else if (id === SECTION.custom && name === FUNCTIONS_SECTION)
    throw new ImageError(`a section '${FUNCTIONS_SECTION}' is the element library's, not an image's`);
}

const ONE_IMPORT = "an image imports a memory of 32-bit addresses as env.memory, and nothing else";

function checkImports(reader: Reader): void {
  const imports = reader.list(() => {
    const name = `${reader.name()}.${reader.name()}`;
    const isMemory = reader.byte() === KIND_MEMORY;
    const limits = isMemory ? reader.byte() : 0;
    if (name !== "env.memory" || !isMemory || limits > LIMITS_WITH_MAXIMUM) throw new ImageError(ONE_IMPORT);
    reader.u32();
    if (limits === LIMITS_WITH_MAXIMUM) reader.u32();
  });
  if (imports.length !== 1) throw new ImageError(ONE_IMPORT);
}

function checkTable(reader: Reader): void {
  if (reader.byte() !== FUNCTION_REFERENCE || reader.byte() !== LIMITS_WITH_MAXIMUM)
    throw new ImageError("a table of an image holds functions, and has a maximum");
  reader.u32();
  const maximum = reader.u32();
  if (maximum > MOST_PLACES)
    throw new ImageError(`a table of an image has ${MOST_PLACES} places at most, not ${maximum}`);
}

/** Exported functions by name. None are imported, so that their numbers start with the module's own. */
function functionsOf(sections: readonly Section[]): ReadonlyMap<string, FunctionType | undefined> {
  const list = <Item>(id: number, read: (reader: Reader) => Item): Item[] => {
    const section = sections.find((each) => each.id === id);
    return section ? section.content.list(() => read(section.content)) : [];
  };
  const types = list(SECTION.type, readType);
  const functions = list(SECTION.function, (reader) => types[reader.u32()]);
  const exports = list(SECTION.export, (reader) => {
    return { name: reader.name(), kind: reader.byte(), index: reader.u32() };
  });
  return new Map(
    exports.filter(({ kind }) => kind === KIND_FUNCTION).map(({ name, index }) => [name, functions[index]]),
  );
}

function checkRequired(functions: ReadonlyMap<string, FunctionType | undefined>): void {
  for (const [name, type] of Object.entries(REQUIRED)) {
    if (!functions.has(name)) throw new ImageError(`an image exports '${name}', and this one does not`);
    const found = functions.get(name);
    if (!found || typeText(found) !== typeText(type))
      throw new ImageError(`the image's '${name}' is of another type than ${typeText(type)}`);
  }
}

const TYPE_NAMES: Readonly<Record<number, string>> = { [I32]: "i32", [I64]: "i64" };

function typeText({ parameters, result }: FunctionType): string {
  const name = (type: number): string => TYPE_NAMES[type] ?? "another";
  return `(${parameters.map(name).join(", ")}) -> ${result === undefined ? "nothing" : name(result)}`;
}

function checkMethods(functions: ReadonlyMap<string, FunctionType | undefined>, { handlers }: Manifest): void {
  for (const [className, ofClass] of Object.entries(handlers))
    for (const { name, readMethod, writeMethod } of ofClass)
      for (const method of [readMethod, writeMethod])
        if (method !== undefined && !functions.has(method))
          throw new ImageError(
            `handler '${name}' of ${className} is served by '${method}', which the image does not export`,
          );
}
