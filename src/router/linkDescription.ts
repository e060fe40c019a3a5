/** Describes a router that is ready to run for the linker: its graph, and the bytes of guest memory that will not change. */
import type { ConstantBytes, Edge, LinkDescription, PatternTable } from "../image/description.ts";
import type { BetterTable } from "../image/patternTables.ts";
import { type Field, structureOffset } from "../library/catalogue.ts";
import { RING_CAPACITY, RING_SLOT_COUNT } from "../machine/ring.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";
import type { ConstantRange } from "./world.ts";

/** Fields of the kernel state that are set once, before the guest runs; packets are not traced while linked code runs. */
const KERNEL_CONSTANTS = [
  "simulated",
  "bufferStride",
  "console",
  "calls",
  "handlerText",
  "timerHeap",
  "trace",
] as const;

/** Kernel objects that elements own for life; the router knows their addresses, so that no element may exchange them. */
export const OWNED_OBJECTS: ReadonlySet<string> = new Set(["Task", "Timer", "Notifier"]);

/** AssemblyScript keeps the number of an object's class so many bytes before the object. */
export const CLASS_NUMBER_DISTANCE = 8;
const WORD = 4;

/** @param counters  for profiling: see LinkDescription */
export function describeForLinking(router: Router, counters?: number): LinkDescription {
  const { catalogue } = router.world.library;
  const classes = new Set(router.elements.map(({ className }) => className));
  return {
    elements: router.elements.map((element) => ({
      name: element.name,
      className: element.className,
      address: element.address,
      usesTask: mayRunTask(element),
    })),
    edges: edgesOf(router),
    methods: Object.fromEntries([...classes].map((name) => [name, catalogue.classes[name]?.methods ?? []])),
    constants: constantsOf(router),
    patterns: patternsOf(router),
    idOffset: structureOffset(catalogue, "Element", "id"),
    counters,
  };
}

/** Elements whose ports leave their task nothing to do say so in `taskUsed`; those with a timer may only hide the task's handlers by that. */
function mayRunTask(element: GuestElement): boolean {
  const { fields } = element.elementClass;
  const hasTimer = Object.values(fields).some(({ type }) => type === "Timer");
  return hasTimer || !fields.taskUsed || Number(element.get("taskUsed")) !== 0;
}

function edgesOf({ configuration, ports }: Router): Edge[] {
  return configuration.connections.map(({ from, fromPort, to, toPort }) => ({
    from,
    fromPort,
    to,
    toPort,
    kind: ports[from]?.outputs[fromPort]?.processing === "push" ? "push" : "pull",
  }));
}

/** The rule tables that elements refer to. */
function patternsOf(router: Router): PatternTable[] {
  const { meanings } = router.world;
  if (meanings.size === 0) return [];
  return router.elements.flatMap((element) =>
    tableFields(element).flatMap((name) => {
      const address = Number(element.get(name));
      const meaning = meanings.get(address);
      if (!meaning) return [];
      const kind = router.world.guest.view.getUint32(address, true);
      // What means rules is what the pattern compiler gave to the element's host half.
      return [{ ...(meaning as Pick<PatternTable, "rules" | "coordinates">), element: element.name, address, kind }];
    }),
  );
}

/** The fields in which an element may have the address of a rule table. */
export function tableFields({ elementClass }: GuestElement): string[] {
  return Object.entries(elementClass.fields).flatMap(([name, { type, constant }]) =>
    constant && type === "usize" ? [name] : [],
  );
}

/** Puts better tables in the place of those that elements refer to. */
export function exchangeTables(router: Router, tables: readonly BetterTable[]): void {
  const { meanings } = router.world;
  for (const { address, bytes } of tables) {
    for (const element of router.elements) {
      for (const name of tableFields(element))
        if (Number(element.get(name)) === address) element.setTable(name, bytes, meanings.get(address));
    }
  }
}

/** By address, neighbours joined: the same configuration gives the same description. */
function constantsOf(router: Router): ConstantBytes[] {
  const { guest, library } = router.world;
  const ranges: ConstantRange[] = [...router.world.constantRanges];
  const add = (address: number, length: number): void => {
    ranges.push({ address, length });
  };
  for (const name of KERNEL_CONSTANTS) {
    const size = library.catalogue.structures.KernelState?.[name]?.size ?? 0;
    add(router.kernelField(name), size);
  }
  for (const element of router.elements) addElement(router, element, add);
  const { bytes } = guest;
  return joined(ranges).map(({ address, length }) => ({ address, bytes: bytes.slice(address, address + length) }));
}

function joined(ranges: ConstantRange[]): ConstantRange[] {
  const result: ConstantRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.address - b.address)) {
    const last = result.at(-1);
    if (!last || last.address + last.length < range.address) result.push(range);
    else {
      const end = Math.max(last.address + last.length, range.address + range.length);
      result[result.length - 1] = { address: last.address, length: end - last.address };
    }
  }
  return result;
}

function addElement(router: Router, element: GuestElement, add: (address: number, length: number) => void): void {
  const { fields, listens } = element.elementClass;
  const { structures } = router.world.library.catalogue;
  const signals = new Set(listens.map(({ field }) => field));
  add(element.address - CLASS_NUMBER_DISTANCE, WORD);
  for (const [name, field] of Object.entries(fields)) {
    if (!field.constant && !OWNED_OBJECTS.has(field.type) && !signals.has(name)) continue;
    add(element.address + field.offset, field.size);
    if (field.type === "Ring") addRing(Number(element.get(name)), add);
    const layout = structures[field.type];
    const address = layout ? Number(element.get(name)) : 0;
    if (layout && address !== 0) addConstantFields(layout, address, add);
  }
}

/** Slots and capacity of a ring stay what they were when it was made. */
function addRing(address: number, add: (address: number, length: number) => void): void {
  if (address !== 0) add(address + RING_SLOT_COUNT, RING_CAPACITY + WORD - RING_SLOT_COUNT);
}

function addConstantFields(
  layout: Readonly<Record<string, Field>>,
  address: number,
  add: (address: number, length: number) => void,
): void {
  for (const { constant, offset, size } of Object.values(layout)) if (constant) add(address + offset, size);
}
