/**
 * Names that the system knows: services, protocols and network interfaces. Nothing is read before the first question,
 * and a system that lacks a file just does not know its names.
 */

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseDottedQuad, parseEthernetDigits } from "./addresses.ts";
import type { IPPrefix } from "./argumentType.ts";

/** What the system is asked; tests have one of their own. */
export interface SystemNames {
  /** IP protocol number, as in protocols(5). */
  protocol(name: string): number | undefined;
  /** Port of a service over the protocol with this name, as in services(5). */
  service(name: string, protocolName: string): number | undefined;
  /** First IPv4 address of an interface and its mask. */
  interfacePrefix(name: string): IPPrefix | undefined;
  interfaceEtherAddress(name: string): number | undefined;
  /** Gateway of the default route through an interface. */
  interfaceGateway(name: string): number | undefined;
}

/** Reads a file of the system, or `""` if there is none. */
function readSystemFile(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Lines of `NAME NUMBER[/PROTOCOL] ALIAS...`; keys are `NAME` or `NAME/PROTOCOL`. A later line wins. */
export function parseNameFile(text: string, maximum: number): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const line of text.split(/[\r\n]+/)) {
    const [name, number = "", ...aliases] = (line.split("#", 1)[0] ?? "").trim().split(/\s+/);
    const match = /^(\d+)(?:[/,](\S+))?$/.exec(number);
    if (name === undefined || match === null || Number(match[1]) > maximum) continue;
    const suffix = match[2] === undefined ? "" : `/${match[2]}`;
    for (const each of [name, ...aliases]) numbers.set(each + suffix, Number(match[1]));
  }
  return numbers;
}

let protocols: Map<string, number> | undefined;
let services: Map<string, number> | undefined;

/** A name that can be a file in /sys/class/net. */
const INTERFACE_NAME = /^(?!\.{1,2}$)[^/\s]{1,15}$/;

/** Hardware types with Ethernet addresses: ARPHRD_ETHER and ARPHRD_IEEE80211 of Linux's if_arp.h. */
const ETHERNET_HARDWARE_TYPES: readonly string[] = ["1", "801"];

/** Interfaces by name, as they were when first asked for: a configuration with many names asks often. */
let interfaces: ReadonlyMap<string, ReturnType<typeof networkInterfaces>[string]> | undefined;

/** The names of the system that this process runs on. */
export const systemNames: SystemNames = {
  protocol(name) {
    protocols ??= parseNameFile(readSystemFile("/etc/protocols"), 255);
    return protocols.get(name);
  },

  service(name, protocolName) {
    services ??= parseNameFile(readSystemFile("/etc/services"), 0xffff);
    return services.get(`${name}/${protocolName}`);
  },

  interfacePrefix(name) {
    if (!INTERFACE_NAME.test(name)) return undefined;
    interfaces ??= new Map(Object.entries(networkInterfaces()));
    const entry = interfaces.get(name)?.find(({ family }) => family === "IPv4");
    const address = entry && parseDottedQuad(entry.address);
    const mask = entry && parseDottedQuad(entry.netmask);
    return address === undefined || mask === undefined ? undefined : { address, mask };
  },

  interfaceEtherAddress(name) {
    if (!INTERFACE_NAME.test(name)) return undefined;
    const hardwareType = readSystemFile(`/sys/class/net/${name}/type`).trim();
    if (!ETHERNET_HARDWARE_TYPES.includes(hardwareType)) return undefined;
    return parseEthernetDigits(readSystemFile(`/sys/class/net/${name}/address`).trim());
  },

  interfaceGateway(name) {
    return parseDefaultGateway(readSystemFile("/proc/net/route"), name);
  },
};

/** Finds the default route through an interface in the text of Linux's /proc/net/route. */
export function parseDefaultGateway(table: string, interfaceName: string): number | undefined {
  for (const line of table.split("\n")) {
    const [name, destination, gateway = "", , , , , mask] = line.split("\t");
    if (name !== interfaceName || destination !== "00000000" || mask !== "00000000") continue;
    // The kernel prints the address as a number in the machine's byte order, which is little-endian wherever Node runs.
    const bytes = /^([\dA-F]{2})([\dA-F]{2})([\dA-F]{2})([\dA-F]{2})$/i.exec(gateway)?.slice(1).reverse();
    const address = bytes === undefined ? 0 : Number.parseInt(bytes.join(""), 16);
    if (address !== 0) return address;
  }
  return undefined;
}
