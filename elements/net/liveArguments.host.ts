/**
 * The host half of elements that take new arguments while they run and read all of them by type: the router stores the
 * values, no more is to do.
 */
import type { HostHalf, HostHandler } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = { reconfigure: () => undefined };

/** The write side of a handler that replaces one argument. */
export function argumentHandler(keyword: string, documentation: string): HostHandler {
  return { flags: "w", documentation, write: (element, text) => element.reconfigureArgument(keyword, text) };
}
