/** Checks the description of a chain as a whole: names, wires, and what Linux will accept. */
import { isIP } from "node:net";
import { parseAttachment } from "../attachment.ts";
import { ChainDescription, type NamespaceHop } from "../chain.ts";
import { checked, domainFaults, macFaults, networkFaults, repeated } from "../check.ts";
import { MacAddress } from "../description.ts";
import { type Fault, type Path, printable, within } from "../fault.ts";
import { schemaFaults } from "../schemaFaults.ts";

/** IFNAMSIZ of linux/if.h is 16, with the zero at the end. */
const MOST_INTERFACE_CHARACTERS = 15;
const WIRE_ENDS = 2;

export function chainFaults(value: unknown): readonly Fault[] {
  return checked<ChainDescription>(ChainDescription, value, (chain) => {
    const { domains = [], networks = [], namespaces = [] } = chain;
    return [
      ...domains.flatMap((domain, index) => within(["domains", index], domainFaults(domain))),
      ...networks.flatMap((network, index) => within(["networks", index], networkFaults(network))),
      ...namespaces.flatMap((hop, index) => within(["namespaces", index], hopFaults(hop))),
      ...repeated(domains, ({ name }) => name, ["domains", "name"]),
      ...repeated(networks, ({ name }) => name, ["networks", "name"]),
      ...repeated(namespaces, ({ name }) => name, ["namespaces", "name"]),
      ...wireFaults(chain),
    ];
  });
}

function hopFaults({ interfaces, routes = [], run = [] }: NamespaceHop): readonly Fault[] {
  return [
    ...interfaces.flatMap((each, index) => within(["interfaces", index], interfaceFaults(each))),
    ...repeated(interfaces, ({ name }) => name, ["interfaces", "name"]),
    ...routes.flatMap((route, index) => wordsFaults(route, "`default via 10.0.0.1`", ["routes", index])),
    ...run.flatMap((command, index) => wordsFaults(command, "a command", ["run", index])),
  ];
}

function interfaceFaults({ name, attach, mac, addresses = [] }: NamespaceHop["interfaces"][number]): readonly Fault[] {
  const faults: Fault[] = [];
  if (name.length > MOST_INTERFACE_CHARACTERS)
    faults.push({ path: ["name"], message: `Linux takes at most ${MOST_INTERFACE_CHARACTERS} characters` });
  if (name === "lo") faults.push({ path: ["name"], message: "'lo' is the loopback interface that each namespace has" });
  const kind = parseAttachment(attach)?.kind;
  if (kind !== "switch" && kind !== "wire")
    faults.push({ path: ["attach"], message: `must be switch:NAME or wire:NAME, not '${printable(attach)}'` });
  if (mac !== undefined) faults.push(...hopMacFaults(mac));
  addresses.forEach((address, index) => {
    if (!isAddress(address))
      faults.push({
        path: ["addresses", index],
        message: `'${printable(address)}' is no ADDRESS/PREFIX such as 10.0.0.2/24`,
      });
  });
  return faults;
}

function hopMacFaults(mac: string): readonly Fault[] {
  const faults = within(["mac"], schemaFaults(MacAddress, mac));
  return faults.length > 0 ? faults : macFaults(mac, ["mac"]);
}

function isAddress(text: string): boolean {
  const [, address = "", prefix] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return Number(prefix) <= bits;
}

/** Text for a command line: a word that begins with a dash would be taken for an option. */
function wordsFaults(text: string, right: string, path: Path): readonly Fault[] {
  const wrong = text.trim() === "" || text.trimStart().startsWith("-") || text.includes("\0");
  return wrong ? [{ path, message: `'${printable(text)}' is not ${right}` }] : [];
}

interface End {
  readonly path: Path;
  readonly kind: "domain" | "namespace";
}

function wireFaults(chain: ChainDescription): readonly Fault[] {
  return [...wireEnds(chain)].flatMap(([wire, ends]) => {
    const path = ends.at(-1)!.path;
    if (ends.length !== WIRE_ENDS)
      return [
        {
          path,
          message: `'${wire}' has ${ends.length} end${ends.length === 1 ? "" : "s"} in this chain: a wire has two`,
        },
      ];
    if (ends.some(({ kind }) => kind === "domain")) return [];
    return [{ path, message: `'${wire}' joins two namespaces: one of its ends must be a domain's, or use a switch` }];
  });
}

/** Where each wire is named. */
function wireEnds({ domains = [], namespaces = [] }: ChainDescription): ReadonlyMap<string, readonly End[]> {
  const wires = new Map<string, End[]>();
  const add = (attach: string | undefined, end: End): void => {
    if (attach === undefined || parseAttachment(attach)?.kind !== "wire") return;
    wires.set(attach, [...(wires.get(attach) ?? []), end]);
  };
  for (const [domain, { vifs = [] }] of domains.entries())
    for (const [vif, { attach }] of vifs.entries())
      add(attach, { path: ["domains", domain, "vifs", vif, "attach"], kind: "domain" });
  for (const [hop, { interfaces }] of namespaces.entries())
    for (const [index, { attach }] of interfaces.entries())
      add(attach, { path: ["namespaces", hop, "interfaces", index, "attach"], kind: "namespace" });
  return wires;
}
