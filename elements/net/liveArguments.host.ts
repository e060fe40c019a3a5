/**
 * The host half of elements that take new arguments while they run and read all of them by type: the router stores the
 * values, no more is to do.
 */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = { reconfigure: () => undefined };
