/** Entry of the `click-buildtool` command. */
import { runBuildtool } from "./buildtoolCommand.ts";
import { PROCESS_TERMINAL } from "./clickCommand.ts";

process.exitCode = runBuildtool(process.argv.slice(2), PROCESS_TERMINAL);
