/** Builds the fabric's data plane: compiles the entries of `plane/`, and binds their accesses to guests' memories. Writes to `dist/plane`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type binaryen from "binaryen";
import { wasmFeatures } from "../library/wasmFeatures.ts";
import { PLANE_DATA, PLANE_MODULES, planePath } from "./modules.ts";

const SOURCES = fileURLToPath(new URL("../../plane/", import.meta.url));

async function compile(entry: string, dataOffset: number): Promise<Uint8Array> {
  const { main } = await import("assemblyscript/asc");
  let module: Uint8Array | undefined;
  const errors: string[] = [];
  const flags = [
    `${entry}.ts`,
    "-O3",
    "--runtime",
    "stub",
    "--noAssert",
    "--debug",
    "--importMemory",
    "--importTable",
    "--initialMemory",
    "1",
    "--memoryBase",
    String(dataOffset),
    "--enable",
    "simd,bulk-memory,sign-extension,nontrapping-f2i,mutable-globals",
    "--outFile",
    "plane.wasm",
  ];
  const { error } = await main(flags, {
    readFile: (name: string) => {
      try {
        return readFileSync(path.join(SOURCES, name), "utf8");
      } catch {
        return null;
      }
    },
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === "plane.wasm" && typeof contents !== "string") module = contents;
    },
    listFiles: () => [],
    stdout: { write: () => undefined },
    stderr: { write: (text: string) => errors.push(text) },
  });
  if (error || !module) throw new Error(`plane/${entry}.ts: ${errors.join("")}${error?.message ?? ""}`);
  return module;
}

/** Memories beside the switch's own. */
const MEMORIES = ["from", "to"] as const;

type Builder = (m: binaryen.Module, memory: string, operand: (index: number) => number) => number;

/** The instruction that each function of `plane/memories.ts` stands for. Vectors are stored unaligned, as x86 and ARM take them. */
const INSTRUCTIONS: Readonly<Record<string, Builder>> = {
  size: (m, memory) => m.memory.size(memory),
  load8: (m, memory, operand) => m.i32.load8_u(0, 1, operand(0), memory),
  load16: (m, memory, operand) => m.i32.load16_u(0, 1, operand(0), memory),
  load32: (m, memory, operand) => m.i32.load(0, 1, operand(0), memory),
  load64: (m, memory, operand) => m.i64.load(0, 1, operand(0), memory),
  loadVector: (m, memory, operand) => m.v128.load(0, 1, operand(0), memory),
  store8: (m, memory, operand) => m.i32.store8(0, 1, operand(0), operand(1), memory),
  store32: (m, memory, operand) => m.i32.store(0, 1, operand(0), operand(1), memory),
  store64: (m, memory, operand) => m.i64.store(0, 1, operand(0), operand(1), memory),
  storeVector: (m, memory, operand) => m.v128.store(0, 1, operand(0), operand(1), memory),
};

/** Binds the accesses to guests' memories, and optimises. */
async function bind(compiled: Uint8Array): Promise<Uint8Array> {
  const { default: b } = await import("binaryen");
  const module = b.readBinary(compiled);
  try {
    module.setFeatures(wasmFeatures(b) | b.Features.MultiMemory | b.Features.ReferenceTypes | b.Features.BulkMemoryOpt);
    const open = Array.from({ length: module.getNumFunctions() }, (_, index) =>
      b.getFunctionInfo(module.getFunctionByIndex(index)),
    ).filter(({ module: from }) => (MEMORIES as readonly string[]).includes(from ?? ""));
    const used = MEMORIES.filter((name) => open.some((info) => info.module === name));
    for (const name of used) module.addMemoryImport(name, name, "memory");
    for (const { name, base, module: memory, params, results } of open) {
      const build = INSTRUCTIONS[base ?? ""];
      if (!build) throw new Error(`plane/memories.ts declares ${memory}.${base}, which has no instruction`);
      const types = b.expandType(params);
      const body = build(module, memory ?? "", (index) => module.local.get(index, types[index] ?? b.i32));
      module.removeFunction(name);
      module.addFunction(name, params, results, [], body);
    }
    b.setOptimizeLevel(3);
    b.setShrinkLevel(0);
    module.optimize();
    b.setDebugInfo(true);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** @param wanted  entries to build; none = all */
async function build(wanted: readonly string[]): Promise<void> {
  mkdirSync(planePath(""), { recursive: true });
  for (const [place, name] of PLANE_MODULES.entries())
    if (wanted.length === 0 || wanted.includes(name))
      writeFileSync(planePath(`${name}.wasm`), await bind(await compile(name, PLANE_DATA * place + PLANE_DATA / 2)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
