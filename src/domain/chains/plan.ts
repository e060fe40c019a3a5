/** What a chain comes to: domains, networks and network namespaces, with the interfaces of the host between them. */
import { createHash } from "node:crypto";
import { parseAttachment } from "../attachment.ts";
import type { ChainDescription, NamespaceHop } from "../chain.ts";
import type { DomainDescription, NetworkDescription } from "../description.ts";

/** An interface of a namespace, and its peer in the host. */
export interface HopInterface {
  readonly name: string;
  readonly hostName: string;
  readonly attach: string;
  readonly mac: string | undefined;
  readonly addresses: readonly string[];
}

export interface Hop {
  readonly name: string;
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly interfaces: readonly HopInterface[];
  readonly routes: readonly string[];
  readonly run: readonly string[];
}

export interface ChainPlan {
  readonly hops: readonly Hop[];
  readonly networks: readonly NetworkDescription[];
  readonly domains: readonly DomainDescription[];
}

/** @param description  one without faults */
export function planChain({ name, domains = [], networks = [], namespaces = [] }: ChainDescription): ChainPlan {
  const hops = namespaces.map((hop) => planHop(name, hop));
  const interfaces = hops.flatMap((hop) => hop.interfaces);
  const devices = new Map(interfaces.map(({ attach, hostName }) => [attach, `packet:${hostName}`]));
  return {
    hops,
    networks: withHops(networks, interfaces),
    domains: domains.map((domain) => ({ ...domain, vifs: (domain.vifs ?? []).map((vif) => wired(vif, devices)) })),
  };
}

function planHop(chain: string, { name, interfaces, routes = [], run = [] }: NamespaceHop): Hop {
  return {
    name,
    namespace: `cosmos-${name}`,
    interfaces: interfaces.map((each) => ({
      name: each.name,
      hostName: hostName(chain, name, each.name),
      attach: each.attach,
      mac: each.mac,
      addresses: each.addresses ?? [],
    })),
    routes,
    run,
  };
}

/** The same each time, since domains that survive are attached to it; 14 characters of the 15 that Linux takes. */
function hostName(...names: readonly string[]): string {
  return `cs${createHash("sha256").update(names.join("\0")).digest("hex").slice(0, 12)}`;
}

/** The chain's networks, and those that only namespaces name, with the namespaces' interfaces as ports. */
function withHops(
  networks: readonly NetworkDescription[],
  interfaces: readonly HopInterface[],
): readonly NetworkDescription[] {
  const all = new Map(networks.map((network) => [network.name, network]));
  for (const { attach, hostName } of interfaces) {
    const attachment = parseAttachment(attach);
    if (attachment?.kind !== "switch") continue;
    const network = all.get(attachment.name) ?? { name: attachment.name };
    all.set(network.name, { ...network, devices: [...(network.devices ?? []), { device: `packet:${hostName}` }] });
  }
  return [...all.values()];
}

/** A wire that ends in a namespace is the interface itself. */
function wired<Vif extends { readonly attach?: string }>(vif: Vif, devices: ReadonlyMap<string, string>): Vif {
  const device = vif.attach?.startsWith("wire:") ? devices.get(vif.attach) : undefined;
  return device === undefined ? vif : { ...vif, attach: device };
}
