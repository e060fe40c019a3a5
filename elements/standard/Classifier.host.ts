/** The host half of Classifier. */
import { compileClassifier } from "../../src/pattern/index.ts";
import { patternHalf } from "../net/pattern.host.ts";

export const hostHalf = patternHalf(compileClassifier, "r.").half;
