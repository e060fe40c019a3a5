/** Numbers and addresses in patterns, by the rules of element arguments; an address may be a name. */
import { parseDottedQuad, parseEthernetDigits, readIPPrefix } from "../library/arguments/addresses.ts";
import type { IPPrefix } from "../library/arguments/argumentType.ts";
import type { Names } from "../library/arguments/names.ts";
import { INT32_LIMITS, parseInteger, UINT32_LIMITS } from "../library/arguments/numbers.ts";

export function signedInteger(text: string): number | undefined {
  const parsed = parseInteger(text, INT32_LIMITS);
  return parsed.ok ? Number(parsed.value) : undefined;
}

export function unsignedInteger(text: string): number | undefined {
  const parsed = parseInteger(text, UINT32_LIMITS);
  return parsed.ok ? Number(parsed.value) : undefined;
}

export function ipAddress(text: string, names: Names): number | undefined {
  return parseDottedQuad(text) ?? names.ipAddress(text);
}

export function ipPrefix(text: string, names: Names): IPPrefix | undefined {
  return readIPPrefix(text, (name) => names.ipAddress(name)) ?? names.ipPrefix(text);
}

/** The six bytes of an Ethernet address. */
export function etherAddress(text: string, names: Names): number[] | undefined {
  const address = parseEthernetDigits(text) ?? names.etherAddress(text);
  if (address === undefined) return undefined;
  return [40, 32, 24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256);
}
