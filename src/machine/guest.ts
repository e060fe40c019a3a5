/**
 * A guest: one WebAssembly instance and its memory. Another instance that was made for the same memory may take its place (linked code that of
 * the library, and back): what the guest knows stays where it is.
 */

import { decodePlaces, functionsAt, PLACES_SECTION } from "../image/places.ts";
import { GLOBAL_PREFIX } from "../library/guestAbi.ts";

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

export class Guest {
  readonly memory: WebAssembly.Memory;
  /** Of the code that it booted with, and of the code that runs now. */
  readonly #booted: WebAssembly.Exports;
  #exports: WebAssembly.Exports;
  #module: WebAssembly.Module;
  #buffer: ArrayBufferLike | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  private constructor(memory: WebAssembly.Memory, module: WebAssembly.Module) {
    this.memory = memory;
    this.#module = module;
    this.#booted = instantiate(module, memory).exports;
    this.#exports = this.#booted;
  }

  /** Boots a module in a memory of its own, or in one that exists. */
  static boot(
    module: WebAssembly.Module,
    memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES }),
  ): Guest {
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
    return typeof this.#booted[name] === "function";
  }

  /** @returns the exported function. @throws Error when there is none: a bug, not a user's fault. */
  function(name: string): GuestFunction {
    return functionIn(this.#exports, name) ?? this.#bootedFunction(name);
  }

  /** A function that the running code does not have. */
  #bootedFunction(name: string): GuestFunction {
    const found = functionIn(this.#booted, name);
    if (!found) throw new Error(`the guest has no function ${name}`);
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

  /** The guest's functions in a stack trace. Of linked code, the elements' functions that were put into others, too. */
  #framesOf(stack: string): string[] {
    const [section] = this.isReplaced ? WebAssembly.Module.customSections(this.#module, PLACES_SECTION) : [];
    const places = section ? decodePlaces(new Uint8Array(section)) : [];
    return [...stack.matchAll(/^\s+at (?:(\S+) \()?wasm:.*:0x([0-9a-f]+)\)?$/gm)].flatMap(([, name, offset = ""]) => {
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
