/** Two hosts with ordinary programs in them, each at the end of a link whose other end is a device for the switch. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ip, type Namespace, type Network, whyNoNetwork } from "../support/namespaces.ts";

const FINISH_FRAMES = fileURLToPath(new URL("finishFrames.py", import.meta.url));

export interface Host {
  readonly namespace: Namespace;
  readonly address: string;
  /** The interface of the test's own namespace that leads there. */
  readonly port: string;
}

export interface Hosts {
  readonly client: Host;
  readonly server: Host;
}

/** @returns why these tests cannot be made here; false when they can */
export function whyNoPeers(...programs: readonly string[]): string | false {
  return whyNoNetwork("python3", ...programs) ?? false;
}

/** On one network. */
export function neighbours(network: Network): Hosts {
  return { client: addHost(network, "client", "10.0.0.10"), server: addHost(network, "server", "10.0.0.20") };
}

/** On two networks; each knows the router's address as the way to the other. */
export function routedHosts(network: Network): Hosts {
  return {
    client: addHost(network, "client", "10.0.0.10", "10.0.0.1"),
    server: addHost(network, "server", "192.0.2.10", "192.0.2.1"),
  };
}

/** On two networks; the server knows no way to the client's. */
export function translatedHosts(network: Network): Hosts {
  return {
    client: addHost(network, "client", "10.0.0.10", "10.0.0.1"),
    server: addHost(network, "server", "192.0.2.10"),
  };
}

/** @param gateway  where everything goes that is not for the host's own network; absent = nowhere */
function addHost(network: Network, label: string, address: string, gateway?: string): Host {
  const namespace = network.add(label);
  const port = namespace.link({ addresses: [`${address}/24`] });
  // As on a wire: what the switch leaves to its device, checksums and segmentation, is done before the frame gets to the host.
  execFileSync("python3", [FINISH_FRAMES, port], { stdio: "pipe" });
  if (gateway !== undefined) ip("-n", namespace.name, "route", "add", "default", "via", gateway);
  return { namespace, address, port };
}

/** Gives a host an interface of the test's own namespace, such as a TAP, in the place of its link. */
export function replaceInterface({ namespace, address }: Host, name: string): void {
  ip("-n", namespace.name, "link", "del", "dev", "eth0");
  namespace.adopt(name, [`${address}/24`]);
}
