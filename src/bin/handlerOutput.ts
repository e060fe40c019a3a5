/** Prints the values of read handlers after the run (`click -h`). */
import { type FoundHandler, HandlerError } from "../library/hostHalf.ts";
import type { GuestElement } from "../router/guestElement.ts";
import type { Router } from "../router/router.ts";

/** A handler to print, or why there is none. */
type Wanted = { readonly title: string; readonly handler: FoundHandler } | { readonly fault: string };

/** @returns whether all handlers could be printed */
export function printHandlers(
  router: Router,
  names: readonly string[],
  print: (text: string) => void,
  complain: (line: string) => void,
): boolean {
  let complete = true;
  const expansions = names.map((name) => expand(router, name));
  const titled = names.length > 1 || expansions.some(({ isExpansion }) => isExpansion);
  for (const { wanted } of expansions) {
    for (const each of wanted) {
      if ("fault" in each) {
        complain(each.fault);
        complete = false;
      } else if (!printOne(each.title, each.handler, titled, print, complain)) complete = false;
    }
  }
  return complete;
}

function printOne(
  title: string,
  handler: FoundHandler,
  titled: boolean,
  print: (text: string) => void,
  complain: (line: string) => void,
): boolean {
  try {
    const value = handler.read("");
    const newline = value !== "" && !value.endsWith("\n") && !handler.flags.includes("%") ? "\n" : "";
    print(titled ? `${title}:\n${value}${newline}\n` : value + newline);
    return true;
  } catch (error) {
    if (!(error instanceof HandlerError)) throw error;
    complain(error.message);
    return false;
  }
}

/** An element's exact name, else a glob over names, else a class name. */
function expand(router: Router, name: string): { isExpansion: boolean; wanted: readonly Wanted[] } {
  const dot = name.indexOf(".");
  if (dot < 0) return { isExpansion: false, wanted: [select(undefined, name, router)] };
  const [elementName, handlerName] = [name.slice(0, dot), name.slice(dot + 1)];
  const exact = router.element(elementName);
  if (exact) return { isExpansion: false, wanted: [select(exact, handlerName, router)] };
  const pattern = /[?*[]/.test(elementName) ? globPattern(elementName) : undefined;
  const matching = router.elements.filter((element) =>
    pattern ? pattern.test(element.name) : element.isA(elementName),
  );
  const found = matching.flatMap((element) => {
    const wanted = select(element, handlerName, router);
    return "fault" in wanted ? [] : [wanted];
  });
  if (found.length > 0) return { isExpansion: true, wanted: found };
  const fault = pattern ? `no element matching '${elementName}'` : `no element '${elementName}'`;
  return { isExpansion: false, wanted: [{ fault }] };
}

function select(element: GuestElement | undefined, name: string, router: Router): Wanted {
  const handler = router.handler(element, name);
  const title = element ? `${element.name}.${name}` : name;
  if (!handler) return { fault: `no '${title}' handler` };
  if (!handler.flags.includes("r")) return { fault: `'${title}' is a write handler` };
  return { title, handler };
}

/** `?`, `*` and `[...]` as in the shell; `*` also matches `/`. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".")
    .replace(/\[!/g, "[^");
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    // An unfinished bracket matches only itself.
    return new RegExp(`^${glob.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "s");
  }
}
