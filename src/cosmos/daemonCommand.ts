/** The command that runs the daemon. */
import { type Command, Option } from "commander";
import { socketOf } from "./endpoint.ts";
import { UsageFault } from "./faults.ts";
import { collect, given, positiveInteger } from "./options.ts";
import type { Session } from "./session.ts";

const DEFAULT_STATE = "/var/lib/cosmos";

/** As pino names them. */
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

export interface DaemonSettings {
  readonly socket: string;
  readonly stateDirectory: string;
  readonly tcp?: TcpSettings;
  /** Threads that run guests. */
  readonly workers: number;
  /** Folders in which configurations may open files. */
  readonly files: readonly string[];
  /** Whether the workers never sleep. */
  readonly busyPolling: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export interface TcpSettings {
  readonly host: string;
  readonly port: number;
  /** Absent = the environment's COSMOS_TOKEN is the token. */
  readonly tokenFile?: string;
  /** Names of files. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

interface DaemonOptions {
  readonly state?: string;
  readonly tcp?: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly workers: number;
  readonly files: readonly string[];
  readonly busyPolling: boolean;
  readonly logLevel: DaemonSettings["logLevel"];
}

export function addDaemon(
  program: Command,
  session: Session,
  runDaemon: (settings: DaemonSettings) => Promise<void>,
): void {
  program
    .command("daemon")
    .description("run the daemon, which the other commands talk to, in the foreground")
    .option("--state <directory>", `where domains are kept (COSMOS_STATE; default ${DEFAULT_STATE})`)
    .option("--tcp <host:port>", "listen there, too; needs a token")
    .option("--token-file <file>", "file with the token that clients on TCP must have (or COSMOS_TOKEN)")
    .option("--tls-cert <file>", "certificate in PEM, for TLS on TCP")
    .option("--tls-key <file>", "key in PEM, for TLS on TCP")
    .option("--workers <threads>", "threads that run guests", positiveInteger, 1)
    .option("--files <directory>", "let configurations open files below it (several times; default: none)", collect, [])
    .option("--busy-polling", "never sleep: the least delay, at the price of a core for each worker", false)
    .addOption(new Option("--log-level <level>", "what is logged, at least").choices(LOG_LEVELS).default("info"))
    .addHelpText(
      "after",
      `
It listens on the socket of --socket or COSMOS_SOCKET, logs lines of JSON to standard output, and ends on SIGTERM and SIGINT.

Examples:
  cosmos daemon
  cosmos daemon --socket /tmp/cosmos.sock --state /tmp/cosmos --log-level warn
  cosmos daemon --tcp 0.0.0.0:7070 --token-file /etc/cosmos/token --tls-cert cert.pem --tls-key key.pem`,
    )
    .action((options: DaemonOptions) => runDaemon(settingsOf(options, socketOf(session.options))));
}

function settingsOf(options: DaemonOptions, socket: string): DaemonSettings {
  const { state, workers, files, busyPolling, logLevel } = options;
  const stateDirectory = state ?? (process.env.COSMOS_STATE || DEFAULT_STATE);
  return { socket, stateDirectory, ...given("tcp", tcpOf(options)), workers, files, busyPolling, logLevel };
}

function tcpOf({ tcp, tokenFile, tlsCert, tlsKey }: DaemonOptions): TcpSettings | undefined {
  if (tcp === undefined) {
    if (tokenFile === undefined && tlsCert === undefined && tlsKey === undefined) return undefined;
    throw new UsageFault("tokens and TLS are for TCP: give --tcp, too");
  }
  return { ...parseHostPort(tcp), ...given("tokenFile", tokenFile), ...given("tls", tlsOf(tlsCert, tlsKey)) };
}

function tlsOf(certificate: string | undefined, key: string | undefined): TcpSettings["tls"] {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) throw new UsageFault("TLS needs both --tls-cert and --tls-key");
  return { certificate, key };
}

/** Reads `HOST:PORT`; an IPv6 address stands in brackets. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (!parts || port > 65535)
    throw new UsageFault(`--tcp '${text}': write HOST:PORT, for instance 127.0.0.1:7070 or [::1]:7070`);
  return { host: parts[1] ?? parts[2]!, port };
}
