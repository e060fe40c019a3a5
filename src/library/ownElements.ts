/**
 * A user's own elements: compiled together with the stock elements that a configuration uses, into a library that serves this
 * configuration. Their files import the kernel as `clickos/kernel/element`; they need no change to the project.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { ElementClass } from "./catalogue.ts";
import { type CompiledLibrary, compileElements, ElementError } from "./compiler/compile.ts";
import { hasHostHalf, readElementSources } from "./elementSources.ts";
import type { HostHalf } from "./hostHalf.ts";
import type { Library } from "./library.ts";

/** Folder that the user's files seem to lie in, beside the stock families. */
const OWN = "own/";

/**
 * @param files  AssemblyScript files of elements; what they import with `./` is found beside them
 * @returns the names of the element classes that they declare
 * @throws the system's error when a file cannot be read
 */
export function ownClassNames(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/@element\([\s\S]*?\)\s*export class (\w+)/g)].map(
      (match) => match[1] ?? "",
    ),
  );
}

/**
 * @param stock  the stock library
 * @param files  the user's element files
 * @param classNames  the classes that the configuration uses
 * @throws ElementError with the compiler's messages, which name the user's file and line
 */
export async function libraryWithOwnElements(
  stock: Library,
  files: readonly string[],
  classNames: readonly string[],
): Promise<Library> {
  const folders = new Map(files.map((file) => [`${OWN}${path.basename(file)}`, path.dirname(path.resolve(file))]));
  const own = new Map([...folders].map(([name, folder]) => [name, ownSource(path.join(folder, path.basename(name)))]));
  const sources = new SourcesWithOwn([...readElementSources(), ...own], [...new Set(folders.values())]);
  const used = classNames.flatMap((name) => stock.catalogue.classes[name]?.file ?? []).map((file) => `${file}.ts`);
  const hostPath = (file: string): string =>
    `${path.join(folders.get(`${file}.ts`) ?? "", path.basename(file))}.host.ts`;
  const hasOwnHostHalf = (file: string): boolean =>
    file.startsWith(OWN) ? existsSync(hostPath(file)) : hasHostHalf(file);
  const { body, dynamic, catalogue } = await compile(
    folders,
    sources,
    [...new Set(used), ...own.keys()],
    hasOwnHostHalf,
  );
  return {
    catalogue,
    dynamic: new WebAssembly.Module(new Uint8Array(dynamic)),
    body: () => body,
    hostHalf: (elementClass) =>
      elementClass.file.startsWith(OWN) ? ownHostHalf(elementClass, hostPath) : stock.hostHalf(elementClass),
  };
}

/** Compiles; in messages, the user's files have the paths that the user knows. */
async function compile(
  folders: ReadonlyMap<string, string>,
  ...rest: Parameters<typeof compileElements>
): Promise<CompiledLibrary> {
  try {
    return await compileElements(...rest);
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    const known = (_match: string, file: string): string => path.join(folders.get(OWN + file) ?? "", file);
    throw new ElementError(error.message.replace(/elements\/own\/([\w.-]+)/g, known), { cause: error });
  }
}

function ownHostHalf(elementClass: ElementClass, hostPath: (file: string) => string): HostHalf | undefined {
  if (!elementClass.hostHalf) return undefined;
  const module: { readonly hostHalf?: HostHalf } = createRequire(import.meta.url)(hostPath(elementClass.file));
  return module.hostHalf;
}

/** To the compiler, the user's file lies beside the stock families. Lines stay where they are. */
function ownSource(file: string): string {
  return readFileSync(file, "utf8").replace(/(from\s+["'])clickos\//g, "$1../");
}

/** The stock sources, and whatever the user's files import from their folders. */
class SourcesWithOwn extends Map<string, string> {
  readonly #folders: readonly string[];

  constructor(entries: readonly (readonly [string, string])[], folders: readonly string[]) {
    super(entries);
    this.#folders = folders;
  }

  override get(name: string): string | undefined {
    const known = super.get(name);
    if (known !== undefined || !name.startsWith(OWN)) return known;
    const file = this.#folders
      .map((folder) => path.join(folder, name.slice(OWN.length)))
      .find((candidate) => existsSync(candidate));
    return file === undefined ? undefined : ownSource(file);
  }
}
