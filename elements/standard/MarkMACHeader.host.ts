/** MarkMACHeader: takes new arguments while it runs. */
import type { HostHalf } from "../../src/library/hostHalf.ts";

export const hostHalf: HostHalf = { reconfigure: () => undefined };
