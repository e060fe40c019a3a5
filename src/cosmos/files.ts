/** Files that commands read and write: `-` stands for standard input and output. */
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { Failure } from "./faults.ts";
import { type Terminal, write } from "./terminal.ts";

/** Bytes of a file, and what messages call it. */
export interface Input {
  readonly bytes: Buffer;
  readonly name: string;
}

/** @throws the system's error, which has the path */
export async function readInput(path: string, { input }: Terminal): Promise<Input> {
  if (path === "-") return { bytes: await buffer(input), name: "<stdin>" };
  try {
    return { bytes: await readFile(path), name: path };
  } catch (error) {
    // Reading a directory fails without saying which.
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}

export interface OutputChoice {
  readonly path: string;
  /** Whether a file that exists gives way. */
  readonly force: boolean;
}

/**
 * Writes a file whole or not at all: what fails half-way is removed, and what was there before stays until the new one is complete.
 *
 * @throws Failure if there is such a file and it must not give way; the system's error
 */
export async function writeOutput(
  { path, force }: OutputChoice,
  chunks: AsyncIterable<Uint8Array>,
  { output }: Terminal,
): Promise<void> {
  if (path === "-") return writeToStandardOutput(chunks, output);
  const existing = await stat(path).catch(() => undefined);
  // A pipe or a device: nothing to keep, nothing to remove.
  if (existing && !existing.isFile()) return writeFile(path, chunks);
  if (existing && !force) throw new Failure(`${path} exists: choose another name, or replace it with --force`);
  const written = existing ? `${path}.${process.pid}.part` : path;
  await writeWhole(written, chunks);
  if (existing) await rename(written, path);
}

async function writeToStandardOutput(chunks: AsyncIterable<Uint8Array>, output: Terminal["output"]): Promise<void> {
  if (output.isTTY) throw new Failure("these bytes are not for a terminal: redirect them, or name a file");
  for await (const chunk of chunks) await write(output, chunk);
}

async function writeWhole(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(chunks);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
