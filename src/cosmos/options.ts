/** How values of options are read. What cannot be read is a fault of the command line. */
import { InvalidArgumentError } from "commander";
import type { VifDescription } from "../domain/description.ts";
import { UsageFault } from "./faults.ts";

/** Reads a positive number, for instance of seconds. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** Reads a decimal integer from 0 on. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** Reads a decimal integer from 1 on. */
export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("It must be at least 1.");
  return value;
}

/** Collects `NAME=VALUE` of an option that may be repeated. */
export function collectParameter(
  text: string,
  collected: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...collected, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** Collects an option that may be repeated. */
export function collect(text: string, collected: readonly string[] = []): string[] {
  return [...collected, text];
}

type Members = ReadonlyMap<string, readonly string[]>;

/**
 * Splits `key=value,key=value`. A piece without a key belongs to the value before it, since lists and file names have commas, too:
 * `attach=pcap:in.pcap,out.pcap,trunk=10,20`.
 */
function splitMembers(text: string, option: string, keys: readonly string[]): Members {
  const members = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const piece of text.split(",")) {
    const key = keys.find((each) => piece.startsWith(`${each}=`));
    if (key === undefined) {
      if (!current || /^\w+=/.test(piece))
        throw new UsageFault(`${option} '${text}': '${piece}' is none of ${keys.map((each) => `${each}=`).join(", ")}`);
      current.push(piece);
    } else if (members.has(key)) throw new UsageFault(`${option} '${text}': '${key}=' is there twice`);
    else {
      current = [piece.slice(key.length + 1)];
      members.set(key, current);
    }
  }
  return members;
}

const VIF_KEYS = ["name", "mac", "attach", "vlan", "trunk", "rate"];

/** What `--vif` takes, for help. */
export const VIF_HELP = `interface: ${VIF_KEYS.map((key) => `${key}=`).join(", ")}, separated by commas`;

/** Reads `mac=02:00:00:00:00:01,attach=switch:lan,vlan=10`. What the words must look like is the daemon's to say. */
export function parseVif(text: string): VifDescription {
  const members = splitMembers(text, "--vif", VIF_KEYS);
  const word = (key: string): string | undefined => members.get(key)?.join(",");
  const number = (key: string): number | undefined => optionalNumber(word(key), `--vif '${text}': '${key}='`);
  return {
    ...given("name", word("name")),
    ...given("mac", word("mac")),
    ...given("attach", word("attach")),
    ...given("vlan", number("vlan")),
    ...given("trunk", readVlans(members, text)),
    ...given("packetRate", number("rate")),
  };
}

/** A port of a switch. */
export interface DeviceOfNetwork {
  device: string;
  vlan?: number;
  trunk?: number[];
}

/** Reads `packet:eth0,vlan=10` or `packet:eth0,trunk=10,20`. */
export function parseDevice(text: string): DeviceOfNetwork {
  const members = splitMembers(`device=${text}`, "--device", ["device", "vlan", "trunk"]);
  return {
    device: members.get("device")?.join(",") ?? "",
    ...given("vlan", optionalNumber(members.get("vlan")?.join(","), `--device '${text}': 'vlan='`)),
    ...given("trunk", readVlans(members, text)),
  };
}

function readVlans(members: Members, text: string): number[] | undefined {
  return members.get("trunk")?.map((word) => numberOf(word, `'${text}': 'trunk='`));
}

function optionalNumber(word: string | undefined, place: string): number | undefined {
  return word === undefined ? undefined : numberOf(word, place);
}

function numberOf(word: string, place: string): number {
  if (!/^\d+$/.test(word)) throw new UsageFault(`${place} needs a whole number, got '${word}'`);
  return Number(word);
}

/** The member of an object, or none. */
export function given<Key extends string, Value>(key: Key, value: Value | undefined): { [Member in Key]?: Value } {
  // A computed key has any string's type.
  return (value === undefined ? {} : { [key]: value }) as { [Member in Key]?: Value };
}
