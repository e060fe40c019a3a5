/** What a router knows about its guest's memory, as plain data for a saved state, and back. Elements are named by their place in the configuration. */
import type { TableMeaning } from "../library/hostHalf.ts";
import type { Guest, GuestValue } from "../machine/guest.ts";
import { SnapshotError } from "../machine/snapshot.ts";
import type { GuestElement } from "./guestElement.ts";
import { CLASS_NUMBER_DISTANCE, OWNED_OBJECTS, tableFields } from "./linkDescription.ts";
import type { Router } from "./router.ts";
import { PAGE, type StateHeader } from "./stateFile.ts";
import { ALIGNMENT, type Allocation, type ConstantRange, type RegisteredCall, type WorldRecord } from "./world.ts";

type SavedAllocation = StateHeader["allocations"][number];

/** Kernel objects that are made before everything else, always in the same place: the driver keeps their addresses. */
const FIRST_OBJECTS = ["console", "calls", "handlerText"] as const;

/** @throws SnapshotError when the memory holds more than the router's elements */
export function describeMemory(router: Router): Omit<StateHeader, "library" | "configuration" | "simulated"> {
  const { world, elements } = router;
  const places = new Map<object, number>(elements.map((element, place) => [element, place]));
  const constants = new Map(world.constantRanges.map(({ address, length }) => [address, length]));
  return {
    pages: world.guest.bytes.length / PAGE,
    globals: savedGlobals(world.guest),
    elements: elements.map(({ address, configuration, references }) => ({
      address,
      configuration,
      references: [...references].flatMap((element) => places.get(element) ?? []),
    })),
    allocations: [...world.allocations].map(([address, allocation]) =>
      describeAllocation(router, places, address, allocation, constants.get(address)),
    ),
    calls: world.calls.map((call) => describeCall(call, places)),
  };
}

function jsonNumber(value: GuestValue): number | string {
  return typeof value === "bigint" ? String(value) : value;
}

function describeAllocation(
  router: Router,
  places: ReadonlyMap<object, number>,
  address: number,
  { block, size, owner, meaning }: Allocation,
  constant: number | undefined,
): SavedAllocation {
  const plain = { address, block, size, ...(constant === undefined ? {} : { constant }) };
  if (owner === router.wiring) return plain;
  const place = places.get(owner);
  const element = place === undefined ? undefined : router.elements[place];
  if (place === undefined || !element)
    throw new SnapshotError("another configuration is about to take over: the router has to run first");
  const table = meaning && tableFields(element).find((field) => Number(element.get(field)) === address);
  return { ...plain, owner: place, ...(table === undefined ? {} : { table }) };
}

function describeCall(
  call: RegisteredCall | undefined,
  places: ReadonlyMap<object, number>,
): StateHeader["calls"][number] {
  const owner = call && places.get(call.owner);
  return call && owner !== undefined ? { owner, text: call.text } : null;
}

/**
 * Checks what a state says about its memory.
 * @param router  whose host halves have read the saved arguments, and whose elements lie where they were built
 */
export function readWorld(router: Router, { allocations, calls, pages }: StateHeader): WorldRecord {
  const { meanings } = router.world;
  const found = new Map<number, Allocation>();
  const constants: ConstantRange[] = [];
  for (const saved of allocations) {
    const { address, block, size, owner, table, constant } = saved;
    if (!isPossible(saved, pages * PAGE) || found.has(address))
      throw new SnapshotError(`the saved router cannot have allocated ${size} bytes at ${address}`);
    const element = owner === undefined ? undefined : elementAt(router, owner);
    const meaning = table === undefined ? undefined : meaningOf(element, table, meanings);
    found.set(address, { block, size, owner: element ?? router.wiring, meaning });
    if (constant !== undefined) constants.push({ address, length: constant });
  }
  return {
    allocations: found,
    constants,
    calls: calls.map((call) => (call ? { owner: elementAt(router, call.owner), text: call.text } : undefined)),
  };
}

