/**
 * Which element's code lies where in a linked module. Inlining makes one function of a whole path, so that a fault's stack trace names the
 * function but not the element; this table, a custom section of the module, does.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Place } from "./wasm/encode.ts";
import { Reader } from "./wasm/reader.ts";
import { Writer } from "./wasm/writer.ts";

export const PLACES_SECTION = "clickos.places";

/** Bytes of the largest table that is read. */
const LARGEST_TABLE = 1 << 24;

/** Compressed: names once, then places in order of their start: distance from the one before, length, name. */
export function encodePlaces(places: readonly Place[]): Uint8Array {
  const names = new Map<string, number>();
  for (const { name } of places) if (!names.has(name)) names.set(name, names.size);
  const writer = new Writer();
  writer.list([...names.keys()], (name) => writer.name(name));
  let before = 0;
  writer.list(
    places.toSorted((a, b) => a.start - b.start || b.end - a.end),
    ({ start, end, name }) => {
      writer.u32(start - before);
      writer.u32(end - start);
      writer.u32(names.get(name) ?? 0);
      before = start;
    },
  );
  return deflateRawSync(writer.bytes());
}

/** @returns places in order of their start, outer ones first. @throws Error when the section is damaged */
export function decodePlaces(section: Uint8Array): Place[] {
  const reader = new Reader(inflateRawSync(section, { maxOutputLength: LARGEST_TABLE }));
  const names = reader.list(() => reader.name());
  let start = 0;
  return reader.list(() => {
    start += reader.u32();
    const end = start + reader.u32();
    return { start, end, name: names[reader.u32()] ?? "" };
  });
}

/** @returns the functions whose code contains an offset of the module, innermost first */
export function functionsAt(places: readonly Place[], offset: number): string[] {
  return places
    .filter(({ start, end }) => start <= offset && offset < end)
    .map(({ name }) => name)
    .toReversed();
}
