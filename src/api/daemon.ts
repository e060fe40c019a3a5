/** The daemon: a toolstack that lives as long as the process, and its API on a Unix socket and, where asked for, on TCP. */
import { readFileSync } from "node:fs";
import { type Logger, pino } from "pino";
import { type Toolstack, ToolstackError } from "../domain/toolstack.ts";
import { systemErrorText } from "../library/systemError.ts";
import { claimSocket, listenOnPort, listenOnSocket } from "./listen.ts";
import type { Router } from "./router.ts";
import { buildServer } from "./server.ts";
import { notifySystemd, watchdogInterval } from "./systemd.ts";

export interface DaemonOptions {
  readonly openToolstack: (log: Logger) => Promise<Toolstack>;
  /** Path of the Unix socket; whoever its permissions let connect may do everything. */
  readonly socket: string;
  readonly tcp?: TcpOptions | undefined;
  /** Names of levels as pino has them; default `info`. */
  readonly logLevel?: string | undefined;
}

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  /** Holds the token; absent = the environment's COSMOS_TOKEN is it. */
  readonly tokenFile?: string | undefined;
  /** Files in PEM; absent = plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
}

/** Characters of a token, at least: 128 bits where they are hexadecimal, as `openssl rand -hex 16` makes them. */
const TOKEN_LENGTH = 32;

/**
 * Serves until SIGTERM or SIGINT. A second signal ends the process at once.
 *
 * @throws ToolstackError when it cannot begin: another daemon listens, no token, a file that cannot be read
 */
export async function runDaemon({ openToolstack, socket, tcp, logLevel = "info" }: DaemonOptions): Promise<void> {
  // What the daemon makes is not for everybody; and nobody else connects before the socket has its mode.
  process.umask(0o007);
  const log = pino({ level: logLevel, redact: ["token", "*.token", "*.headers.authorization"] });
  const access = tcp && { ...tcp, token: readToken(tcp.tokenFile), tls: tcp.tls && readTls(tcp.tls) };
  await claimSocket(socket);
  const asked = untilAskedToStop();

  await using parts = new AsyncDisposableStack();
  const toolstack = parts.adopt(await openToolstack(log), (opened) => opened.close());
  const open = async (options: Parameters<typeof buildServer>[1]): Promise<Router> =>
    parts.adopt(await buildServer(toolstack, { ...options, logger: log }), (server) => server.close());
  await listenOnSocket(await open({}), socket);
  if (access) await listenOnPort(await open({ token: access.token, tls: access.tls }), access.host, access.port);

  tellSystemd("READY=1", log);
  const interval = watchdogInterval();
  if (interval !== undefined) parts.adopt(setInterval(tellSystemd, interval, "WATCHDOG=1", log), clearInterval);
  log.info({ signal: await asked }, "stopping");
  tellSystemd("STOPPING=1", log);
}

/** @throws ToolstackError INVALID for none, or one that could be guessed */
function readToken(file: string | undefined): string {
  const [token, place] =
    file === undefined ? [process.env.COSMOS_TOKEN, "COSMOS_TOKEN"] : [readText(file).trim(), `'${file}'`];
  if (token === undefined)
    throw new ToolstackError("INVALID", "listening on TCP takes a token: name its file, or set COSMOS_TOKEN");
  if (token.length < TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token))
    throw new ToolstackError(
      "INVALID",
      `the token in ${place} must have ${TOKEN_LENGTH} characters or more, printable and without spaces: make one with 'openssl rand -hex 16'`,
    );
  return token;
}

function readTls({ certificate, key }: NonNullable<TcpOptions["tls"]>): NonNullable<TcpOptions["tls"]> {
  return { certificate: readText(certificate), key: readText(key) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ToolstackError("INVALID", `cannot read '${file}': ${systemErrorText(error)}`);
  }
}

/** @returns the signal */
function untilAskedToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}

/** Guests go on also where systemd cannot be told. */
function tellSystemd(message: string, log: Logger): void {
  try {
    notifySystemd(message);
  } catch (error) {
    log.warn({ err: error }, "cannot tell systemd");
  }
}
