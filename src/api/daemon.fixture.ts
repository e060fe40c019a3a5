/** A daemon over a toolstack in memory, as a process of its own: `daemon.fixture.ts SOCKET [PORT]`. */
import { ToolstackError } from "../domain/toolstack.ts";
import { runDaemon } from "./daemon.ts";
import { MemoryToolstack } from "./toolstack.fixture.ts";

const [socket = "", port] = process.argv.slice(2);
try {
  await runDaemon({
    openToolstack: async () => new MemoryToolstack(),
    socket,
    tcp: port === undefined ? undefined : { host: "127.0.0.1", port: Number(port) },
  });
} catch (error) {
  if (!(error instanceof ToolstackError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
