/** The `clickos-image` command: makes an image of a configuration, and tells what is in one. */
import { readFileSync, writeFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { DEVICES } from "../host/capture/devices.ts";
import { type InspectedImage, inspectImage } from "../image/inspect.ts";
import { ImageError } from "../image/manifest.ts";
import { loadLibrary } from "../library/library.ts";
import { systemErrorText } from "../library/systemError.ts";
import { buildImage, hostBound } from "../router/image.ts";
import { openRouter } from "../router/open.ts";
import { RecordedDevices } from "../router/recordedDevices.ts";
import { VERSION } from "../router/version.ts";

/** What configurations find as the time while they are made; whoever boots the image sets the clock. The same always, so that images are, too. */
const BUILD_TIME = 1_000_000_000_000_000_000n;
const SEED = 1n;

/** A fault that was printed already. */
class Failed extends Error {}

/** @param words  the command line without the program's name. @returns the exit status */
export async function runImageCommand(words: readonly string[]): Promise<number> {
  try {
    await command().parseAsync([...words], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof Failed) return 1;
    if (error instanceof ImageError) process.stderr.write(`clickos-image: ${error.message}\n`);
    else if (error instanceof Error && "syscall" in error)
      process.stderr.write(`clickos-image: ${"path" in error ? `${error.path}: ` : ""}${systemErrorText(error)}\n`);
    else throw error;
    return 1;
  }
}

/** The command line. */
function command(): Command {
  const program = new Command("clickos-image")
    .description("Makes images of Click configurations, and tells what is in them.")
    .version(VERSION)
    .exitOverride();
  program
    .command("build")
    .description("link a configuration into an image")
    .argument("<file>", "Click configuration, - for standard input")
    .argument("[parameters...]", "values of configuration variables: NAME=VALUE")
    .requiredOption("-o, --output <image>", "file to write, - for standard output")
    .option("-C, --clickpath <path>", "where libraries are looked for", process.env.CLICKPATH)
    .option("--simtime", "time in the guest advances with each query of the clock")
    .addHelpText("after", "\nExample:\n  clickos-image build router.click -o router.image")
    .action(build);
  program
    .command("inspect")
    .description("tell what is in an image")
    .argument("<image>", "file that `build` wrote, - for standard input")
    .option("--json", "print everything as JSON")
    .addHelpText("after", "\nExample:\n  clickos-image inspect --json router.image")
    .action((file: string, options: { readonly json?: true }) => {
      const image = inspectImage(readFileSync(file === "-" ? 0 : file));
      process.stdout.write(options.json ? `${JSON.stringify(image, null, 2)}\n` : explain(image));
    });
  return program;
}

interface BuildOptions {
  readonly output: string;
  readonly clickpath?: string;
  readonly simtime?: true;
}

function build(file: string, parameters: readonly string[], { output, clickpath, simtime }: BuildOptions): void {
  const printMessage = (text: string): boolean => process.stderr.write(Buffer.from(text, "latin1"));
  const source = { text: readFileSync(file === "-" ? 0 : file), file: file === "-" ? "<stdin>" : file };
  const driver = openRouter(source, {
    library: loadLibrary(),
    parameters: new Map(parameters.map(parameter)),
    clickPath: clickpath,
    simulatedStart: BUILD_TIME,
    seed: SEED,
    print: printMessage,
    printMessage,
    allowReconfigure: false,
    shared: new Map([[DEVICES, new RecordedDevices()]]),
  });
  if (!driver) throw new Failed();
  for (const { name, className } of hostBound(driver.router))
    process.stderr.write(`clickos-image: '${name} :: ${className}' acts on the host, which it cannot in an image\n`);
  const image = buildImage(driver.router, simtime ? "simulated" : "real");
  driver.router.close();
  writeFileSync(output === "-" ? 1 : output, image);
}

function parameter(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  process.stderr.write(`clickos-image: '${text}' is no parameter: write NAME=VALUE\n`);
  throw new Failed();
}

function explain(image: InspectedImage): string {
  const { manifest, elements } = image;
  const elementRows = [
    ["ELEMENT", "CLASS", "IN", "OUT", "CODE", "HANDLERS"],
    ...elements.map((each) => [
      each.name,
      each.class,
      String(each.inputs),
      String(each.outputs),
      String(each.codeBytes),
      (manifest.handlers[each.class] ?? []).map(({ name }) => name).join(" "),
    ]),
  ];
  const ringRows = [
    ["DEVICE", "ELEMENT", "DIRECTION", "SLOTS", "BUFFERS"],
    ...manifest.rings.map(({ device, element, receives, slots, capacity }) => [
      device,
      element,
      receives ? "receives" : "sends",
      String(slots),
      receives ? `${capacity} bytes` : "-",
    ]),
  ];
  return [
    `${image.bytes} bytes: ${image.codeBytes} code (${image.sharedCodeBytes} shared), ${image.dataBytes} data`,
    `ABI ${manifest.abi}, memory ${manifest.memoryPages * 64} KiB, ${elements.length} elements, ${manifest.rings.length} rings, ${manifest.streams.length} streams`,
    `imports ${image.imports.join(", ")}; exports ${image.exports.length} functions and variables`,
    "",
    ...table(elementRows),
    "",
    ...(manifest.rings.length > 0 ? [...table(ringRows), ""] : []),
  ].join("\n");
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
