/** The host half of IPFilter. */
import { compileIpFilter } from "../../src/pattern/index.ts";
import { patternHalf } from "../net/pattern.host.ts";

export const hostHalf = patternHalf(compileIpFilter, "r").half;
