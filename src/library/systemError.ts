/** The system's words for a failed system call, as strerror(3) has them. */
import { getSystemErrorMessage } from "node:util";

/** @param error  what a function of node:fs or node:process threw */
export function systemErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const number = "errno" in error && typeof error.errno === "number" ? error.errno : undefined;
  const text = number === undefined ? error.message : getSystemErrorMessage(number);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
