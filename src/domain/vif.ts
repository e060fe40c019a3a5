/** Gives virtual interfaces the names and addresses that their description leaves open. */
import { createHash } from "node:crypto";
import type { DomainDescription, VifDescription } from "./description.ts";

export type Vif = VifDescription & { readonly name: string; readonly mac: string };

/** A description whose interfaces have names and addresses: what is kept, so that they stay the same when others come and go. */
export type FilledDescription = Omit<DomainDescription, "vifs"> & { readonly vifs: Vif[] };

export function fillDescription(description: DomainDescription): FilledDescription {
  const named = (description.vifs ?? []).flatMap(({ name }) => name ?? []);
  const vifs: Vif[] = [];
  for (const vif of description.vifs ?? []) vifs.push(fillVif(vif, description.name, vifs, named));
  return { ...description, vifs };
}

/**
 * @param others  the domain's other interfaces
 * @param reserved  names that are taken besides
 */
export function fillVif(
  vif: VifDescription,
  domain: string,
  others: readonly Vif[],
  reserved: readonly string[] = [],
): Vif {
  const names = new Set([...others.map(({ name }) => name), ...reserved]);
  const macs = new Set(others.map(({ mac }) => mac));
  const name = vif.name ?? firstFree(others.length, (number) => `eth${number}`, names);
  const mac = vif.mac?.toLowerCase() ?? firstFree(others.length, (number) => madeMac(domain, number), macs);
  return { ...vif, name, mac };
}

/** Tries the interface's own number first, then all from 0 on. */
function firstFree(own: number, make: (number: number) => string, taken: ReadonlySet<string>): string {
  if (!taken.has(make(own))) return make(own);
  let number = 0;
  while (taken.has(make(number))) number++;
  return make(number);
}

/** An address of our own making, the same for the same domain each time: locally administered (IEEE 802 §8.2), the rest a hash. */
function madeMac(domain: string, number: number): string {
  const hash = createHash("sha256").update(`${domain}\0${number}`).digest();
  return ["02", ...Array.from(hash.subarray(0, 5), (byte) => byte.toString(16).padStart(2, "0"))].join(":");
}
