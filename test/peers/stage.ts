/** Hosts, and a toolstack of this process whose domains go between them. */
import process from "node:process";
import { type LocalToolstack, openToolstack } from "../../src/domain/localToolstack.ts";
import { startHypervisor } from "../../src/hypervisor/start.ts";
import type { Network } from "../support/namespaces.ts";
import type { Hosts } from "./hosts.ts";
import { Peers } from "./peers.ts";
import type { Services } from "./services.ts";

export class Stage implements AsyncDisposable {
  readonly hosts: Hosts;
  readonly services: Services;
  readonly toolstack: LocalToolstack;
  readonly #resources: AsyncDisposableStack;

  private constructor({ hosts, services }: Peers, toolstack: LocalToolstack, resources: AsyncDisposableStack) {
    this.hosts = hosts;
    this.services = services;
    this.toolstack = toolstack;
    this.#resources = resources;
  }

  /** @param addHosts  lays out the network */
  static async open(addHosts: (network: Network) => Hosts): Promise<Stage> {
    await using resources = new AsyncDisposableStack();
    const peers = resources.use(await Peers.open(addHosts));
    const toolstack = resources.adopt(await openThreadToolstack(), (opened) => opened.close());
    return new Stage(peers, toolstack, resources.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

/** Guests run in a thread of their own, as in the daemon. */
function openThreadToolstack(): Promise<LocalToolstack> {
  const notice = (text: string): void => void process.stderr.write(`${text}\n`);
  return openToolstack({
    startHypervisor: async (_worker, events) => startHypervisor("thread", { notice }, events),
    notice,
  });
}
