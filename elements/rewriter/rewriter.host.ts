/**
 * The host half of all rewriters: input specifications, the table's capacity or its owner, annotations, and handlers
 * about them.
 */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import { HandlerError, type HostedElement, type HostHalf, type HostHandler } from "../../src/library/hostHalf.ts";
import { readHandlerArguments, readWord, required } from "../net/words.host.ts";
import {
  areOutputs,
  formatRecord,
  type InputSpecification,
  parseInputSpecification,
  RECORD_SIZE,
  writeMapper,
  writeRecord,
} from "./inputSpec.host.ts";
import { mapperOutputs } from "./mapper.host.ts";

/** Bits of the field `annotations` (rewrite.ts). */
const ANNOTATE_DESTINATION = 1;
const ANNOTATE_REPLY = 2;
const ANNOTATION_SHIFT = 2;

/** The rewriters whose table each rewriter shares. */
const tableOwners = new WeakMap<HostedElement, HostedElement>();

/** The mapper that stands for each input's specification. */
const mappers = new WeakMap<HostedElement, Map<number, HostedElement>>();

/** @param handlers  those of one class */
export function rewriterHostHalf(handlers: Readonly<Record<string, HostHandler>> = {}): HostHalf {
  return {
    configure,
    initialize(element) {
      shareTable(element);
      for (const [input, mapper] of mappers.get(element) ?? []) connectMapper(element, input, mapper);
    },
    start(element) {
      const names = Array.from({ length: element.nInputs }, (_, input) => `pattern${input}`);
      return {
        findHandler: (name) => (names.includes(name) ? patternHandler(names.indexOf(name)) : undefined),
        handlerNames: () => names.toReversed(),
      };
    },
    goesOn: true,
    handlers: { ...handlers, patterns, capacity },
  };
}

function configure(element: HostedElement, values: ArgumentValues, rest: readonly string[]): void {
  element.set("annotations", annotationBits(values));
  if (!setCapacity(element, values)) element.error("bad MAPPING_CAPACITY");
  else if (rest.length === element.nInputs) setInputs(element, rest);
  else element.error(`need ${element.nInputs} arguments, one per input port`);
}

/** Reads one specification an input. */
function setInputs(element: HostedElement, texts: readonly string[]): void {
  const records = Buffer.alloc(texts.length * RECORD_SIZE);
  const found = new Map<number, HostedElement>();
  for (const [input, text] of texts.entries()) {
    const specification = parseInputSpecification(element, text);
    if (typeof specification === "string") {
      element.error(`input spec ${input}: ${specification}`);
      continue;
    }
    if (specification.kind === "mapper") found.set(input, specification.mapper);
    writeRecord(records.subarray(input * RECORD_SIZE, (input + 1) * RECORD_SIZE), specification, input);
  }
  element.setTable("inputs", records);
  mappers.set(element, found);
}

/** The bits for DST_ANNO, which some rewriters do not have but always act upon, and REPLY_ANNO. */
export function annotationBits(values: ArgumentValues): number {
  const reply = values.get("REPLY_ANNO");
  const destinationBit = values.get("DST_ANNO") === false ? 0 : ANNOTATE_DESTINATION;
  return destinationBit | (reply === undefined ? 0 : ANNOTATE_REPLY | (Number(reply) << ANNOTATION_SHIFT));
}

/** Reads a number of flows, or the name of a rewriter to share with. @returns whether it is one of these */
function setCapacity(element: HostedElement, values: ArgumentValues): boolean {
  const text = values.get("MAPPING_CAPACITY") ?? values.get("CAPACITY");
  tableOwners.delete(element);
  element.set("sharesTable", false);
  if (text === undefined) return true;
  const capacity = readWord<number>(element, "int", String(text));
  if (capacity !== undefined) {
    element.set("capacity", Math.max(capacity, 0));
    return true;
  }
  const owner = element.find(String(text));
  if (!owner?.isA("IPRewriterBase")) return false;
  if (owner === element) return true;
  tableOwners.set(element, owner);
  element.set("sharesTable", true);
  return lastOwner(element) !== undefined;
}

/** The rewriter at the end of the chain of shared tables; undefined when there is none, or the chain is a ring. */
function lastOwner(element: HostedElement): HostedElement | undefined {
  const seen = new Set<HostedElement>([element]);
  let owner = tableOwners.get(element);
  for (let next = owner; next; next = tableOwners.get(next)) {
    if (seen.has(next)) return undefined;
    seen.add(next);
    owner = next;
  }
  return owner;
}

function shareTable(element: HostedElement): void {
  const owner = lastOwner(element);
  if (owner) element.set("table", Number(owner.get("table")));
}

function connectMapper(element: HostedElement, input: number, mapper: HostedElement): void {
  mapperOutputs(mapper).forEach((outputs, pattern) => {
    if (!areOutputs(element, outputs))
      element.error(
        `input spec ${input}: output port out of range in ${mapper.name} :: ${mapper.className} pattern ${pattern}`,
      );
  });
  writeMapper(recordOf(element, input), Number(mapper.get("mapper")));
}

/** An input's record in the guest. */
function recordOf(element: HostedElement, input: number): Buffer {
  const bytes = element.memory(Number(element.get("inputs")) + input * RECORD_SIZE, RECORD_SIZE);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

const patterns: HostHandler = {
  flags: "r",
  documentation: "A line an input: its specification, and in brackets how many flows it has.",
  read: (element) =>
    Array.from({ length: element.nInputs }, (_, input) => formatRecord(recordOf(element, input))).join(""),
};

const capacity: HostHandler = {
  flags: "rw",
  documentation: "Most flows in the table. When it is lowered, the flows that expire first go.",
  read: (element) => String(Number(element.call("tableCapacity")) >>> 0),
  write(element, text) {
    const given = readHandlerArguments(element, [required("CAPACITY", "int")], text);
    element.call("setCapacity", Math.max(Number(given.get("CAPACITY")), 0));
  },
};

/** `patternN`: reads and changes one input's specification. A change removes the flows that the old one made. */
function patternHandler(input: number): HostHandler {
  return {
    flags: "rw",
    documentation: "The specification of this input; a change removes the flows that it made.",
    read: (element) => formatRecord(recordOf(element, input)),
    write(element, text) {
      const specification = parseInputSpecification(element, text);
      if (typeof specification === "string") throw new HandlerError(`input spec ${input}: ${specification}`);
      element.call("removeFlowsOf", input);
      replaceRecord(element, input, specification);
    },
  };
}

function replaceRecord(element: HostedElement, input: number, specification: InputSpecification): void {
  writeRecord(recordOf(element, input), specification, input);
  element.call("inputReplaced", input);
  mappers.get(element)?.delete(input);
  if (specification.kind !== "mapper") return;
  connectMapper(element, input, specification.mapper);
}
