/** Entry of the `cosmos` command: images today; the toolstack for running guests is to come. */
import { runImageCommand } from "./imageCommand.ts";

const [subcommand, ...words] = process.argv.slice(2);
if (subcommand === "image") {
  process.exitCode = await runImageCommand(words);
} else {
  const asked = subcommand === "--help" || subcommand === "help";
  const text =
    "Usage: cosmos image build|inspect ...\n\n  cosmos image --help    how images are made and looked into\n";
  (asked ? process.stdout : process.stderr).write(
    asked ? text : `cosmos: ${subcommand ? `unknown command '${subcommand}'` : "no command"}\n${text}`,
  );
  process.exitCode = asked ? 0 : 1;
}
