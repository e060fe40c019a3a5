/** What a request that fails is answered: a status and a body of one shape, whatever went wrong. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { oneOf } from "../domain/description.ts";
import { ToolstackError, type ToolstackErrorCode } from "../domain/toolstack.ts";

export const FaultAnswer = Type.Object({
  code: oneOf(
    ["NOT_FOUND", "EXISTS", "INVALID", "WRONG_STATE", "UNAVAILABLE", "UNREACHABLE", "UNAUTHORIZED", "INTERNAL"],
    "what kind of fault, for programs",
  ),
  messages: Type.Array(Type.String(), { description: "what was wrong, each with its place" }),
});
export type FaultAnswer = Static<typeof FaultAnswer>;

const STATUS: Readonly<Record<ToolstackErrorCode, number>> = {
  NOT_FOUND: 404,
  EXISTS: 409,
  INVALID: 400,
  WRONG_STATE: 409,
  UNAVAILABLE: 503,
  UNREACHABLE: 502,
};

/** A request that HTTP knows a status for and the toolstack no code. */
export class RequestError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The status and body that tell of an error. Errors that nobody foresaw are not told outside. */
export function describeFault(error: unknown): { readonly status: number; readonly fault: FaultAnswer } {
  if (error instanceof ToolstackError)
    return { status: STATUS[error.code], fault: { code: error.code, messages: [...error.messages] } };
  // RequestError, and Fastify's own.
  if (error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500)
    return { status: error.statusCode, fault: { code: "INVALID", messages: [error.message] } };
  return { status: 500, fault: { code: "INTERNAL", messages: ["internal fault: the daemon's log tells more"] } };
}

/** Fastify's error handler. */
export function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, fault } = describeFault(error);
  if (status >= 500) request.log.error({ err: error }, "request failed");
  return reply.code(status).type("application/json").send(fault);
}
