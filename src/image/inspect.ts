/** Explains an image: what is in it, and how many bytes each part takes. */
import { ImageError, type Manifest } from "./manifest.ts";
import { decodePlaces, PLACES_SECTION } from "./places.ts";
import { readManifest } from "./readManifest.ts";
import type { Place } from "./wasm/encode.ts";
import { type Reader, readSections, SECTION, type Section } from "./wasm/reader.ts";

export interface InspectedElement {
  readonly name: string;
  readonly class: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly address: number;
  /** Bytes of code made for this element alone. */
  readonly codeBytes: number;
}

export interface InspectedImage {
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly codeBytes: number;
  /** Code that serves several elements, or the kernel. */
  readonly sharedCodeBytes: number;
  readonly dataBytes: number;
  /** `MODULE.NAME`. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly elements: readonly InspectedElement[];
}

/** @throws ImageError when the bytes are no image of this version */
export function inspectImage(image: Uint8Array): InspectedImage {
  const manifest = readManifest(image);
  try {
    return inspect(image, manifest);
  } catch (error) {
    throw new ImageError("the image is damaged", { cause: error });
  }
}

function inspect(image: Uint8Array, manifest: Manifest): InspectedImage {
  const sections = readSections(image);
  const size = (id: number): number => sections.find((section) => section.id === id)?.whole.length ?? 0;
  const own = ownBytes(placesOf(sections));
  const elements = manifest.elements.map(({ name, class: className, inputs, outputs, address }) => ({
    name,
    class: className,
    inputs,
    outputs,
    address,
    codeBytes: own.get(name) ?? 0,
  }));
  return {
    manifest,
    bytes: image.length,
    codeBytes: size(SECTION.code),
    sharedCodeBytes: size(SECTION.code) - elements.reduce((sum, { codeBytes }) => sum + codeBytes, 0),
    dataBytes: size(SECTION.data),
    imports: listOf(sections, SECTION.import, (reader) => `${reader.name()}.${skipImport(reader)}`),
    exports: listOf(sections, SECTION.export, (reader) => {
      const name = reader.name();
      reader.byte();
      reader.u32();
      return name;
    }),
    elements,
  };
}

function listOf(sections: readonly Section[], id: number, item: (reader: Reader) => string): string[] {
  const section = sections.find((each) => each.id === id);
  return section ? section.content.list(() => item(section.content)) : [];
}

/** Images import a memory, nothing else. */
function skipImport(reader: Reader): string {
  const name = reader.name();
  const isMemory = reader.byte() === 2;
  const limits = isMemory ? reader.byte() : 0;
  reader.u32();
  if (limits & 1) reader.u32();
  return name;
}

function placesOf(sections: readonly Section[]): Place[] {
  const section = sections.find(({ name }) => name === PLACES_SECTION);
  return section ? decodePlaces(section.content.take(section.content.end - section.content.at)) : [];
}

/** Bytes by element: functions are named `ELEMENT/FUNCTION`; what was put into them counts for its own element. */
function ownBytes(places: readonly Place[]): Map<string, number> {
  const bytes = new Map<string, number>();
  const add = (name: string, count: number): void => {
    const slash = name.lastIndexOf("/");
    if (slash >= 0) bytes.set(name.slice(0, slash), (bytes.get(name.slice(0, slash)) ?? 0) + count);
  };
  const open: Place[] = [];
  for (const place of places) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= place.start) open.pop();
    const outer = open.at(-1);
    if (outer) add(outer.name, place.start - place.end);
    add(place.name, place.end - place.start);
    open.push(place);
  }
  return bytes;
}
