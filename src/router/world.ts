/**
 * The guest's memory as the router arranges it: who allocated what, which bytes will never change, and which handler calls elements may ask
 * for. All of it is plain data about addresses; the guest itself knows nothing of it.
 */
import type { TableMeaning } from "../library/hostHalf.ts";
import type { Library } from "../library/library.ts";
import type { Guest } from "../machine/guest.ts";

/** Bytes of guest memory that nothing changes once the guest runs, so that the linker may fold loads from them. */
export interface ConstantRange {
  readonly address: number;
  readonly length: number;
}

/** Memory that was given out. */
export interface Allocation {
  /** The block of the guest's heap in which it lies. */
  readonly block: number;
  readonly size: number;
  readonly owner: object;
  /** What the linker may make code of in place of the bytes. */
  readonly meaning: TableMeaning | undefined;
}

/** A handler call that an element may ask for. */
export interface RegisteredCall {
  readonly owner: object;
  readonly text: string;
}

/** All that a world knows about the guest's memory. */
export interface WorldRecord {
  readonly allocations: ReadonlyMap<number, Allocation>;
  readonly constants: readonly ConstantRange[];
  readonly calls: readonly (RegisteredCall | undefined)[];
}

export class GuestWorld {
  readonly library: Library;
  readonly guest: Guest;
  readonly #allocations = new Map<number, Allocation>();
  /** Lengths by address. */
  readonly #constants = new Map<number, number>();
  /** Releases that wait for an attempt to succeed. */
  #postponed: number[] | undefined;
  /** By number less one; those of elements that are gone may be missing. */
  #calls: (RegisteredCall | undefined)[] = [];

  constructor(library: Library, guest: Guest) {
    this.library = library;
    this.guest = guest;
  }

  /** Zeroed memory that belongs to `owner`, 64-byte aligned. @returns its address */
  allocate(owner: object, length: number, meaning?: TableMeaning): number {
    const size = length + ALIGNMENT;
    const block = Number(this.guest.call("allocate", size)) >>> 0;
    const address = ((block + ALIGNMENT - 1) & ~(ALIGNMENT - 1)) >>> 0;
    this.#allocations.set(address, { owner, block, size, meaning });
    return address;
  }

  /** Bytes that were asked for at an address; 0 for one that was not given out. */
  lengthAt(address: number): number {
    const allocation = this.#allocations.get(address);
    return allocation ? allocation.size - ALIGNMENT : 0;
  }

  /** The tables that have a meaning beyond their bytes, by address. */
  get meanings(): ReadonlyMap<number, TableMeaning> {
    return new Map([...this.#allocations].flatMap(([address, { meaning }]) => (meaning ? [[address, meaning]] : [])));
  }

  /** Puts a Bytes structure (elements/kernel/bytes.ts) into the guest. @returns its address */
  putBytes(owner: object, bytes: Uint8Array): number {
    const address = this.allocate(owner, LENGTH_WORD + bytes.length);
    this.guest.view.setUint32(address, bytes.length, true);
    this.guest.bytes.set(bytes, address + LENGTH_WORD);
    return address;
  }

  /** Says that nothing changes these bytes once the guest runs. */
  markConstant(address: number, length: number): void {
    this.#constants.set(address, length);
  }

  get constantRanges(): readonly ConstantRange[] {
    return [...this.#constants].map(([address, length]) => ({ address, length }));
  }

  /**
   * Does something that may fail. What it gives back stays until it has succeeded; what it took is given back when it fails.
   * @returns what `work` returned: whether it succeeded
   */
  attempt(work: () => boolean): boolean {
    const before = new Set(this.#allocations.keys());
    const postponed: number[] = [];
    this.#postponed = postponed;
    const succeeded = work();
    this.#postponed = undefined;
    const surplus = succeeded ? postponed : [...this.#allocations.keys()].filter((address) => !before.has(address));
    for (const address of surplus) this.release(address);
    return succeeded;
  }

  /** Gives back what `allocate` gave; 0 is nothing. */
  release(address: number): void {
    const allocation = this.#allocations.get(address);
    if (!allocation) return;
    if (this.#postponed) {
      this.#postponed.push(address);
      return;
    }
    this.#allocations.delete(address);
    this.#constants.delete(address);
    this.guest.call("release", allocation.block, allocation.size);
  }

  /** Gives back everything that belongs to `owner`. */
  releaseAll(owner: object): void {
    for (const [address, allocation] of this.#allocations) if (allocation.owner === owner) this.release(address);
  }

  /** Numbers a handler call for `callHandler` in the guest; numbers start at 1. */
  registerCall(owner: object, text: string): number {
    return this.#calls.push({ owner, text });
  }

  callsOf(owner: object): string[] {
    return this.#calls.flatMap((call) => (call?.owner === owner ? [call.text] : []));
  }

  /** The handler call behind a number that a guest gave, which may be anything. */
  call(number: number): RegisteredCall | undefined {
    return this.#calls[number - 1];
  }

  /** What was given out, by address. */
  get allocations(): ReadonlyMap<number, Allocation> {
    return this.#allocations;
  }

  get calls(): readonly (RegisteredCall | undefined)[] {
    return this.#calls;
  }

  /** The guest's memory is that of another moment: what is known about it is this, and nothing else. */
  resume({ allocations, constants, calls }: WorldRecord): void {
    this.#allocations.clear();
    for (const [address, allocation] of allocations) this.#allocations.set(address, allocation);
    this.#constants.clear();
    for (const { address, length } of constants) this.#constants.set(address, length);
    this.#calls = [...calls];
  }
}

/** A Bytes structure starts with its length (elements/kernel/bytes.ts). */
export const LENGTH_WORD = 4;

/** A cache line: what is given out starts at a multiple of it, and its block is so much longer. */
export const ALIGNMENT = 64;
