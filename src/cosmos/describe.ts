/** A domain's description from a file, from options, or from a file that options correct. */
import type { DomainDescription } from "../domain/description.ts";
import { UsageFault } from "./faults.ts";
import { readInput } from "./files.ts";
import { given, parseVif } from "./options.ts";
import type { Terminal } from "./terminal.ts";

export interface DescriptionOptions {
  readonly name?: string;
  readonly config?: string;
  readonly image?: string;
  readonly param?: Readonly<Record<string, string>>;
  readonly memory?: number;
  readonly vif?: readonly string[];
  readonly onCrash?: NonNullable<DomainDescription["on_crash"]>;
  readonly cpu?: number;
  readonly rate?: number;
  readonly worker?: number;
  readonly checkpoint?: number;
}

/**
 * @param file  of a TOML or JSON description; absent = the options say everything
 * @throws ToolstackError with the places of faults in the file
 */
export async function describeDomain(
  file: string | undefined,
  options: DescriptionOptions,
  terminal: Terminal,
): Promise<DomainDescription> {
  const base =
    file === undefined ? undefined : await readDescription(file, terminal, (readers) => readers.readDomainDescription);
  const name = options.name ?? base?.name;
  if (name === undefined) throw new UsageFault("which domain? Give the file of a description, or --name");
  return {
    ...(await withContent(base, options, terminal)),
    name,
    ...given("parameters", options.param && { ...base?.parameters, ...options.param }),
    ...given("memory", options.memory),
    ...given("vifs", options.vif?.map(parseVif)),
    ...given("on_crash", options.onCrash),
    ...given("cpuShare", options.cpu),
    ...given("packetRate", options.rate),
    ...given("worker", options.worker),
    ...given("checkpoint", options.checkpoint),
  };
}

/**
 * Reads the description of a domain, a network or a chain.
 *
 * @param choose  which of the readers
 * @throws ToolstackError with the places of faults in the file
 */
export async function readDescription<Description>(
  path: string,
  terminal: Terminal,
  choose: (readers: typeof import("../domain/read.ts")) => (text: string, file: string) => Description,
): Promise<Description> {
  const { bytes, name } = await readInput(path, terminal);
  return choose(await import("../domain/read.ts"))(bytes.toString(), name);
}

/** What the domain runs: a configuration or an image of the options takes the place of what the description names. */
async function withContent(
  base: DomainDescription | undefined,
  { config, image }: DescriptionOptions,
  terminal: Terminal,
): Promise<Omit<DomainDescription, "name">> {
  if (config === undefined && image === undefined) return base ?? {};
  const { config: _config, image: _image, ...others } = base ?? {};
  if (image === undefined) {
    const { text, file } = await readConfigurationFile(config ?? "-", terminal);
    return { ...others, config: text, configFile: file };
  }
  const { bytes, name } = await readInput(image, terminal);
  return { ...others, image: bytes.toString("base64"), configFile: name };
}

/** A Click configuration, with the name that messages about it begin with. */
export async function readConfigurationFile(
  file: string,
  terminal: Terminal,
): Promise<{ readonly text: string; readonly file: string }> {
  const { bytes, name } = await readInput(file, terminal);
  return { text: bytes.toString(), file: name };
}
