/** Entry of the `click` command. */
import { PROCESS_TERMINAL, runClick } from "./clickCommand.ts";

process.exitCode = await runClick(process.argv.slice(2), PROCESS_TERMINAL);
