/** Reads descriptions of domains, networks and chains from TOML or JSON; every fault is told with its place, `file:line: message`. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parse as parseToml, TomlError } from "smol-toml";
import type { TSchema } from "typebox";
import { systemErrorText } from "../library/systemError.ts";
import { ChainDescription } from "./chain.ts";
import { chainFaults } from "./chains/validate.ts";
import { domainFaults, networkFaults } from "./check.ts";
import { DomainDescription, NetworkDescription } from "./description.ts";
import { type Fault, formatFault, type Path } from "./fault.ts";
import { jsonFaultLine, jsonPlaces, type Places, tomlPlaces } from "./places.ts";
import { ToolstackError } from "./toolstack.ts";

/**
 * @param file  the text's name in messages; relative files of `config` and `image` are looked for beside it
 * @returns the description with the configuration's text in `config`, or the image's bytes in `image`, and, where they came from a file, that file in `configFile`
 * @throws ToolstackError INVALID with a line for each fault
 */
export function readDomainDescription(text: string, file: string): DomainDescription {
  const source = parse(text, file, DomainDescription);
  const value = withImage(source.value, source, []);
  source.refuse(domainFaults(value));
  return withConfiguration(value as DomainDescription, source, []); // checked
}

/** As {@link readDomainDescription}. */
export function readNetworkDescription(text: string, file: string): NetworkDescription {
  const source = parse(text, file, NetworkDescription);
  source.refuse(networkFaults(source.value));
  return source.value as NetworkDescription; // checked
}

/** As {@link readDomainDescription}, for each of the chain's domains. */
export function readChainDescription(text: string, file: string): ChainDescription {
  const source = parse(text, file, ChainDescription);
  const value = withImages(source);
  source.refuse(chainFaults(value));
  const chain = value as ChainDescription; // checked
  if (!chain.domains) return chain;
  return {
    ...chain,
    domains: chain.domains.map((domain, index) => withConfiguration(domain, source, ["domains", index])),
  };
}

/** A text that has been parsed, and where its keys stand. */
interface Source {
  readonly file: string;
  readonly value: unknown;
  refuse(faults: readonly Fault[]): void;
}

function parse(text: string, file: string, schema: TSchema): Source {
  // No TOML document begins with a brace.
  const json = file.endsWith(".json") || /^\s*\{/.test(text);
  const parsed = json ? parseJsonText(text, file) : parseTomlText(text, file);
  /** Keys are looked for when there is a fault. */
  const refuse = (faults: readonly Fault[]): void => {
    if (faults.length === 0) return;
    const places: Places = json ? jsonPlaces(text) : tomlPlaces(text);
    const placed = faults.map((fault) => ({ line: places.lineOf(fault.path), text: formatFault(fault) }));
    placed.sort((a, b) => a.line - b.line);
    throw new ToolstackError(
      "INVALID",
      placed.map(({ line, text }) => `${file}:${line}: ${text}`),
    );
  };
  const faults: Fault[] = [];
  const value = inFull(parsed, schema, [], faults);
  refuse(faults);
  return { file, value, refuse };
}

function parseJsonText(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const what = error.message.replace(/(?: in JSON)? at position .*$|, \.{0,3}".*$/su, "");
    throw new ToolstackError("INVALID", `${file}:${jsonFaultLine(text)}: not JSON: ${what}`);
  }
}

function parseTomlText(text: string, file: string): unknown {
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new ToolstackError("INVALID", `${file}:${error.line}: not TOML: ${what}`);
  }
}

/** Lists may be written one by one, `[[vif]]` for a member of `vifs`: gives them the name that the schema knows. */
function inFull(value: unknown, schema: TSchema, at: Path, faults: Fault[]): unknown {
  if (!("items" in schema || "properties" in schema)) return value;
  if (Array.isArray(value)) {
    const items = memberSchema(schema, "items");
    return value.map((element, index) => inFull(element, items, [...at, index], faults));
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const properties = memberSchema(schema, "properties");
  const members = new Map<string, unknown>();
  for (const [key, member] of Object.entries(value)) {
    const plural = `${key}s`;
    const name = !Object.hasOwn(properties, key) && Object.hasOwn(properties, plural) ? plural : key;
    if (members.has(name))
      faults.push({ path: [...at, key], message: `'${name}' is there already: use one of the two` });
    members.set(name, inFull(member, memberSchema(properties, name), [...at, key], faults));
  }
  return Object.fromEntries(members);
}

function memberSchema(schema: TSchema, key: string): TSchema {
  const members = schema as Readonly<Record<string, TSchema>>; // a schema is a plain object
  return (Object.hasOwn(members, key) && members[key]) || {};
}

/** In a file, `image` names another one. What is no description yet is left to be found faulty. */
function withImage(value: unknown, source: Source, at: Path): unknown {
  if (!isTable(value) || typeof value.image !== "string") return value;
  const file = besides(source, value.image);
  const bytes = readFileOf(source, file, [...at, "image"]);
  return { ...value, image: bytes.toString("base64"), configFile: file };
}

function withImages(source: Source): unknown {
  const { value } = source;
  if (!isTable(value) || !Array.isArray(value.domains)) return value;
  return { ...value, domains: value.domains.map((domain, index) => withImage(domain, source, ["domains", index])) };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function besides({ file }: Source, name: string): string {
  return path.isAbsolute(name) ? name : path.join(path.dirname(file), name);
}

/** @throws ToolstackError with the place at which the file is named */
function readFileOf(source: Source, file: string, at: Path): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    source.refuse([{ path: at, message: `cannot read '${file}': ${systemErrorText(error)}` }]);
    throw error;
  }
}

/** In a file, `config` may name another file: one that exists, or that ends as configurations do. */
function withConfiguration(domain: DomainDescription, source: Source, at: Path): DomainDescription {
  const { config } = domain;
  if (config === undefined) return domain;
  const file = besides(source, config);
  if (config.includes("\n") || !(config.endsWith(".click") || isFile(file))) return domain;
  return { ...domain, config: readFileOf(source, file, [...at, "config"]).toString("utf8"), configFile: file };
}

/** A configuration's text is mostly no file's name at all. */
function isFile(name: string): boolean {
  try {
    return statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}
