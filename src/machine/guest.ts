/**
 * A guest: one WebAssembly instance and its memory. The instance may be replaced by another that was made for the same memory (dynamic
 * dispatch by linked code, and back): what the guest knows stays where it is.
 */

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
  #exports: WebAssembly.Exports;
  #buffer: ArrayBufferLike | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  private constructor(memory: WebAssembly.Memory, instance: WebAssembly.Instance) {
    this.memory = memory;
    this.#exports = instance.exports;
  }

  /** Boots a module in a memory of its own, or in one that exists. */
  static boot(
    module: WebAssembly.Module,
    memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES }),
  ): Guest {
    return new Guest(memory, instantiate(module, memory));
  }

  /**
   * Replaces the running code by that of a module made for this memory. Globals keep their values.
   * @throws WebAssembly errors, with the old code in place
   */
  replaceCode(module: WebAssembly.Module): void {
    const instance = instantiate(module, this.memory);
    for (const [name, global] of Object.entries(instance.exports)) {
      const old = this.#exports[name];
      if (name.startsWith(GLOBAL_PREFIX) && global instanceof WebAssembly.Global && old instanceof WebAssembly.Global)
        global.value = old.value;
    }
    this.#exports = instance.exports;
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
    return typeof this.#exports[name] === "function";
  }

  /** @returns the exported function. @throws Error when there is none: a bug, not a user's fault. */
  function(name: string): GuestFunction {
    const found = this.#exports[name];
    if (typeof found !== "function") throw new Error(`the guest has no function ${name}`);
    return found as GuestFunction; // exported functions take and give GuestValues
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
      throw asTrap(error);
    }
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

/** @returns a trap for an engine's error; other errors as they are. */
export function asTrap(error: unknown): unknown {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) return error;
  const stack = error.stack ?? "";
  const frames = [...stack.matchAll(/^\s+at (\S+) \(wasm:/gm)].map((match) => match[1] ?? "");
  return new GuestTrap(error.message, frames, error);
}
