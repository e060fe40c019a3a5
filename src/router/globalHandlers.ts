/** The router's own handlers, which have no element in front of them. */
import { printConfiguration } from "../language/index.ts";
import { type FoundHandler, HandlerError } from "../library/hostHalf.ts";
import type { Router } from "./router.ts";
import { VERSION } from "./version.ts";

interface GlobalHandler {
  readonly flags: string;
  readonly read?: (router: Router) => string;
  readonly write?: (router: Router, text: string) => void;
}

/** In the order in which the `handlers` handler lists them. */
const HANDLERS: Readonly<Record<string, GlobalHandler>> = {
  version: { flags: "r", read: () => VERSION },
  driver: { flags: "r", read: () => "userlevel" },
  config: { flags: "r", read: writtenConfiguration },
  flatconfig: { flags: "r", read: (router) => printConfiguration(router.configuration) },
  requirements: {
    flags: "r",
    read: (router) => router.configuration.requirements.map(({ kind, value }) => `${kind}\n${value}\n`).join(""),
  },
  handlers: { flags: "r", read: (router) => listGlobalHandlers(router) },
  list: {
    flags: "r",
    read: (router) => [router.elements.length, ...router.elements.map(({ name }) => name), ""].join("\n"),
  },
  stop: { flags: "w", write: stop },
  classes: {
    flags: "r",
    read: (router) =>
      Object.keys(router.world.library.catalogue.classes)
        .map((name) => `${name}\n`)
        .join(""),
  },
  packages: { flags: "r", read: () => "" },
  hotconfig: { flags: "w%", write: (router, text) => router.options.hotConfigure?.(text) },
  timewarp: {
    flags: "rw",
    read: (router) => (router.simulated ? "simulation" : String(router.realTime.speed)),
    write: setSpeed,
  },
};

export function globalHandler(router: Router, name: string): FoundHandler | undefined {
  const handler = HANDLERS[name];
  if (!handler || (name === "hotconfig" && !router.options.hotConfigure)) return undefined;
  return {
    name,
    flags: name === "timewarp" && router.simulated ? "r" : handler.flags,
    takesParameter: false,
    read: () => {
      if (!handler.read) throw new HandlerError(`no '${name}' read handler`);
      return handler.read(router);
    },
    write: (text) => {
      if (!handler.write) throw new HandlerError(`no '${name}' write handler`);
      handler.write(router, text);
      return 0;
    },
  };
}

/** As written; or flat, when the configuration asks for that to save memory. */
function writtenConfiguration({ configuration, options }: Router): string {
  const compact = configuration.requirements.some(({ kind }) => kind === "compact_config");
  return compact ? printConfiguration(configuration) : options.source;
}

function listGlobalHandlers(router: Router): string {
  return Object.keys(HANDLERS)
    .filter((name) => globalHandler(router, name))
    .map((name) => `${name}\t${globalHandler(router, name)?.flags}\n`)
    .join("");
}

function stop(router: Router, text: string): void {
  const count = text.trim() === "" ? Number.NaN : Number(text);
  router.runCount -= Number.isInteger(count) ? count : 1;
  router.noteActivity();
}

function setSpeed(router: Router, text: string): void {
  const word = text.trim();
  const speed = word === "nowait" ? word : Number(word);
  if (word === "" || Number.isNaN(speed)) throw new HandlerError("expected double");
  if (speed !== "nowait" && !(speed > 0 && speed < Infinity)) throw new HandlerError("timefactor must be > 0");
  router.realTime.speed = speed;
  router.noteActivity();
}
