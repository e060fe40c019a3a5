/** Entry of the `click-flatten` command. */
import { PROCESS_TERMINAL } from "./clickCommand.ts";
import { runFlatten } from "./flattenCommand.ts";

process.exitCode = runFlatten(process.argv.slice(2), PROCESS_TERMINAL);
