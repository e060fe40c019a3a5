/** Checks requests by the schemas that describe them: each fault is told with its place. */
import type { FastifySchemaCompiler, FastifyTypeProvider } from "fastify";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { formatFault, within } from "../domain/fault.ts";
import { schemaFaults } from "../domain/schemaFaults.ts";
import { ToolstackError } from "../domain/toolstack.ts";

/** Gives requests the types of the schemas that checked them. */
export interface SchemaTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
}

/** Makes Fastify's check of one part of a request. Query parameters are text, and are converted to their types; bodies must have them. */
export const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = httpPart === "querystring" ? "query" : (httpPart ?? "body");
  return (given: unknown) => {
    if (given instanceof Uint8Array) return { value: given }; // JSON has no bytes, and its schemas cannot check them.
    const value = part === "query" ? Value.Convert(schema, given) : given;
    const faults = within([part], schemaFaults(schema, value));
    return faults.length === 0 ? { value } : { error: new ToolstackError("INVALID", faults.map(formatFault)) };
  };
};
