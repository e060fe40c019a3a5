/** The demo's third part: a firewall and a NAT between two Linux network namespaces, and what ordinary programs see of them. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ChainDescription } from "../domain/chain.ts";
import { administratorEnvironment } from "../domain/chains/linux.ts";
import { openToolstack } from "../domain/localToolstack.ts";
import { readChainDescription } from "../domain/read.ts";
import { type Toolstack, ToolstackError } from "../domain/toolstack.ts";
import { startHypervisor } from "../hypervisor/start.ts";
import { formatNumber } from "../report/index.ts";
import type { Screen } from "./liveTable.ts";
import { DENIED, fetchFrom, isAnswered, type NetworkNamespace, PATIENCE } from "./programs.ts";

export interface NetworkOptions {
  readonly screen: Screen;
  /** The package's `examples`. */
  readonly examples: string;
  /** Closes what is open when the demo ends before its time. */
  readonly cleanup: AsyncDisposableStack;
}

/** @returns why there can be no network namespaces with programs in them; undefined = there can */
export function whyNoNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return "skipped: network namespaces need root";
  const missing = ["ip", "ping", "curl"].find((program) => !isInstalled(program));
  if (missing !== undefined) return `skipped: '${missing}' is not installed`;
  if (!isInstalled("nginx") && !isInstalled("python3")) return "skipped: neither 'nginx' nor 'python3' is installed";
  return undefined;
}

function isInstalled(program: string): boolean {
  const { PATH = "" } = administratorEnvironment();
  return PATH.split(":").some((folder) => existsSync(path.join(folder, program)));
}

/** @returns whether what is allowed crossed, and what is not did not */
export async function showNetwork(options: NetworkOptions): Promise<boolean> {
  const say = (line = ""): void => options.screen.write(`${line}\n`);
  say("== A firewall and a NAT between two network namespaces: examples/chain/web.toml ==");
  const why = whyNoNetwork();
  if (why !== undefined) {
    say(why);
    return true;
  }
  const toolstack = await openToolstack({
    startHypervisor: async (_worker, events) => startHypervisor("thread", { notice: say }, events),
    notice: say,
  });
  options.cleanup.defer(() => toolstack.close());
  try {
    return await new NetworkShow(toolstack, options.cleanup, say).show(readWeb(options.examples));
  } finally {
    await toolstack.close();
  }
}

/** The example, under names that nobody else uses: those of namespaces are the whole machine's. */
function readWeb(examples: string): ChainDescription {
  const file = path.join(examples, "chain", "web.toml");
  const web = readChainDescription(readFileSync(file, "utf8"), file);
  return { ...web, namespaces: web.namespaces?.map((hop) => ({ ...hop, name: ownName(hop.name) })) ?? [] };
}

function ownName(namespace: string): string {
  return `${namespace}-demo${process.pid}`;
}

const CLIENT: NetworkNamespace = { name: `cosmos-${ownName("client")}` };
const WEB: NetworkNamespace = { name: `cosmos-${ownName("web")}` };
/** Addresses of examples/chain/web.toml. */
const CLIENT_ADDRESS = "203.0.113.2";
const PUBLIC_ADDRESS = "203.0.113.1";
const WEB_ADDRESS = "10.0.0.2";

class NetworkShow {
  readonly #toolstack: Toolstack;
  readonly #cleanup: AsyncDisposableStack;
  readonly #say: (line?: string) => void;
  #isRight = true;

  constructor(toolstack: Toolstack, cleanup: AsyncDisposableStack, say: (line?: string) => void) {
    this.#toolstack = toolstack;
    this.#cleanup = cleanup;
    this.#say = say;
  }

  async show(web: ChainDescription): Promise<boolean> {
    this.#say(`client ${CLIENT_ADDRESS} --- firewall --- ${PUBLIC_ADDRESS} nat 10.0.0.1 --- ${WEB_ADDRESS} web`);
    const start = performance.now();
    const why = await this.#whyNotUp(web);
    if (why !== undefined) {
      this.#say(`skipped: ${why}`);
      return true;
    }
    this.#say(`Up in ${formatNumber(performance.now() - start)} ms: two namespaces, two domains, and a web server.`);
    await this.#serving();
    await this.#showAllowed();
    await this.#showDenied();
    await this.#toolstack.chainDown(web.name);
    this.#say("Taken down: nothing of it is left.");
    return this.#isRight;
  }

  /** Root may lack rights, too: in a container, say. */
  async #whyNotUp(web: ChainDescription): Promise<string | undefined> {
    try {
      await this.#toolstack.chainUp(web);
      return undefined;
    } catch (error) {
      if (error instanceof ToolstackError && error.code === "UNAVAILABLE") return error.message;
      throw error;
    }
  }

  /** Programs need some time to start. */
  async #serving(): Promise<void> {
    const end = performance.now() + PATIENCE * 1000;
    while (performance.now() < end && !this.#cleanup.disposed) {
      if ((await fetchFrom(WEB, "127.0.0.1")) !== undefined) return;
      await setTimeout(100);
    }
  }

  async #showAllowed(): Promise<void> {
    this.#expect("the client pings the public address", "answered", await isAnswered(CLIENT, PUBLIC_ADDRESS));
    this.#expect("the web server pings the client", "answered", await isAnswered(WEB, CLIENT_ADDRESS));
    const page = await fetchFrom(CLIENT, PUBLIC_ADDRESS);
    const says = page === undefined ? "a page" : `"${page.trim()}"`;
    this.#expect(`the client fetches http://${PUBLIC_ADDRESS}/`, says, page !== undefined);
  }

  async #showDenied(): Promise<void> {
    const direct = await fetchFrom(WEB, "127.0.0.1:8080");
    this.#expect("the web server itself finds port 8080", "open", direct !== undefined);
    const before = await this.#refused();
    const page = await fetchFrom(CLIENT, `${PUBLIC_ADDRESS}:8080`, DENIED);
    const refused = (await this.#refused()) - before;
    const silence = `silence, ${refused} packets refused`;
    this.#expect("the client asks the public address for it", silence, page === undefined && refused > 0);
    const inner = await isAnswered(CLIENT, WEB_ADDRESS, DENIED);
    this.#expect(`the client pings ${WEB_ADDRESS}, which only the NAT knows`, "silence", !inner);
  }

  async #refused(): Promise<number> {
    return Number(await this.#toolstack.readHandler("firewall", "refused_in.count"));
  }

  #expect(deed: string, outcome: string, isRight: boolean): void {
    this.#isRight &&= isRight;
    this.#say(`  ${deed}: ${outcome}${isRight ? "." : " was expected: WRONG."}`);
  }
}
