/** Two hosts in network namespaces, each at the end of a link whose other end is a port for a forwarder; and traffic between them. */
import { once } from "node:events";
import { type Namespace, Network } from "../../test/support/namespaces.ts";
import { untilSaid } from "./forwarders.ts";

const CLIENT = { mac: "02:00:00:00:00:0a", address: "10.9.0.1" };
const SERVER = { mac: "02:00:00:00:00:0b", address: "10.9.0.2" };
const LINK = "eth0";
const ECHO_PORT = "7";
const PINGS = 20_000;
const FLOOD_BYTES = 64;

export class Hosts implements Disposable {
  /** The interfaces of our own namespace that lead to the hosts. */
  readonly ports: readonly string[];
  readonly #network = new Network();
  readonly #client: Namespace;
  readonly #server: Namespace;
  readonly #program: string;

  /**
   * @param program  traffic.c, compiled
   * @param wiring  whether the hosts have a link each to a port of ours, or one between them
   */
  constructor(program: string, wiring: "ports" | "direct") {
    this.#program = program;
    this.#client = this.#network.add("client");
    this.#server = this.#network.add("server");
    const ends = [
      { host: this.#client, ...CLIENT },
      { host: this.#server, ...SERVER },
    ];
    if (wiring === "ports") {
      this.ports = ends.map(({ host, mac, address }) => host.link({ name: LINK, mac, addresses: [`${address}/24`] }));
      return;
    }
    this.ports = [];
    const pair = this.#network.pair();
    for (const [place, { host, address }] of ends.entries()) host.adopt(pair[place] ?? "", [`${address}/24`]);
  }

  /** Until the hosts and what is between them know each other. @throws Error when the server cannot be reached */
  ready(): void {
    this.#client.run("ping", "-c", "3", "-i", "0.1", "-w", "5", "-q", SERVER.address);
  }

  /** Frames a second of the shortest length that reach the server, in millions. */
  flood(seconds: number): number {
    const before = this.#received();
    this.#client.run(this.#program, "flood", LINK, CLIENT.mac, SERVER.mac, String(FLOOD_BYTES), String(seconds));
    return (this.#received() - before) / seconds / 1e6;
  }

  #received(): number {
    return Number(this.#server.run("cat", `/sys/class/net/${LINK}/statistics/rx_packets`));
  }

  /** Gigabits a second of one TCP connection. */
  async tcp(seconds: number): Promise<number> {
    const server = this.#server.start("iperf3", ["--server", "--one-off", "--forceflush"]);
    const ended = once(server, "exit");
    await untilSaid(server, /^Server listening/);
    const report = this.#client.run("iperf3", "--client", SERVER.address, "--time", String(seconds), "--json");
    await ended;
    return receivedBits(JSON.parse(report)) / 1e9;
  }

  /** Round trips of datagrams, in microseconds. */
  async ping(): Promise<readonly number[]> {
    const server = this.#server.start(this.#program, ["echo", ECHO_PORT]);
    const ended = once(server, "exit");
    await untilSaid(server, /^ready$/);
    const lines = this.#client.run(this.#program, "ping", SERVER.address, ECHO_PORT, String(PINGS));
    server.kill();
    await ended;
    return lines.trim().split("\n").map(Number);
  }

  [Symbol.dispose](): void {
    this.#network[Symbol.dispose]();
  }
}

/** Of a client's report, as iperf3 prints it with `--json`. @throws Error when nothing was received */
function receivedBits(report: {
  readonly end?: { readonly sum_received?: { readonly bits_per_second?: number } };
}): number {
  const bits = report.end?.sum_received?.bits_per_second;
  if (!bits) throw new Error("iperf3 received nothing");
  return bits;
}
