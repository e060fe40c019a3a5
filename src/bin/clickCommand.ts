/** The `click` command: runs a configuration in the foreground, as Click's user-level driver does. */
import { readFileSync, writeFileSync } from "node:fs";
import { printConfiguration } from "../language/index.ts";
import { HandlerError } from "../library/hostHalf.ts";
import { type Library, loadLibrary } from "../library/library.ts";
import { systemErrorText } from "../library/systemError.ts";
import { GuestTrap } from "../machine/guest.ts";
import type { Driver } from "../router/driver.ts";
import { LinkedTier } from "../router/linkedTier.ts";
import { usedClasses } from "../router/load.ts";
import { openRouter, type Source } from "../router/open.ts";
import type { Router } from "../router/router.ts";
import { VERSION } from "../router/version.ts";
import { type ClickOptions, parseClickOptions, USAGE, UsageError } from "./clickOptions.ts";
import { printHandlers } from "./handlerOutput.ts";

/** Click exits so when the exit handler has no integer value. */
const NO_INTEGER_STATUS = 255;

/** Where the command reads and writes. Text is one character a byte. */
export interface Terminal {
  readonly readStandardInput: () => Buffer;
  readonly print: (text: string) => void;
  readonly printMessage: (text: string) => void;
}

/** The process's own. */
export const PROCESS_TERMINAL: Terminal = {
  readStandardInput: () => readFileSync(0),
  print: (text) => writeFileSync(1, Buffer.from(text, "latin1")),
  printMessage: (text) => writeFileSync(2, Buffer.from(text, "latin1")),
};

/**
 * Runs the command.
 * @param words  the command line without the program's name
 * @returns the exit status
 */
export async function runClick(words: readonly string[], terminal: Terminal): Promise<number> {
  const complain = (line: string): void => terminal.printMessage(`${line}\n`);
  try {
    return await main(words, terminal, complain);
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message}\nUsage: click [OPTION]... [ROUTERFILE]\nTry 'click --help' for more information.`);
    } else if (error instanceof GuestTrap) {
      complain(`click: the guest stopped: ${error.message}\n  in ${error.frames.join("\n  called by ")}`);
    } else if (error instanceof Error && "code" in error && error.code === "ELEMENT_DOES_NOT_COMPILE") {
      complain(error.message);
    } else if (error instanceof Error && "syscall" in error) {
      complain(`click: ${error.message}`);
    } else throw error;
    return 1;
  }
}

type Complain = (line: string) => void;

async function main(words: readonly string[], terminal: Terminal, complain: Complain): Promise<number> {
  const options = parseClickOptions(words, complain);
  if (options.help) {
    terminal.print(USAGE);
    return 0;
  }
  if (options.version) {
    terminal.print(`click (Click) ${VERSION}\nClickOS in TypeScript; its elements and language are Click's.\n`);
    return 0;
  }
  const source = readSource(options, terminal, complain);
  return source ? runConfiguration(options, source, terminal, complain) : 1;
}

function readSource({ file, expression }: ClickOptions, terminal: Terminal, complain: Complain): Source | undefined {
  if (expression !== undefined) return { text: Buffer.from(expression), file: "config" };
  const standardInput = file === undefined || file === "-";
  try {
    return {
      text: standardInput ? terminal.readStandardInput() : readFileSync(file),
      file: standardInput ? "<stdin>" : file,
    };
  } catch (error) {
    complain(`${file ?? "<stdin>"}: ${systemErrorText(error)}`);
    return undefined;
  }
}

async function runConfiguration(
  options: ClickOptions,
  source: Source,
  terminal: Terminal,
  complain: Complain,
): Promise<number> {
  const driver = openRouter(source, {
    library: await libraryFor(options, source),
    parameters: options.parameters,
    clickPath: options.clickPath ?? process.env.CLICKPATH,
    simulatedStart: options.simulatedStart,
    seed: BigInt(process.pid) * 0x9e37_79b9n + process.hrtime.bigint(),
    print: terminal.print,
    printMessage: terminal.printMessage,
    allowReconfigure: options.allowReconfigure,
  });
  if (!driver) return 1;
  if (driver.router.elements.length === 0 && !options.quit && options.warnings) {
    complain(`warning: ${source.file}: configuration has no elements, exiting`);
  }
  return finish(options, driver, terminal, complain);
}

