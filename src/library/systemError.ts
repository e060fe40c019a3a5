/** The system's words for a failed system call, as strerror(3) has them. */
import { getSystemErrorMessage } from "node:util";

/**
 * Libuv's words, which are strerror's but for a few.
 * @param error  what a function of node:fs or node:process threw
 */
export function systemErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const number = "errno" in error && typeof error.errno === "number" ? error.errno : undefined;
  if ("code" in error && error.code === "EISDIR") return "Is a directory";
  if ("code" in error && error.code === "EIO") return "Input/output error";
  const text = number === undefined ? error.message : getSystemErrorMessage(number);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
