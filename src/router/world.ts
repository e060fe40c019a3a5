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

interface Allocation extends ConstantRange {
  readonly owner: object;
  /** What the linker may make code of in place of the bytes. */
  readonly meaning: TableMeaning | undefined;
}

export class GuestWorld {
  readonly library: Library;
  readonly guest: Guest;
  readonly #allocations = new Map<number, Allocation>();
  /** Lengths by address. */
  readonly #constants = new Map<number, number>();
  /** Releases that wait for an attempt to succeed. */
  #postponed: number[] | undefined;
  readonly #calls: { readonly owner: object; readonly text: string }[] = [];

  constructor(library: Library, guest: Guest) {
    this.library = library;
    this.guest = guest;
  }

  /** Zeroed memory that belongs to `owner`, 64-byte aligned. @returns its address */
  allocate(owner: object, length: number, meaning?: TableMeaning): number {
    const block = Number(this.guest.call("allocate", length + ALIGNMENT)) >>> 0;
    const address = (block + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    this.#allocations.set(address, { owner, address: block, length: length + ALIGNMENT, meaning });
    return address;
  }

  /** Bytes that were asked for at an address; 0 for one that was not given out. */
  lengthAt(address: number): number {
    const allocation = this.#allocations.get(address);
    return allocation ? allocation.length - ALIGNMENT : 0;
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
    this.guest.call("release", allocation.address, allocation.length);
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
    return this.#calls.filter((call) => call.owner === owner).map(({ text }) => text);
  }

  /** The handler call behind a number that a guest gave, which may be anything. */
  call(number: number): { readonly owner: object; readonly text: string } | undefined {
    return this.#calls[number - 1];
  }
}

/** A Bytes structure starts with its length (elements/kernel/bytes.ts). */
export const LENGTH_WORD = 4;

/** A cache line. */
const ALIGNMENT = 64;
