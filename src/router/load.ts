/** From text to a router that is ready to run: parse, flatten, resolve the ports, build. */
import { sharedAccess } from "../host/hostAccess.ts";
import {
  type Configuration,
  Diagnostics,
  libraryReader,
  type ResolvedPorts,
  readConfiguration,
  resolvePorts,
} from "../language/index.ts";
import type { Library } from "../library/library.ts";

export interface LoadOptions {
  readonly library: Library;
  /** Values from the command line; they win over `define`. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly clickPath: string | undefined;
  readonly diagnostics: Diagnostics;
  /** See RouterOptions; here, what files may be read. */
  readonly shared?: ReadonlyMap<symbol, object> | undefined;
}

/** A configuration without faults of language or connection. */
export interface CheckedConfiguration {
  readonly configuration: Configuration;
  readonly ports: ResolvedPorts;
}

/** How far a configuration got; a fault of the graph gets Click's closing line, a fault of the language does not. */
export type Loaded =
  | { readonly ok: true; readonly checked: CheckedConfiguration }
  | { readonly ok: false; readonly failed: "language" | "graph" };

/**
 * @param text  the configuration's bytes, or its text
 * @param file  its name in messages
 */
export function loadConfiguration(
  text: string | Uint8Array,
  file: string,
  { library, parameters, clickPath, diagnostics, shared }: LoadOptions,
): Loaded {
  const { classes } = library.catalogue;
  const before = diagnostics.errorCount;
  const options = {
    isClass: (name: string) => Object.hasOwn(classes, name),
    readLibrary: libraryReader(clickPath, sharedAccess(shared).file),
    // The library has all there is; a package of compiled elements cannot be loaded.
    requirePackage: () => false,
    parameters,
  };
  const configuration = readConfiguration(text, file, options, diagnostics);
  if (diagnostics.errorCount > before) return { ok: false, failed: "language" };
  const ports = resolvePorts(configuration, (name) => classes[name], diagnostics);
  if (diagnostics.errorCount > before) return { ok: false, failed: "graph" };
  return { ok: true, checked: { configuration, ports } };
}

/** @returns the classes that a configuration uses, as far as it can be understood; its faults are reported when it is loaded */
export function usedClasses(
  { text, file }: { readonly text: Uint8Array; readonly file: string },
  isClass: (name: string) => boolean,
  parameters: ReadonlyMap<string, string>,
  clickPath: string | undefined,
): string[] {
  const options = { isClass, readLibrary: libraryReader(clickPath), parameters };
  const { elements } = readConfiguration(text, file, options, new Diagnostics());
  return [...new Set(elements.map(({ className }) => className))];
}
