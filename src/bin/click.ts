/** Entry of the `click` command. V8's code for what it loads is kept from run to run: loading is most of a cold start. */
import { enableCompileCache } from "node:module";
import os from "node:os";
import path from "node:path";

enableCompileCache(path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "clickos", "v8"));
const { PROCESS_TERMINAL, runClick } = await import("./clickCommand.ts");

process.exitCode = await runClick(process.argv.slice(2), PROCESS_TERMINAL);
