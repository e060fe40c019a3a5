/**
 * A guest: one WebAssembly instance and its memory. Another instance that was made for the same memory may take its place (linked code that of
 * the library, and back): what the guest knows stays where it is.
 */

import { decodePlaces, functionsAt, PLACES_SECTION } from "../image/places.ts";
import type { Place } from "../image/wasm/encode.ts";
import { FUNCTIONS_SECTION, GLOBAL_PREFIX, TABLE_EXPORT } from "../library/guestAbi.ts";

/** What a guest function takes and gives: numbers up to 32 bits, bigints for 64. */
export type GuestValue = number | bigint;
export type GuestFunction = (...parameters: GuestValue[]) => GuestValue | undefined;

/** A guest stopped by a fault. `cause` is the engine's error. */
export class GuestTrap extends Error {
  /** The guest's functions that were running, innermost first. */
  readonly frames: readonly string[];

  constructor(message: string, frames: readonly string[], cause: unknown) {
    super(message, { cause });
    this.frames = frames;
  }
}

/** Pages that a guest may grow to: all that 32 bits address. How much it takes is decided when it is configured. */
const MAXIMUM_PAGES = 65536;
/** The library's data and its first allocations; the rest grows as the configuration needs it. */
const INITIAL_PAGES = 4;

/** @param maximum  pages of 64 KiB that it may grow to */
export function guestMemory(maximum = MAXIMUM_PAGES): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: Math.max(maximum, INITIAL_PAGES) });
}