/** An address is the first multiple of ALIGNMENT in its block. */
function isPossible({ address, block, size, constant = 0 }: SavedAllocation, memorySize: number): boolean {
  const isAligned = address % ALIGNMENT === 0 && address >= block && address - block < ALIGNMENT;
  return isAligned && size >= ALIGNMENT && constant <= size - ALIGNMENT && block + size <= memorySize;
}

/** The meaning of a table is not saved: the element has made it from the same arguments. */
function meaningOf(
  element: GuestElement | undefined,
  table: string,
  meanings: ReadonlyMap<number, TableMeaning>,
): TableMeaning {
  const isKnown = element && tableFields(element).includes(table);
  const meaning = isKnown ? meanings.get(Number(element.get(table))) : undefined;
  if (!meaning) throw new SnapshotError(`the saved router has rules where there are none: '${table}'`);
  return meaning;
}

function elementAt(router: Router, place: number): GuestElement {
  const element = router.elements[place];
  if (!element) throw new SnapshotError(`the saved router has no element ${place}`);
  return element;
}

/** By what a memory is recognised as one of this library with these elements. */
export interface Landmarks {
  readonly kernelObjects: readonly number[];
  /** Of each element. */
  readonly classNumbers: readonly number[];
}

/** @throws RangeError when an element lies outside of the memory */
export function findLandmarks(router: Router): Landmarks {
  const { view } = router.world.guest;
  return {
    kernelObjects: FIRST_OBJECTS.map((field) => view.getUint32(router.kernelField(field), true)),
    classNumbers: router.elements.map(({ address }) => view.getUint32(address - CLASS_NUMBER_DISTANCE, true)),
  };
}

/** Puts the guest's globals and the router's elements where the restored memory has them. */
export function takePlaces(router: Router, { elements, globals }: StateHeader, built: Landmarks): void {
  const { guest } = router.world;
  guest.setGlobals(globalValues(guest, globals));
  for (const [place, element] of router.elements.entries()) {
    const { address = 0, references = [] } = elements[place] ?? {};
    element.address = address;
    element.references.clear();
    for (const reference of references) element.references.add(elementAt(router, reference));
  }
  const found = findLandmarks(router);
  if (found.kernelObjects.some((address, index) => address !== built.kernelObjects[index]))
    throw new SnapshotError("the saved router's kernel is not where it has to be");
  for (const [place, element] of router.elements.entries())
    if (found.classNumbers[place] !== built.classNumbers[place] || !hasItsObjects(router, element))
      throw new SnapshotError(
        `the saved router has no '${element.name} :: ${element.className}' at ${element.address}`,
      );
}

/** Whether an element, and what it owns, lie in the memory as a whole. */
function hasItsObjects(router: Router, element: GuestElement): boolean {
  const { structures } = router.world.library.catalogue;
  const memorySize = router.world.guest.bytes.length;
  const { fields } = element.elementClass;
  if (element.address + sizeOf(fields) > memorySize) return false;
  return Object.entries(fields).every(([name, { type }]) => {
    const isOwned = OWNED_OBJECTS.has(type);
    return !isOwned || Number(element.get(name)) + sizeOf(structures[type] ?? {}) <= memorySize;
  });
}

function sizeOf(fields: Readonly<Record<string, { readonly offset: number; readonly size: number }>>): number {
  return Math.max(0, ...Object.values(fields).map(({ offset, size }) => offset + size));
}

/** The guest's globals as a state has them. */
export function savedGlobals({ globals }: Guest): StateHeader["globals"] {
  return Object.fromEntries([...globals].map(([name, value]) => [name, jsonNumber(value)]));
}

/** Values for all globals that the guest has, of their types. @throws SnapshotError when the state has others */
export function globalValues({ globals }: Guest, saved: StateHeader["globals"]): ReadonlyMap<string, GuestValue> {
  const values = new Map<string, GuestValue>();
  for (const [name, current] of globals) {
    const value = Object.hasOwn(saved, name) ? saved[name] : undefined;
    if (typeof current === "bigint" && typeof value === "string") values.set(name, BigInt(value));
    else if (typeof current === "number" && typeof value === "number") values.set(name, value);
    else throw new SnapshotError(`the saved router has no value for the guest's variable '${name}'`);
  }
  return values;
}
