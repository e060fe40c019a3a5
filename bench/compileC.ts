/** C programs of the benchmarks, compiled when they are needed. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./packageRoot.ts";

/**
 * @param source  below the package's root
 * @param directory  where the program is put
 * @returns the program; `why` there is none
 */
export function compileC(source: string, directory: string): { readonly program: string } | { readonly why: string } {
  const file = path.join(packageRoot(), source);
  if (!existsSync(file)) return { why: `${source} is not in this package` };
  const program = path.join(directory, path.basename(source, ".c"));
  const flags = ["-O3", "-std=gnu11", "-Wall", "-Wextra", "-o", program, file];
  const { status, error, stderr } = spawnSync("gcc", flags, { encoding: "utf8" });
  if (error) return { why: `gcc cannot be run: ${error.message}` };
  if (status !== 0) return { why: `gcc failed: ${stderr.split("\n")[0]}` };
  return { program };
}
