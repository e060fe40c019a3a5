/** Opens a configuration: from text to a router and its driver, ready to run; and from other text, later, to a swap of the running one. */
import { Diagnostics } from "../language/index.ts";
import { HandlerError } from "../library/hostHalf.ts";
import type { Library } from "../library/library.ts";
import { buildRouter } from "./build.ts";
import { Driver } from "./driver.ts";
import { loadConfiguration } from "./load.ts";
import type { RouterOptions } from "./router.ts";
import { prepareSwap } from "./swap.ts";

/** A configuration as it was found. */
export interface Source {
  readonly text: Uint8Array;
  /** Its name in messages. */
  readonly file: string;
}

export interface OpenOptions extends Omit<RouterOptions, "diagnostics" | "hotConfigure" | "source"> {
  readonly library: Library;
  readonly parameters: ReadonlyMap<string, string>;
  readonly clickPath: string | undefined;
  /** Whether the `hotconfig` handler exists. */
  readonly allowReconfigure: boolean;
}

/** @returns the driver of a router that is ready to run, or undefined when a fault was printed */
export function openRouter(source: Source, options: OpenOptions): Driver | undefined {
  const diagnostics = new Diagnostics((line) => options.printMessage(`${line}\n`));
  const loaded = loadConfiguration(source.text, source.file, { ...options, diagnostics });
  if (!loaded.ok) {
    if (loaded.failed === "graph") diagnostics.message("", "Router could not be initialized!");
    return undefined;
  }
  const hotConfigure = options.allowReconfigure
    ? (text: string): void => replaceConfiguration(driver, text, options)
    : undefined;
  const router = buildRouter(
    options.library,
    loaded.checked,
    routerOptions(source.text, options, diagnostics, hotConfigure),
  );
  if (!router) return undefined;
  const driver: Driver = new Driver(router);
  return driver;
}

function routerOptions(
  text: Uint8Array,
  options: OpenOptions,
  diagnostics: Diagnostics,
  hotConfigure: RouterOptions["hotConfigure"],
): RouterOptions {
  return { ...options, diagnostics, hotConfigure, source: Buffer.from(text).toString("latin1") };
}

/**
 * Makes another configuration ready, and lets it take over at the driver's next turn.
 * @param file  its name in messages
 * @throws HandlerError with all messages when it has a fault; the running one goes on
 */
export function replaceConfiguration(driver: Driver, text: string, options: OpenOptions, file = "config"): void {
  const faults: string[] = [];
  let ready = false;
  const diagnostics = new Diagnostics((line) => {
    if (ready) options.printMessage(`${line}\n`);
    else faults.push(line);
  });
  const bytes = Buffer.from(text, "latin1");
  const loaded = loadConfiguration(bytes, file, { ...options, diagnostics });
  const { hotConfigure } = driver.router.options;
  const swap = loaded.ok
    ? prepareSwap(driver.router, loaded.checked, routerOptions(bytes, options, diagnostics, hotConfigure))
    : undefined;
  if (!swap) throw new HandlerError(faults.join("\n"));
  ready = true;
  for (const line of faults) options.printMessage(`${line}\n`);
  driver.scheduleSwap(swap);
}
