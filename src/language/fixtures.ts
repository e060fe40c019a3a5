/** For the tests of this folder: some stock classes, and reading a configuration in one call. */
import { type ClassTraits, resolvePorts } from "./check.ts";
import { Diagnostics } from "./diagnostics.ts";
import type { Configuration, FlattenOptions } from "./flatten.ts";
import { printConfiguration } from "./print.ts";
import { readConfiguration } from "./read.ts";

const CLASSES: Readonly<Record<string, readonly [portCount: string, processing: string, flowCode: string]>> = {
  Discard: ["1/0", "a/h", "x/x"],
  Error: ["-/-", "a/a", "x/x"],
  Idle: ["-/-", "a/a", "x/y"],
  InfiniteSource: ["0/1", "a/a", "x/x"],
  Message: ["0/0", "a/a", "x/x"],
  Null: ["1/1", "a/a", "x/x"],
  Paint: ["1/1", "a/a", "x/x"],
  Print: ["1/1", "a/a", "x/x"],
  PullNull: ["1/1", "l/l", "x/x"],
  Queue: ["1/1", "h/l", "x/x"],
  RoundRobinSched: ["-/1", "l/l", "x/x"],
  Script: ["0/0", "a/a", "x/x"],
  Tee: ["1/1-", "h/h", "x/x"],
  Unqueue: ["1/1", "l/h", "x/x"],
};

export function traitsOf(className: string): ClassTraits | undefined {
  const found = CLASSES[className];
  return found && { portCount: found[0], processing: found[1], flowCode: found[2] };
}

export interface Reading {
  readonly configuration: Configuration;
  /** What was reported, ports included, joined by newlines. */
  readonly messages: string;
  /** The flat configuration; empty if there were errors. */
  readonly flat: string;
}

/** Reads and checks a configuration that calls itself `config`. */
export function read(source: string | Uint8Array, options: Partial<FlattenOptions> = {}): Reading {
  const diagnostics = new Diagnostics();
  const isClass = (name: string): boolean => name in CLASSES;
  const configuration = readConfiguration(source, "config", { isClass, ...options }, diagnostics);
  if (diagnostics.errorCount === 0) resolvePorts(configuration, traitsOf, diagnostics);
  const flat = diagnostics.errorCount === 0 ? printConfiguration(configuration) : "";
  return { configuration, messages: diagnostics.lines.join("\n"), flat };
}
