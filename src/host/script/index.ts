/** Script and DriverManager: programs that read and write handlers. */

export type { Access, Outcome, OutputFile, ScriptEnvironment, ScriptHandler } from "./environment.ts";
export type { ScriptHandlerFacts } from "./handlers.ts";
export type { Program, ScriptType } from "./instructions.ts";
export { type HandlerResult, ScriptMachine } from "./machine.ts";
export { parseScript, type ScriptSurroundings } from "./parse.ts";