/** The stock library, or one that has the user's own elements too. */
async function libraryFor({ elementFiles, parameters, clickPath }: ClickOptions, source: Source): Promise<Library> {
  const stock = loadLibrary();
  if (elementFiles.length === 0) return stock;
  const { libraryWithOwnElements, ownClassNames } = await import("../library/ownElements.ts");
  const own = ownClassNames(elementFiles);
  const classes = usedClasses(
    source,
    (name) => own.includes(name) || Object.hasOwn(stock.catalogue.classes, name),
    parameters,
    clickPath,
  );
  return libraryWithOwnElements(stock, elementFiles, classes);
}

/** What comes after initialization: flat output, the run, handlers, exit status. */
async function finish(options: ClickOptions, driver: Driver, terminal: Terminal, complain: Complain): Promise<number> {
  try {
    let status = 0;
    if (options.output !== undefined && !writeFlat(options.output, driver.router, terminal, complain)) status = 1;
    driver.flush();
    const before = { cpu: process.cpuUsage(), wall: process.hrtime.bigint() };
    if (!options.quit && driver.router.elements.length > 0) await runDriver(options, driver, terminal);
    if (options.time) terminal.print(elapsed(process.cpuUsage(before.cpu), process.hrtime.bigint() - before.wall));
    if (!printHandlers(driver.router, options.handlers, terminal.print, complain)) status = 1;
    if (options.exitHandler !== undefined) status = exitStatus(driver.router, options.exitHandler, complain);
    driver.flush();
    return status;
  } finally {
    driver.router.close();
  }
}

async function runDriver(options: ClickOptions, driver: Driver, terminal: Terminal): Promise<void> {
  if (options.profile) {
    const { profileRun, profileTable } = await import("../router/profile.ts");
    terminal.printMessage(profileTable(await profileRun(driver, () => runUntilStopped(driver))));
    return;
  }
  const tier = options.link === "off" ? undefined : new LinkedTier(driver);
  if (options.link !== "off") await tier?.start(options.link);
  try {
    await runUntilStopped(driver);
  } finally {
    tier?.close();
  }
}

/** Runs; SIGINT and SIGTERM stop the driver, a second one the process. */
async function runUntilStopped(driver: Driver): Promise<void> {
  const stop = (): void => {
    driver.stop();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    await driver.run();
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

/** As time(1) in csh prints it: user, system, and wall time in minutes and hundredths. */
function elapsed({ user, system }: { user: number; system: number }, wall: bigint): string {
  const hundredths = Number(wall / 10_000_000n);
  const minutes = Math.floor(hundredths / 6000);
  const seconds = Math.floor((hundredths % 6000) / 100);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${(user / 1e6).toFixed(3)}u ${(system / 1e6).toFixed(3)}s ${minutes}:${two(seconds)}.${two(hundredths % 100)}\n`;
}

function writeFlat(file: string, router: Router, terminal: Terminal, complain: Complain): boolean {
  const text = printConfiguration(router.configuration);
  try {
    if (file === "-") terminal.print(text);
    else writeFileSync(file, Buffer.from(text, "latin1"));
    return true;
  } catch (error) {
    complain(`${file}: ${systemErrorText(error)}`);
    return false;
  }
}

function exitStatus(router: Router, name: string, complain: Complain): number {
  const handler = router.findHandler(undefined, name, "read");
  if (typeof handler === "string") {
    complain(handler);
    return NO_INTEGER_STATUS;
  }
  try {
    const text = handler.read("").trim();
    if (/^[-+]?\d+$/.test(text)) return Number(text) & 0xff;
    if (text === "true") return 0;
    if (text === "false") return 1;
  } catch (error) {
    if (!(error instanceof HandlerError)) throw error;
    complain(error.message);
    return NO_INTEGER_STATUS;
  }
  complain("exit handler value should be integer");
  return NO_INTEGER_STATUS;
}
