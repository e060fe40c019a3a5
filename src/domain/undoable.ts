/** Work of several steps that is done whole or not at all. */
import { ToolstackError } from "./toolstack.ts";

/** Says how to undo the step that was just done. */
export type Undo = (action: () => unknown) => void;

/** Runs `work`; when it fails, the steps that it did are undone, the last one first, and the fault goes on to the caller. */
export async function undoable<Result>(work: (undo: Undo) => Promise<Result>): Promise<Result> {
  const actions: (() => unknown)[] = [];
  try {
    return await work((action) => actions.push(action));
  } catch (error) {
    const left = await runAll(actions.reverse());
    throw left.length === 0 ? error : withRest(error, left);
  }
}

/** Runs every action, also after one that fails. @returns what the failures said */
export async function runAll(actions: Iterable<() => unknown>): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const action of actions) {
    try {
      await action();
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  return faults;
}

function withRest(error: unknown, left: readonly string[]): ToolstackError {
  const code = error instanceof ToolstackError ? error.code : "UNAVAILABLE";
  return new ToolstackError(code, [messageOf(error), ...left.map((fault) => `and could not be undone: ${fault}`)]);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
