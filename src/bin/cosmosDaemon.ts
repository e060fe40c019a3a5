/** The daemon of this machine: the toolstack and its guests behind the API. */
import { DaemonClient } from "../api/client.ts";
import { runDaemon } from "../api/daemon.ts";
import type { DaemonSettings } from "../cosmos/daemonCommand.ts";
import { openCosmos } from "../index.ts";

/** Serves until SIGTERM or SIGINT. @throws ToolstackError when it cannot begin */
export async function runCosmosDaemon(settings: DaemonSettings): Promise<void> {
  const { stateDirectory, workers, files, busyPolling, ...serving } = settings;
  await runDaemon({
    ...serving,
    openToolstack: (log) =>
      openCosmos({
        stateDirectory,
        workers,
        files,
        busyPolling,
        connect: async (target) => new DaemonClient(target),
        notice: (text) => log.warn(text),
      }),
  });
}
