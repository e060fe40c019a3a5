/**
 * Makes the bootable form of the library: the calls that the linker would bind are bound to dynamic dispatch, and every
 * class's methods get a place in the module's function table.
 */
import type binaryen from "binaryen";
import type { MethodTable } from "../catalogue.ts";
import { DIRECT_EXPORTS, FUNCTIONS_SECTION, GLOBAL_PREFIX, TABLE_EXPORT } from "../guestAbi.ts";
import { wasmFeatures } from "../wasmFeatures.ts";

/**
 * First place of the function table that the compiler may use itself; ours lie below. Every place costs every guest some 60 bytes of host memory: there is
 * room for a few more classes than there are.
 */
export const TABLE_BASE = 2048;

const METHODS = ["push", "pull", "runTask", "onTimer"] as const;

/** Binaryen's `ExternalKinds.Function`; its typings declare the enumeration as ambient, so that it cannot be named here. */
const FUNCTION_EXPORT = 0;

/** What each open call is bound to. */
const BINDINGS: Readonly<Record<string, string>> = {
  emit: "dispatchEmit",
  fetch: "dispatchFetch",
  runTask: "dispatchRunTask",
  onTimer: "dispatchOnTimer",
  match: "dispatchMatch",
};

/**
 * @param body  the compiled library
 * @param classNames  its element classes
 * @returns the bootable module, and each class's places in its table
 */
export async function makeDynamic(
  body: Uint8Array,
  classNames: readonly string[],
): Promise<{ dynamic: Uint8Array; tables: ReadonlyMap<string, MethodTable> }> {
  const { default: b } = await import("binaryen");
  const module = b.readBinary(body);
  try {
    module.setFeatures(wasmFeatures(b));
    const exported = exportedFunctions(b, module);
    bindOpenCalls(b, module, exported);
    const { tables, functions } = placeMethods(classNames, exported);
    hideFunctions(module, exported, functions);
    putTable(b, module, functions);
    exportGlobals(b, module);
    module.runPasses(["remove-unused-module-elements"]);
    // Function names: reports of faults show them.
    b.setDebugInfo(true);
    return { dynamic: module.emitBinary(), tables };
  } finally {
    module.dispose();
  }
}

/** @returns internal function names by export name. */
export function exportedFunctions(b: typeof binaryen, module: binaryen.Module): Map<string, string> {
  const found = new Map<string, string>();
  for (let i = 0; i < module.getNumExports(); i++) {
    const info = b.getExportInfo(module.getExportByIndex(i));
    if (info.kind === FUNCTION_EXPORT) found.set(info.name, info.value);
  }
  return found;
}

/** Replaces the imports of module "link" by functions that call the dispatchers. */
function bindOpenCalls(b: typeof binaryen, module: binaryen.Module, exported: ReadonlyMap<string, string>): void {
  const open: { name: string; base: string | null; params: number; results: number }[] = [];
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const info = b.getFunctionInfo(module.getFunctionByIndex(i));
    if (info.module === "link")
      open.push({ name: info.name, base: info.base, params: info.params, results: info.results });
  }
  for (const { name, base, params, results } of open) {
    const target = exported.get(BINDINGS[base ?? ""] ?? "");
    if (!target) throw new Error(`the library does not export ${BINDINGS[base ?? ""]}, which link.${base} is bound to`);
    const operands = b.expandType(params).map((type, index) => module.local.get(index, type));
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.call(target, operands, results));
  }
}

function placeMethods(
  classNames: readonly string[],
  exported: ReadonlyMap<string, string>,
): { tables: Map<string, MethodTable>; functions: string[] } {
  const functions: string[] = [];
  const tables = new Map<string, MethodTable>();
  for (const className of classNames) {
    const table = { push: 0, pull: 0, runTask: 0, onTimer: 0 };
    for (const method of METHODS) {
      const target = exported.get(`${className}$${method}`);
      if (target) table[method] = functions.push(target);
    }
    tables.set(className, table);
  }
  return { tables, functions };
}

/**
 * Takes functions that the host calls now and then out of the exports, and puts them into the table: the engine makes an object for every export of every
 * guest, but one for a place of the table only when it is asked for. A section tells their places.
 */
function hideFunctions(module: binaryen.Module, exported: ReadonlyMap<string, string>, functions: string[]): void {
  const places: Record<string, number> = {};
  for (const [name, target] of exported) {
    if (DIRECT_EXPORTS.has(name)) continue;
    places[name] = functions.push(target);
    module.removeExport(name);
  }
  module.addCustomSection(FUNCTIONS_SECTION, Buffer.from(JSON.stringify(places)));
}

/** Place 0 stays empty: it means "no such method". */
function putTable(b: typeof binaryen, module: binaryen.Module, functions: string[]): void {
  if (functions.length >= TABLE_BASE)
    throw new Error(`${functions.length} functions do not fit below place ${TABLE_BASE} of the function table`);
  const table = b.getTableInfo(module.getTable("0"));
  module.addTableExport(table.name, TABLE_EXPORT);
  module.addActiveElementSegment(table.name, "methods", functions, module.i32.const(1));
}

/** What the guest keeps in globals is handed on when other code takes over its memory (Guest.replaceCode). */
function exportGlobals(b: typeof binaryen, module: binaryen.Module): void {
  for (let i = 0; i < module.getNumGlobals(); i++) {
    const global = b.getGlobalInfo(module.getGlobalByIndex(i));
    if (global.mutable) module.addGlobalExport(global.name, `${GLOBAL_PREFIX}${global.name}`);
  }
}
