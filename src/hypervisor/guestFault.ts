/** Faults of guests: what they are called, and what becomes of a call that fails by one. */
import { printable } from "../domain/fault.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import { GuestTrap } from "../machine/guest.ts";
import { WatchdogError } from "./watchdog.ts";

/** Functions of a stack that are told: the innermost ones say where it was. */
const TOLD_FRAMES = 4;

/** Why a guest stopped, for people. The names in it may be a foreign image's. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof GuestTrap)) return error instanceof Error ? error.message : String(error);
  if (error.frames.length === 0) return error.message;
  return `${error.message}, in ${error.frames.slice(0, TOLD_FRAMES).map(printable).join(", called by ")}`;
}

/**
 * Does something that calls a guest.
 * @param failed  told the guest's fault. @returns what it is for whoever asked: his own (the guest is being made), or that of a guest that has crashed
 * @throws ToolstackError when the guest failed; what `work` threw
 */
export function guarded<Result>(work: () => Result, failed: (error: unknown) => "INVALID" | "WRONG_STATE"): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GuestTrap || error instanceof WatchdogError)) throw error;
    throw new ToolstackError(failed(error), `the guest failed: ${reasonOf(error)}`);
  }
}
