export type {
  ArgumentContext,
  ArgumentType,
  ArgumentValue,
  ElementReference,
  HandlerFacts,
  HandlerReference,
  IntegerRange,
  IP6Prefix,
  IPPrefix,
  Parsed,
} from "./argumentType.ts";
export { formatHandlerValue, type HandlerRefusal, parseHandlerValue } from "./handlerValues.ts";
export { NameDatabases, type Names } from "./names.ts";
export { type ArgumentSpecification, type ArgumentValues, type MessageSink, parseArguments } from "./parse.ts";
export { type ElementLocator, type FieldType, loadValue, StoreError, storedSize, storeValue } from "./store.ts";
export { argumentType, UnknownTypeError } from "./types.ts";
