/** Pattern languages: Classifier, IPClassifier and IPFilter, from their text to tables and code. */

export { DIAGRAMS, PROGRAM, withKind } from "./guestTable.ts";
export { type CompiledForm, compileClassifier, compileIpClassifier, compileIpFilter, Pattern } from "./pattern.ts";
export { type Coordinates, DROPPED, type PatternContext, type Rule } from "./rules.ts";
