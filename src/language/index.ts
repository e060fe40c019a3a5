export { type ArchiveMember, configurationText, isArchive, readArchive } from "./archive.ts";
export {
  isWord,
  joinArguments,
  parseString,
  parseWord,
  quote,
  shiftWord,
  splitArguments,
  splitKeyword,
  splitWords,
  uncomment,
  unquote,
} from "./argumentText.ts";
export { byteText, printable } from "./bytes.ts";
export {
  type ClassTraits,
  type ResolvedElement,
  type ResolvedPort,
  type ResolvedPorts,
  resolvePorts,
} from "./check.ts";
export { findLibrary, libraryReader } from "./clickPath.ts";
export { type DiagnosticListener, Diagnostics } from "./diagnostics.ts";
export {
  type Configuration,
  type ConfiguredElement,
  type Connection,
  type FlattenOptions,
  flatten,
} from "./flatten.ts";
export { flowCodeFault, inputsOfOutput, outputsOfInput } from "./flow.ts";
export { parseConfiguration } from "./parse.ts";
export { type Processing, portCounts } from "./ports.ts";
export { printConfiguration } from "./print.ts";
export { readConfiguration } from "./read.ts";
export type { Landmark, SyntaxTree } from "./tree.ts";
export { Environment, substitute } from "./variables.ts";