export class Guest {
  readonly memory: WebAssembly.Memory;
  /** Of the code that it booted with, and of the code that runs now. */
  readonly #booted: WebAssembly.Exports;
  readonly #bootedPlaces: FunctionPlaces;
  #exports: WebAssembly.Exports;
  #module: WebAssembly.Module;
  #buffer: ArrayBufferLike | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  private constructor(memory: WebAssembly.Memory, module: WebAssembly.Module) {
    this.memory = memory;
    this.#module = module;
    this.#booted = instantiate(module, memory).exports;
    this.#bootedPlaces = functionPlaces(module);
    this.#exports = this.#booted;
  }

  /** Boots a module in a memory of its own, or in one that exists. */
  static boot(module: WebAssembly.Module, memory = guestMemory()): Guest {
    return new Guest(memory, module);
  }

  /**
   * Replaces the running code by that of a module made for this memory. Globals keep their values. Functions that the module does not have
   * are still served by the code that the guest booted with.
   * @throws WebAssembly errors, with the old code in place
   */
  replaceCode(module: WebAssembly.Module): void {
    const { exports } = instantiate(module, this.memory);
    copyGlobals(this.#exports, exports);
    this.#exports = exports;
    this.#module = module;
  }

  /** Goes back to the code that the guest booted with. */
  restoreCode(): void {
    copyGlobals(this.#exports, this.#booted);
    this.#exports = this.#booted;
  }

  /** The variables that code hands on to code, by name. */
  get globals(): ReadonlyMap<string, GuestValue> {
    const globals = new Map<string, GuestValue>();
    for (const [name, global] of Object.entries(this.#exports)) {
      if (name.startsWith(GLOBAL_PREFIX) && global instanceof WebAssembly.Global)
        globals.set(name.slice(GLOBAL_PREFIX.length), global.value as GuestValue); // integers of 32 or 64 bits
    }
    return globals;
  }

  /** Sets globals to values that `globals` gave. Names that the guest does not have are ignored. */
  setGlobals(values: ReadonlyMap<string, GuestValue>): void {
    for (const [name, value] of values) {
      const global = this.#exports[GLOBAL_PREFIX + name];
      if (global instanceof WebAssembly.Global) global.value = value;
    }
  }

  /** Whether other code runs than that which the guest booted with. */
  get isReplaced(): boolean {
    return this.#exports !== this.#booted;
  }

  #tableFunction(name: string): GuestFunction | undefined {
    const table = this.#booted[TABLE_EXPORT];
    const place = this.#bootedPlaces[name];
    if (place === undefined || !(table instanceof WebAssembly.Table)) return undefined;
    return (table.get(place) as GuestFunction | null) ?? undefined; // the library's functions take and give GuestValues
  }

  /** The guest's memory as bytes and as numbers. Do not keep them: a guest that grows gets new ones. */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }
  get view(): DataView {
    this.#refresh();
    return this.#view;
  }

  has(name: string): boolean {
    return this.#bootedPlaces[name] !== undefined || typeof this.#booted[name] === "function";
  }

  /** @returns the exported function. @throws Error when there is none: a bug, not a user's fault. */
  function(name: string): GuestFunction {
    return functionIn(this.#exports, name) ?? this.#bootedFunction(name);
  }

  /** The function itself, as other modules can call it. @throws Error when the running code has none: a bug, not a user's fault */
  exported(name: string): WebAssembly.ExportValue {
    const found = this.#exports[name];
    if (!found) throw new Error(`the guest has no function ${name}`);
    return found;
  }

  /** A function that the running code does not have. */
  #bootedFunction(name: string): GuestFunction {
    const found = functionIn(this.#booted, name) ?? this.#tableFunction(name);
    if (!found) throw new Error(`the guest has no function ${name}`);
    if (!this.isReplaced) return found;
    return (...parameters) => {
      copyGlobals(this.#exports, this.#booted);
      const result = found(...parameters);
      copyGlobals(this.#booted, this.#exports);
      return result;
    };
  }

  /**
   * Calls an exported function.
   * @returns its result, 0 for none
   * @throws GuestTrap when the guest faults
   */
  call(name: string, ...parameters: GuestValue[]): GuestValue {
    try {
      return this.function(name)(...parameters) ?? 0;
    } catch (error) {
      throw this.asTrap(error);
    }
  }

  /** @returns a trap for an engine's error that a guest function threw; other errors as they are */
  asTrap(error: unknown): unknown {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) return error;
    return new GuestTrap(error.message, this.#framesOf(error.stack ?? ""), error);
  }

  /**
   * The guest's functions in a stack trace: those of the module in which the fault was, for the fabric that called it is a module, too. Of linked code, the
   * elements' functions that were put into others are named, too.
   */
  #framesOf(stack: string): string[] {
    const places = placesOf(this.#module);
    const frames = [...stack.matchAll(/^\s+at (?:(\S+) \()?(wasm:\S+):wasm-function\[\d+\]:0x([0-9a-f]+)\)?$/gm)];
    const innermost = frames[0]?.[2];
    return frames.flatMap(([, name, module, offset = ""]) => {
      if (module !== innermost) return [];
      const found = functionsAt(places, Number.parseInt(offset, 16));
      return found.length > 0 ? found : [name ?? "?"];
    });
  }

  #refresh(): void {
    if (this.#buffer === this.memory.buffer) return;
    this.#buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.#view = new DataView(this.#buffer);
  }
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Instance {
  return new WebAssembly.Instance(module, {
    env: {
      memory,
      abort: () => {
        throw new WebAssembly.RuntimeError("abort");
      },
    },
  });
}

/** Which function's code lies where; nothing, where the engine knows the names, or where a foreign image's section is damaged. */
function placesOf(module: WebAssembly.Module): Place[] {
  const [section] = WebAssembly.Module.customSections(module, PLACES_SECTION);
  try {
    return section ? decodePlaces(new Uint8Array(section)) : [];
  } catch {
    return [];
  }
}

/** Places of functions in a module's table, by name. */
type FunctionPlaces = Readonly<Record<string, number>>;

const placesOfModules = new WeakMap<WebAssembly.Module, FunctionPlaces>();

/** What the section of the library tells; nothing, for an image. */
function functionPlaces(module: WebAssembly.Module): FunctionPlaces {
  const known = placesOfModules.get(module);
  if (known) return known;
  const [section] = WebAssembly.Module.customSections(module, FUNCTIONS_SECTION);
  const places: FunctionPlaces = section ? JSON.parse(Buffer.from(section).toString()) : {}; // our own build wrote it
  placesOfModules.set(module, places);
  return places;
}

function functionIn(exports: WebAssembly.Exports, name: string): GuestFunction | undefined {
  const found = exports[name];
  return typeof found === "function" ? (found as GuestFunction) : undefined; // exported functions take and give GuestValues
}

/** Code that takes over a memory takes over what the code before it kept in globals. */
function copyGlobals(from: WebAssembly.Exports, to: WebAssembly.Exports): void {
  if (from === to) return;
  for (const [name, global] of Object.entries(to)) {
    const old = from[name];
    if (name.startsWith(GLOBAL_PREFIX) && global instanceof WebAssembly.Global && old instanceof WebAssembly.Global)
      global.value = old.value;
  }
}
