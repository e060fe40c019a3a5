/** Entry of the `clickos-image` command. */
import { runImageCommand } from "./imageCommand.ts";

process.exitCode = await runImageCommand(process.argv.slice(2));
