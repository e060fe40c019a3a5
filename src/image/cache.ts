/**
 * Keeps linked code between runs, by content: the same library and the same description give the same code. A help, not a store: whatever
 * cannot be read or written is linked anew, and nobody needs to hear of it.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import type { LinkDescription } from "./description.ts";
import type { LinkResult } from "./linkedModule.ts";

/** Bytes of the checksum in front of each entry: tells whether the entry is whole. */
const CHECKSUM = 4;
/** Entries kept at most; the oldest go first. */
const MOST_ENTRIES = 256;
const SUFFIX = ".linked";

/** `$XDG_CACHE_HOME/clickos`, or `~/.cache/clickos` (XDG Base Directory Specification). */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: base } = environment;
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), ".cache"), "clickos");
}

export class LinkCache {
  readonly #directory: string;

  constructor(directory = cacheDirectory()) {
    this.#directory = directory;
  }

  /** @returns what was linked from the same, undefined when there is no entry that is whole */
  get(key: CacheKey): LinkResult | undefined {
    try {
      const entry = readFileSync(this.#file(key.name));
      const content = entry.subarray(CHECKSUM);
      if (entry.readUInt32LE() !== crc32(content) || !content.subarray(0, key.material.length).equals(key.material))
        return undefined;
      return deserialize(content.subarray(key.material.length)) as LinkResult; // `put` wrote it
    } catch {
      return undefined;
    }
  }

  /** Keeps an entry. Others see it whole or not at all. */
  put(key: CacheKey, result: LinkResult): void {
    const content = Buffer.concat([key.material, serialize(result)]);
    const checksum = Buffer.alloc(CHECKSUM);
    checksum.writeUInt32LE(crc32(content));
    const temporary = this.#file(`${key.name}.${process.pid}`);
    try {
      mkdirSync(this.#directory, { recursive: true });
      writeFileSync(temporary, Buffer.concat([checksum, content]));
      renameSync(temporary, this.#file(key.name));
      this.#prune();
    } catch {
      this.#remove(temporary);
    }
  }

  #remove(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch {
      // Where nothing can be written, nothing was.
    }
  }

  #prune(): void {
    const files = readdirSync(this.#directory).filter((name) => name.endsWith(SUFFIX));
    if (files.length <= MOST_ENTRIES) return;
    const aged = files.map((name) => {
      const file = path.join(this.#directory, name);
      return { file, age: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    });
    aged.sort((a, b) => a.age - b.age);
    for (const { file } of aged.slice(0, files.length - MOST_ENTRIES)) this.#remove(file);
  }

  #file(name: string): string {
    return path.join(this.#directory, name + SUFFIX);
  }
}

/** Under which name linked code is kept, and all that it was made from, by which it is recognised. */
export interface CacheKey {
  readonly name: string;
  readonly material: Buffer;
}

/** Checksums and comparison do what a cryptographic hash would, and loading one takes a twentieth of the time that a whole start does. */
export function cacheKey(library: Uint8Array, description: LinkDescription): CacheKey {
  const material = serialize([linkerVersion(), library.length, crc32(library), description]);
  return { name: crc32(material).toString(16).padStart(8, "0"), material };
}

/** Folders of the code that decides what is linked. */
const LINKER_FOLDERS = ["./", "./wasm/", "../pattern/"];

/** When the linker was last changed: while it is being worked on, old code must not come out of the cache. What was emitted, was emitted at once. */
function linkerVersion(): string {
  const self = fileURLToPath(import.meta.url);
  if (self.endsWith(".js")) return String(statSync(self).mtimeMs);
  let newest = 0;
  for (const folder of LINKER_FOLDERS) {
    const directory = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(directory)) newest = Math.max(newest, statSync(path.join(directory, name)).mtimeMs);
  }
  return String(newest);
}
