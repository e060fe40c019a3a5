/**
 * What configurations may touch on this machine. By default everything, as the user who runs them may; a daemon runs other people's configurations with its own
 * rights, and confines them. Whoever opens something on a configuration's behalf asks here first.
 */
import { lstatSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { HostedElement } from "../library/hostHalf.ts";

export interface HostAccess {
  /**
   * Asks for a file, to read or to write.
   * @param name  as the configuration has it; empty or `-` = standard input
   * @returns the name by which to open it
   * @throws Error that says why it may not be opened, or a system error
   */
  file(name: string): string;
  /**
   * Asks whether signals may be sent to processes, and awaited.
   * @throws Error that says why not
   */
  signals(): void;
}

/** Key under which a router shares its HostAccess. */
export const HOST_ACCESS = Symbol("host access");

/** The only limits are those of the user who runs this. */
export const unrestricted: HostAccess = { file: (name) => name, signals: () => undefined };

/** @returns what a router shares under HOST_ACCESS; `unrestricted` when nobody has put anything there */
export function sharedAccess(shared: ReadonlyMap<symbol, object> | undefined): HostAccess {
  return (shared?.get(HOST_ACCESS) as HostAccess | undefined) ?? unrestricted; // nothing else is put there
}

/** What an element may touch on behalf of its configuration. */
export function hostAccess(element: Pick<HostedElement, "shared">): HostAccess {
  return element.shared(HOST_ACCESS, () => unrestricted);
}

/**
 * Lets configurations open regular files below some folders, and nothing else. Relative names start at the first folder.
 * @param folders  that exist; none = no files at all
 * @throws system errors when a folder does not exist
 */
export function confinedTo(folders: readonly string[]): HostAccess {
  const roots = folders.map((folder) => realpathSync(folder));
  const names = folders.map((folder) => path.resolve(folder));
  return {
    file(name) {
      const [first] = names;
      if (first === undefined)
        throw new Error("this machine's configurations may not open files (allow it with `--files DIRECTORY`)");
      if (name === "" || name === "-") throw new Error("this machine's configurations have no standard input");
      const file = path.resolve(first, name);
      // Of what lies outside, nobody learns even whether it exists.
      const place = isBelow([...names, ...roots], file) ? truePlace(file) : file;
      if (!isBelow(roots, place))
        throw new Error(`this machine's configurations may only open files below ${folders.join(", ")}`);
      return place;
    },
    signals() {
      throw new Error("this machine's configurations may not send or await signals");
    },
  };
}

function isBelow(folders: readonly string[], file: string): boolean {
  return folders.some((folder) => file.startsWith(folder.endsWith("/") ? folder : `${folder}/`));
}

/** @returns where a file is, or would be when it is made, behind all links */
function truePlace(file: string): string {
  if (!lstatSync(file, { throwIfNoEntry: false }))
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  const place = realpathSync(file);
  // A pipe or a terminal could keep whoever opens it waiting.
  if (!statSync(place).isFile()) throw new Error("not a regular file");
  return place;
}
