/** Writes the OpenAPI document of the daemon to standard output: what generated clients are made from. */
import { DaemonClient } from "./client.ts";
import { openApiDocument } from "./openapi.ts";
import { buildServer } from "./server.ts";

// A client connects when it is first used, and here nobody asks it.
const server = await buildServer(new DaemonClient({ url: "unix:/dev/null" }));
process.stdout.write(`${JSON.stringify(openApiDocument(server), null, 2)}\n`);
await server.close();
