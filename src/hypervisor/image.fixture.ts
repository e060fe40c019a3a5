/** Images for tests: good ones, and ones that somebody has changed. */
import { brotliDecompressSync } from "node:zlib";
import { DEVICES } from "../host/capture/devices.ts";
import { encodeManifest, MANIFEST_SECTION, type Manifest } from "../image/manifest.ts";
import { encodePlaces, PLACES_SECTION } from "../image/places.ts";
import { readManifest } from "../image/readManifest.ts";
import { encodeModule, type OutputFunction } from "../image/wasm/encode.ts";
import { readSections, SECTION } from "../image/wasm/reader.ts";
import {
  branch,
  type Expression,
  type FunctionType,
  I32,
  I64,
  i32,
  i64,
  Label,
  UNREACHABLE,
} from "../image/wasm/tree.ts";
import { Writer } from "../image/wasm/writer.ts";
import { loadLibrary } from "../library/library.ts";
import { bootImage } from "../machine/bootImage.ts";
import { buildImage } from "../router/image.ts";
import { openRouter } from "../router/open.ts";
import { RecordedDevices } from "../router/recordedDevices.ts";

export type Image = Uint8Array<ArrayBuffer>;

/** @throws Error with its messages when the configuration has a fault */
export function imageOf(configuration: string): Image {
  const messages: string[] = [];
  const driver = openRouter(
    { text: Buffer.from(configuration), file: "test.click" },
    {
      library: loadLibrary(),
      parameters: new Map(),
      clickPath: undefined,
      simulatedStart: 1_000_000_000_000_000_000n,
      seed: 1n,
      print: (text) => messages.push(text),
      printMessage: (text) => messages.push(text),
      allowReconfigure: false,
      shared: new Map([[DEVICES, new RecordedDevices()]]),
    },
  );
  if (!driver) throw new Error(messages.join(""));
  const image = buildImage(driver.router, "real");
  driver.router.close();
  return image;
}

/** What stands in the manifest, to be changed into anything. */
export function manifestOf(image: Image): Record<string, unknown> {
  const { content } = readSections(image).find(({ name }) => name === MANIFEST_SECTION)!;
  return JSON.parse(brotliDecompressSync(content.take(content.end - content.at)).toString());
}

/** The same image with another manifest. */
export function withManifest(image: Image, manifest: unknown): Image {
  return withSections(image, (writer) => {
    writer.section(SECTION.custom, (section) => {
      section.name(MANIFEST_SECTION);
      section.raw(encodeManifest(manifest as Manifest)); // to be found out
    });
  });
}

/** The same image with some members of the manifest changed. */
export function withChanges(image: Image, changes: Readonly<Record<string, unknown>>): Image {
  return withManifest(image, { ...manifestOf(image), ...changes });
}

/** The same image with other bytes in a section; undefined = without the section. */
export function withSection(image: Image, id: number, content: readonly number[] | undefined): Image {
  const writer = new Writer();
  writer.raw(image.subarray(0, 8));
  const add = (): void => {
    if (content) writer.section(id, (section) => section.raw(Uint8Array.from(content)));
  };
  let added = false;
  for (const section of readSections(image)) {
    const isBehind = section.id === SECTION.custom || ORDER.indexOf(section.id) >= ORDER.indexOf(id);
    if (!added && isBehind) {
      add();
      added = true;
    }
    if (section.id !== id) writer.raw(section.whole);
  }
  return writer.bytes().slice();
}

/** Sections in the order in which modules have them; 13 is that of exceptions. */
const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

function withSections(image: Image, add: (writer: Writer) => void): Image {
  const writer = new Writer();
  writer.raw(image.subarray(0, 8));
  for (const section of readSections(image)) if (section.name !== MANIFEST_SECTION) writer.raw(section.whole);
  add(writer);
  return writer.bytes().slice();
}

export const ENDLESS: readonly Expression[] = endless();

function endless(): Expression[] {
  const again = new Label();
  return [{ kind: "loop", label: again, body: [branch(again, i32(1))], result: undefined }, UNREACHABLE];
}

const RUN: FunctionType = { parameters: [I64, I32], result: I32 };
const NEXT_EXPIRY: FunctionType = { parameters: [], result: I64 };
const START: FunctionType = { parameters: [], result: undefined };

export interface Program {
  readonly run?: readonly Expression[];
  readonly nextExpiry?: readonly Expression[];
  /** Runs when the image is booted. */
  readonly start?: readonly Expression[];
  readonly changes?: Partial<Manifest>;
}

/** An image with the kernel and the memory of a good one, and with code of its own: somebody's. */
export function programImage({ run = [i32(0)], nextExpiry = [i64(-1n)], start, changes = {} }: Program): Image {
  const good = imageOf("Idle -> Discard;");
  const of = (name: string, type: FunctionType, body: readonly Expression[]): OutputFunction => {
    return { name, type, locals: [], body };
  };
  const [runs, expires] = [of("run", RUN, run), of("nextExpiry", NEXT_EXPIRY, nextExpiry)];
  const starts = start && of("start", START, start);
  return encodeModule({
    memoryPages: readManifest(good).memoryPages,
    functions: [runs, expires, ...(starts ? [starts] : [])],
    globals: [],
    initialValues: new Map(),
    exportedFunctions: new Map([
      ["run", runs],
      ["nextExpiry", expires],
    ]),
    exportedGlobals: new Map(),
    data: [{ address: 0, bytes: bootImage(good).guest.bytes.slice() }],
    start: starts,
    named: false,
    customSections: (places) =>
      new Map([
        [MANIFEST_SECTION, encodeManifest({ ...readManifest(good), handlers: {}, ...changes })],
        [PLACES_SECTION, encodePlaces(places)],
      ]),
  });
}
