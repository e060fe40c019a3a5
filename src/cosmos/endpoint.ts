/** Where the daemon listens, as options and environment say it. */
import { UsageFault } from "./faults.ts";

export const DEFAULT_SOCKET = "/run/cosmos.sock";

/** `unix:PATH` or `http(s)://HOST:PORT`. */
export interface Endpoint {
  readonly url: string;
  readonly token?: string | undefined;
}

/** As typed. */
export interface EndpointOptions {
  readonly socket?: string | undefined;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** What was typed wins over the environment, and a URL over a socket. An empty variable is none. */
export function endpointOf(typed: EndpointOptions): Endpoint {
  if (typed.socket !== undefined && typed.url !== undefined)
    throw new UsageFault("--socket and --url both say where the daemon listens: give one");
  const { COSMOS_URL, COSMOS_TOKEN } = process.env;
  const url = typed.url ?? (typed.socket === undefined && COSMOS_URL ? COSMOS_URL : `unix:${socketOf(typed)}`);
  return { url, token: typed.token ?? (COSMOS_TOKEN || undefined) };
}

/** Path of the daemon's Unix socket. */
export function socketOf({ socket }: EndpointOptions): string {
  return socket ?? (process.env.COSMOS_SOCKET || DEFAULT_SOCKET);
}
