/** What runs on a server: iperf3, web servers, a name server, and an echo service; and what a client does with them. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Host, whyNoPeers } from "./hosts.ts";
import { Program } from "./program.ts";

/** Programs that the services and their clients are; without those for names, there are no names. */
export const PROGRAMS = ["iperf3", "curl", "ping"] as const;
export const NAME_PROGRAMS = ["dnsmasq", "dig"] as const;

const WEB_PORT = 80;
/** A web server that no firewall lets through. */
const ADMIN_PORT = 8080;
const ECHO_PORT = 7;
const NAME = "www.example";
const NAMED_ADDRESS = "203.0.113.80";
const NAME_SERVER = [
  ...["--no-daemon", "--conf-file=/dev/null", "--user=root", "--pid-file", "--no-resolv", "--no-hosts"],
  `--address=/${NAME}/${NAMED_ADDRESS}`,
];
const PAGE_BYTES = 2_000_000;
const CONVERSATION = fileURLToPath(new URL("conversation.py", import.meta.url));

export class Services implements Disposable {
  readonly web: Program;
  readonly admin: Program;
  readonly #host: Host;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "clickos-peers-"));
  readonly #page = randomBytes(PAGE_BYTES);
  readonly #ready: Promise<unknown>;

  private constructor(host: Host) {
    this.#host = host;
    writeFileSync(path.join(this.#folder, "page"), this.#page);
    const start = (program: string, ...args: string[]) => new Program(host.namespace, program, ...args);
    const serve = (port: number) =>
      start("python3", "-u", "-m", "http.server", String(port), "--directory", this.#folder);
    this.web = serve(WEB_PORT);
    this.admin = serve(ADMIN_PORT);
    const ready = [
      this.web.said(/Serving HTTP/),
      this.admin.said(/Serving HTTP/),
      start("iperf3", "--server", "--forceflush").said(/Server listening/),
      start("python3", CONVERSATION, "listen", String(ECHO_PORT)).said(/listening/),
    ];
    if (!whyNoPeers(...NAME_PROGRAMS)) ready.push(start("dnsmasq", ...NAME_SERVER).said(/started, version/));
    this.#ready = Promise.all(ready);
  }

  /** @returns when all of them can be asked */
  static async start(host: Host): Promise<Services> {
    const services = new Services(host);
    await services.#ready;
    return services;
  }

  /** The programs end with their namespace. */
  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  async ping(client: Host): Promise<void> {
    const said = await this.#run(client, "ping", "-n", "-c5", "-i0.05", this.#host.address).succeed();
    assert.match(said, /5 packets transmitted, 5 received, 0% packet loss/);
  }

  async measureTcp(client: Host): Promise<void> {
    const { sum_received } = iperfEnd(await this.#iperf(client, "--bytes", "8M").succeed());
    assert.ok(Number(sum_received.bytes) > 0);
  }

  /** A stream of TCP for so many seconds, as fast as it goes. */
  startStream(client: Host, seconds: number): Program {
    return this.#iperf(client, "--time", String(seconds));
  }

  /** A steady stream of UDP, until it is interrupted. */
  startFlood(client: Host): Program {
    return this.#iperf(client, "--udp", "--bandwidth", "20M", "--length", "1400", "--time", "0");
  }

  async measureUdp(client: Host): Promise<void> {
    const words = ["--udp", "--bandwidth", "50M", "--length", "1400", "--bytes", "1M"];
    const { sum } = iperfEnd(await this.#iperf(client, ...words).succeed());
    assert.ok(Number(sum.packets) > Number(sum.lost_packets));
  }

  async resolve(client: Host): Promise<void> {
    for (const transport of ["+notcp", "+tcp"]) {
      const said = await this.#run(client, "dig", `@${this.#host.address}`, transport, "+short", NAME).succeed();
      assert.equal(said, `${NAMED_ADDRESS}\n`);
    }
  }

  async fetch(client: Host): Promise<void> {
    const file = path.join(this.#folder, "fetched");
    await this.#curl(client, WEB_PORT, "--output", file).succeed();
    assert.deepEqual(readFileSync(file), this.#page);
  }

  /** Tries to get at what a firewall refuses. @returns curl's status: 28 when nothing answered */
  async fetchForbidden(client: Host): Promise<number | null> {
    return this.#curl(client, ADMIN_PORT, "--connect-timeout", "1").ended;
  }

  /** @param words  how much, how long, which protocol */
  #iperf(client: Host, ...words: readonly string[]): Program {
    return this.#run(client, "iperf3", "--client", this.#host.address, "--json", ...words);
  }

  #curl(client: Host, port: number, ...words: readonly string[]): Program {
    const url = `http://${this.#host.address}:${port}/page`;
    return this.#run(client, "curl", "--silent", "--show-error", "--max-time", "10", ...words, url);
  }

  /** Opens a connection to the echo service. */
  async converse(client: Host): Promise<Conversation> {
    const program = this.#run(client, "python3", CONVERSATION, "connect", this.#host.address, String(ECHO_PORT));
    await program.said(/connected/);
    return new Conversation(program);
  }

  #run(client: Host, program: string, ...args: readonly string[]): Program {
    return new Program(client.namespace, program, ...args);
  }
}

/** A TCP connection on which a line comes back as often as it is sent. */
export class Conversation {
  readonly #program: Program;
  #lines = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Sends a line, and waits until it has come back. @throws Error when the connection is lost */
  async goOn(): Promise<void> {
    const line = `message ${++this.#lines} of a conversation`;
    this.#program.write(`${line}\n`);
    await this.#program.said(new RegExp(line));
  }
}

/** Totals of one kind, as iperf3 gives them. */
interface IperfSum {
  readonly bytes: number;
  readonly packets?: number;
  readonly lost_packets?: number;
}

function iperfEnd(json: string): { readonly sum_received: IperfSum; readonly sum: IperfSum } {
  return JSON.parse(json).end;
}
