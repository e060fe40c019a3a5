/** Says on a terminal that long work is under way, and wipes that when it is done. */
import type { Terminal } from "./terminal.ts";

/**
 * @param title  what is being done: "saving web"
 * @returns what the work returns
 */
export async function withProgress<Result>(
  { output, errors }: Terminal,
  title: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!output.isTTY || !errors.isTTY) return work();
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  // Standard output is for answers. A terminal's streams are write streams.
  const stream = errors as NodeJS.WriteStream;
  const logger = new ListrLogger({ processOutput: new ProcessOutput(stream, stream) });
  const context: { result?: Result } = {};
  const tasks = new Listr<typeof context>(
    [
      {
        title,
        task: async (filled) => {
          filled.result = await work();
        },
      },
    ],
    { rendererOptions: { logger, clearOutput: true, showErrorMessage: false } },
  );
  await tasks.run(context);
  // The task has run, or `run` has thrown.
  return context.result as Result;
}
