/** Two hosts with services on one of them, and descriptions of domains that go between. */
import { readFileSync } from "node:fs";
import type { DomainDescription } from "../../src/domain/description.ts";
import { Network } from "../support/namespaces.ts";
import type { Hosts } from "./hosts.ts";
import { Services } from "./services.ts";

export class Peers implements Disposable {
  readonly hosts: Hosts;
  readonly services: Services;
  readonly #resources: DisposableStack;

  private constructor(hosts: Hosts, services: Services, resources: DisposableStack) {
    this.hosts = hosts;
    this.services = services;
    this.#resources = resources;
  }

  /** @param addHosts  lays out the network */
  static async open(addHosts: (network: Network) => Hosts): Promise<Peers> {
    using resources = new DisposableStack();
    const hosts = addHosts(resources.use(new Network()));
    const services = resources.use(await Services.start(hosts.server));
    return new Peers(hosts, services, resources.move());
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

/** @returns a domain between two hosts, client at its interface 0, server at 1, with the configuration of this folder that has its name */
export function middlebox(name: string, { client, server }: Hosts): DomainDescription {
  return { name, ...configuration(name), vifs: vifs(`packet:${client.port}`, `packet:${server.port}`) };
}

/** @returns a configuration of this folder */
export function configuration(name: string): { readonly config: string; readonly configFile: string } {
  const configFile = `${name}.click`;
  return { config: readFileSync(new URL(configFile, import.meta.url), "latin1"), configFile };
}

/** Interfaces with the Ethernet addresses that the configurations know as their own. */
export function vifs(...attachments: readonly string[]): { attach: string; mac: string }[] {
  return attachments.map((attach, index) => ({ attach, mac: `02:00:00:00:00:0${index + 1}` }));
}
