/** Finds library files as Click does: next to the file that asks, then along CLICKPATH. */
import { readFileSync, statSync } from "node:fs";

/**
 * Looks for a library.
 *
 * @param name  as in `require(library NAME)`; an absolute path is taken as it is
 * @param fromFile  the file that asks; its folder is searched where CLICKPATH has an empty item, or if there is no CLICKPATH
 * @param clickPath  folders separated by colons, each searched in its subfolders `conf/click` and `conf` first
 * @returns the path, not normalized, as messages show it; or undefined
 */
export function findLibrary(name: string, fromFile: string, clickPath: string | undefined): string | undefined {
  if (name.startsWith("/")) return name;
  for (const folder of (clickPath ?? "").split(":")) {
    const places = folder === "" ? [folderOf(fromFile)] : [`${folder}/conf/click`, `${folder}/conf`, folder];
    const found = places.map((place) => `${place}/${name}`.replace(/\/{2,}/g, "/")).find(isFile);
    if (found !== undefined) return found;
  }
  return undefined;
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash > 0 ? file.slice(0, slash) : ".";
}

/**
 * A `readLibrary` for {@link flatten} that searches the file system.
 *
 * @param permit  gives the name by which a file is opened, or throws when it may not be
 */
export function libraryReader(
  clickPath: string | undefined,
  permit: (file: string) => string = (file) => file,
): (name: string, fromFile: string) => { text: Uint8Array; file: string } | undefined {
  return (name, fromFile) => {
    const file = findLibrary(name, fromFile, clickPath);
    if (file === undefined) return undefined;
    try {
      return { text: readFileSync(permit(file)), file };
    } catch {
      // Unreadable or forbidden counts as not found: the message names the library, and where it was looked for.
      return undefined;
    }
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
