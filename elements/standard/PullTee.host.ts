/** PullTee: the number of outputs. */
import { checkArms } from "./arms.host.ts";

export const hostHalf = { configure: checkArms };
