/** Entry of the `cosmos` command: the process's streams, and the parts that only some commands need. */
import { runCosmos } from "../cosmos/run.ts";

process.exitCode = await runCosmos(process.argv.slice(2), {
  terminal: { input: process.stdin, output: process.stdout, errors: process.stderr },
  openToolstack: async (endpoint) => new (await import("../api/client.ts")).DaemonClient(endpoint),
  runImage: async (words) => (await import("./imageCommand.ts")).runImageCommand(words),
  runDaemon: async (settings) => (await import("./cosmosDaemon.ts")).runCosmosDaemon(settings),
});
