/**
 * Keeps linked code between runs, by content: the same library and the same description give the same code. A help, not a store: whatever
 * cannot be read or written is linked anew, and nobody needs to hear of it.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import type { LinkDescription } from "./description.ts";
import type { LinkResult } from "./linkedModule.ts";

/** Bytes of SHA-256, in front of each entry: tells whether the entry is whole. */
const DIGEST = 32;
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

  /** @returns the entry, undefined when there is none that is whole */
  get(key: string): LinkResult | undefined {
    try {
      const bytes = readFileSync(this.#file(key));
      const content = bytes.subarray(DIGEST);
      return digest(content).equals(bytes.subarray(0, DIGEST)) ? (deserialize(content) as LinkResult) : undefined; // `put` wrote it
    } catch {
      return undefined;
    }
  }

  /** Keeps an entry. Others see it whole or not at all. */
  put(key: string, result: LinkResult): void {
    const content = serialize(result);
    const temporary = this.#file(`${key}.${process.pid}`);
    try {
      mkdirSync(this.#directory, { recursive: true });
      writeFileSync(temporary, Buffer.concat([digest(content), content]));
      renameSync(temporary, this.#file(key));
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

  #file(key: string): string {
    return path.join(this.#directory, key + SUFFIX);
  }
}

function digest(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

/** @returns the name under which linked code is kept: it says what the code was made from, and with which linker */
export function cacheKey(library: Uint8Array, description: LinkDescription): string {
  const hash = createHash("sha256").update(linkerVersion()).update(digest(library)).update(serialize(description));
  return hash.digest("hex");
}

/** Folders of the code that decides what is linked. */
const LINKER_FOLDERS = ["./", "./wasm/", "../pattern/"];

/** When the linker was last changed: while it is being worked on, old code must not come out of the cache. */
function linkerVersion(): string {
  let newest = 0;
  for (const folder of LINKER_FOLDERS) {
    const directory = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(directory)) newest = Math.max(newest, statSync(path.join(directory, name)).mtimeMs);
  }
  return String(newest);
}
