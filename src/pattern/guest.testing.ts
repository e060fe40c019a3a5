/** A bare guest for tests and benchmarks: a memory, the table walkers compiled on the fly, and matchers as code. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import binaryen from "binaryen";
import type { ExamplePacket } from "./evaluate.ts";
import type { Pattern } from "./pattern.ts";

const NET = join(import.meta.dirname, "../../elements/net");

/** Runs a matcher over `count` packets: addresses at `list`, results to `out`. */
export type Run = (list: number, count: number, out: number) => void;

/** Where tests put things; the walkers themselves own no memory. */
export const PACKETS_AT = 0x10000;

const RUNNERS = `
import { matchProgram } from "./matchProgram";
import { matchDiagrams } from "./matchDiagrams";
export function runProgram(table: usize, list: usize, count: i32, out: usize): void {
  for (let i = 0; i < count; i++) store<i32>(out + (<usize>i << 2), matchProgram(table, load<u32>(list + (<usize>i << 2))));
}
export function runDiagrams(table: usize, list: usize, count: i32, out: usize): void {
  for (let i = 0; i < count; i++) store<i32>(out + (<usize>i << 2), matchDiagrams(table, load<u32>(list + (<usize>i << 2))));
}
`;

export interface Walkers {
  runProgram(table: number, list: number, count: number, out: number): void;
  runDiagrams(table: number, list: number, count: number, out: number): void;
}

/** Compiles `elements/net/match*.ts`. */
export async function compileWalkers(): Promise<WebAssembly.Module> {
  const sources = new Map([["runners.ts", RUNNERS]]);
  for (const name of ["matchProgram.ts", "matchDiagrams.ts"])
    sources.set(name, await readFile(join(NET, name), "utf8"));
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      "runners.ts",
      "--outFile",
      "out.wasm",
      "-O3",
      "--runtime",
      "stub",
      "--importMemory",
      "--enable",
      "simd",
      "--noAssert",
    ],
    {
      readFile: (name) => sources.get(name) ?? null,
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") binary = new Uint8Array(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`the walkers do not compile: ${stderr.toString()}`);
  return new WebAssembly.Module(binary);
}

export class Guest {
  readonly memory: WebAssembly.Memory;
  readonly walkers: Walkers;

  constructor(walkers: WebAssembly.Module, pages = 64) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
    const { exports } = new WebAssembly.Instance(walkers, { env: { memory: this.memory, abort: () => {} } });
    // the module was compiled from RUNNERS above, which exports these functions
    this.walkers = exports as unknown as Walkers;
  }

  /** Places bytes at an address, growing the memory where needed. */
  place(address: number, bytes: Uint8Array): void {
    const missing = address + bytes.length + 64 - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(this.memory.buffer).set(bytes, address);
  }

  /**
   * Places a packet's structure and its bytes, with `0xee` around them, at an address divisible by 4.
   * @returns the first free address after it
   */
  placePacket(address: number, packet: ExamplePacket): number {
    const bytes = address + 32;
    const at = (position: number | undefined): number => (position === undefined ? 0 : bytes + position);
    this.place(address, new Uint8Array(32 + packet.bytes.length + 32).fill(0xee));
    const fields = new Uint32Array(this.memory.buffer, address, 5);
    fields.set([
      bytes + packet.start,
      packet.end - packet.start,
      at(packet.networkHeader),
      at(packet.transportHeader),
      at(packet.macHeader),
    ]);
    this.place(bytes, packet.bytes.subarray(0, packet.end));
    return (bytes + packet.bytes.length + 35) & ~3;
  }

  /** Compiles a pattern's code against this guest's memory. */
  code(pattern: Pattern): Run {
    const module = codeModule(pattern);
    const { run } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory: this.memory } }).exports;
    // codeModule exports a function with these parameters
    return run as Run;
  }
}

/** A module with the pattern's matcher and a function `run` that calls it in a loop. */
export function codeModule(pattern: Pattern): Uint8Array<ArrayBuffer> {
  const module = new binaryen.Module();
  module.setMemory(1, 65536);
  module.addMemoryImport("0", "env", "memory");
  pattern.emitMatcher(module, "match");
  const { i32 } = binaryen;
  const local = (index: number) => module.local.get(index, i32);
  const four = () => module.i32.const(4);
  const step = module.block(null, [
    module.i32.store(0, 4, local(2), module.call("match", [module.i32.load(0, 4, local(0))], i32)),
    module.local.set(0, module.i32.add(local(0), four())),
    module.local.set(2, module.i32.add(local(2), four())),
    module.br_if("next", module.local.tee(1, module.i32.sub(local(1), module.i32.const(1)), i32)),
  ]);
  const parameters = binaryen.createType([i32, i32, i32]);
  module.addFunction("run", parameters, binaryen.none, [], module.loop("next", step));
  module.addFunctionExport("run", "run");
  if (!module.validate()) throw new Error("the matcher is not valid WebAssembly");
  const binary = new Uint8Array(module.emitBinary());
  module.dispose();
  return binary;
}
