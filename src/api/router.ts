/** How routes are written: what a request carries and what it is answered, once, for checking it and for the OpenAPI document. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, FastifySchema } from "fastify";
import type { TSchema } from "typebox";
import { FaultAnswer } from "./fault.ts";
import type { SchemaTypes } from "./validation.ts";

export type Router = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, SchemaTypes>;

/** Text of which each character is a byte. */
export const BYTES_AS_TEXT = "text/plain; charset=iso-8859-1";

/** A status of success and what comes with it. */
type Answer = Readonly<Record<number, Content | { readonly description: string; readonly type: "null" }>>;

interface Content {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}

export function json(schema: TSchema, status = 200): Answer {
  return { [status]: { description: "done", content: { "application/json": { schema } } } };
}

/** @param type  media type. @param description  what the content is */
export function text(type: string, description: string): Answer {
  return { 200: { description, content: { [type]: { schema: { type: "string" } } } } };
}

export function binary(type: string, description: string): Answer {
  return { 200: { description, content: { [type]: { schema: { type: "string", format: "binary" } } } } };
}

export const NOTHING: Answer = { 204: { description: "done", type: "null" } };

const FAULTS = {
  "4xx": { description: "the request is at fault", content: { "application/json": { schema: FaultAnswer } } },
  "5xx": { description: "the host is at fault", content: { "application/json": { schema: FaultAnswer } } },
};

/**
 * The description of one operation.
 *
 * @param operationId  its name as a method of generated clients
 * @param parts  schemas of the request: params, querystring, headers, body
 */
export function operation<Parts extends FastifySchema>(
  operationId: string,
  summary: string,
  answer: Answer,
  parts: Parts,
): { readonly schema: Parts } {
  return { schema: { operationId, summary, tags: ["cosmos"], response: { ...answer, ...FAULTS }, ...parts } };
}
