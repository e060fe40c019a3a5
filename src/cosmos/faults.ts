/** Faults as the user sees them: lines on standard error, and an exit status. */
import { CommanderError } from "commander";
import { ToolstackError } from "../domain/toolstack.ts";
import { systemErrorText } from "../library/systemError.ts";

export const EXIT_STATUS = { done: 0, failed: 1, usage: 2, notFound: 3, unreachable: 4 } as const;
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** A command line that cannot be meant so. */
export class UsageFault extends Error {}

/** A request that was understood and could not be met. */
export class Failure extends Error {}

export interface Report {
  readonly status: ExitStatus;
  /** Without line ends; a message may have several lines. */
  readonly messages: readonly string[];
}

/** @throws the error itself if it is a fault of the program */
export function reportOf(error: unknown): Report {
  if (error instanceof AggregateError) return reportOfSeveral(error.errors);
  // Commander has printed its message already.
  if (error instanceof CommanderError)
    return { status: error.exitCode === 0 ? EXIT_STATUS.done : EXIT_STATUS.usage, messages: [] };
  if (error instanceof ToolstackError) return { status: statusOf(error), messages: error.messages };
  if (error instanceof UsageFault) return { status: EXIT_STATUS.usage, messages: [error.message] };
  if (error instanceof Failure) return { status: EXIT_STATUS.failed, messages: [error.message] };
  if (error instanceof Error && "syscall" in error) return reportOfSystem(error);
  throw error;
}

function reportOfSeveral(errors: readonly unknown[]): Report {
  const reports = errors.map(reportOf);
  return { status: reports[0]?.status ?? EXIT_STATUS.failed, messages: reports.flatMap(({ messages }) => messages) };
}

function statusOf({ code }: ToolstackError): ExitStatus {
  if (code === "NOT_FOUND") return EXIT_STATUS.notFound;
  if (code === "UNREACHABLE") return EXIT_STATUS.unreachable;
  return EXIT_STATUS.failed;
}

/** A reader that has seen enough (`| head`) is no fault. */
function reportOfSystem(error: Error): Report {
  if ("code" in error && error.code === "EPIPE") return { status: EXIT_STATUS.done, messages: [] };
  const place = "path" in error && typeof error.path === "string" ? `${error.path}: ` : "";
  return { status: EXIT_STATUS.failed, messages: [`${place}${systemErrorText(error)}`] };
}
