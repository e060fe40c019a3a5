/** Checks a value by a schema, and words each fault for people. */
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { type Fault, type Path, printable } from "./fault.ts";
import { suggestion } from "./suggest.ts";

/** Compiled when first used: a command that checks nothing does not pay for it. */
const validators = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  return validator;
}

/** @returns what is wrong with `value`; nothing = it has the schema's type */
export function schemaFaults(schema: TSchema, value: unknown): readonly Fault[] {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return [];
  return validator.Errors(value).flatMap((error) => faultsOf(error, schema, value));
}

function faultsOf(error: TLocalizedValidationError, root: TSchema, value: unknown): readonly Fault[] {
  const path = pathOf(error.instancePath, value);
  const found = valueAt(value, path);
  const schema = schemaAt(root, error.schemaPath);
  switch (error.keyword) {
    case "required":
      return error.params.requiredProperties.map((key) => ({ path, message: `'${key}' is missing` }));
    case "additionalProperties":
      return error.params.additionalProperties.map((key) => ({
        path: [...path, key],
        message: `there is no such key${suggestion(key, Object.keys(memberOf(schema, "properties") ?? {}))}`,
      }));
    case "boolean": // The same fault as additionalProperties, told once more.
      return [];
    case "type":
      return [{ path, message: `must be ${withArticle(String(error.params.type))}, not ${kindOf(found)}` }];
    case "enum": {
      const words = error.params.allowedValues.map(String);
      const meant = typeof found === "string" ? suggestion(found, words) : "";
      return [{ path, message: `must be ${alternatives(words)}, not ${show(found)}${meant}` }];
    }
    case "pattern":
      return [{ path, message: `${show(found)} does not fit: ${String(memberOf(schema, "description"))}` }];
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return [{ path, message: `must be ${error.params.comparison} ${error.params.limit}, not ${show(found)}` }];
    default:
      return [{ path, message: error.message }];
  }
}

/** From a JSON pointer (RFC 6901 §4); a step into an array is a number. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  for (const step of stepsOf(pointer)) path.push(Array.isArray(valueAt(root, path)) ? Number(step) : step);
  return path;
}

function stepsOf(pointer: string): readonly string[] {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => memberOf(value, String(step)), root);
}

function schemaAt(root: TSchema, pointer: string): unknown {
  return stepsOf(pointer).reduce<unknown>(memberOf, root);
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key]; // an object has members of unknown types
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a date";
  if (typeof value === "number" && !Number.isInteger(value)) return String(value);
  return withArticle(typeof value === "object" ? "table" : typeof value);
}

function withArticle(type: string): string {
  if (type === "object") return "a table";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function alternatives(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

function show(value: unknown): string {
  if (typeof value === "string") return `'${printable(value)}'`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : kindOf(value);
}
