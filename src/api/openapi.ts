/** The OpenAPI 3.0.3 document: what @fastify/swagger collects from the routes, in the words of OpenAPI, and with our schemas under their names. */
import { isDeepStrictEqual } from "node:util";
import swagger from "@fastify/swagger";
import type { TSchema } from "typebox";
import { ChainDescription, ChainInformation, NamespaceHop } from "../domain/chain.ts";
import { DomainDescription, NetworkDescription, VifDescription } from "../domain/description.ts";
import {
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  ElementStatistics,
  HandlerInformation,
  NetworkInformation,
  PortInformation,
  TraceStep,
  Traffic,
  VifInformation,
} from "../domain/information.ts";
import { VERSION } from "../router/version.ts";
import { FaultAnswer } from "./fault.ts";
import { CaptureBody, Health, MigrateRequest, StartRequest, SwapRequest, TraceBody } from "./requests.ts";
import type { Router } from "./router.ts";

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [member: string]: Json;
}

/** Schemas that generated clients shall know by name. */
const NAMED: Readonly<Record<string, TSchema>> = {
  CaptureRequest: CaptureBody,
  ChainDescription,
  ChainInformation,
  DomainDescription,
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  ElementStatistics,
  Fault: FaultAnswer,
  HandlerInformation,
  Health,
  MigrateRequest,
  NamespaceHop,
  NetworkDescription,
  NetworkInformation,
  PortInformation,
  StartRequest,
  SwapRequest,
  TraceRequest: TraceBody,
  TraceStep,
  Traffic,
  VifDescription,
  VifInformation,
};

const SECURITY_SCHEMES = { token: { type: "http", scheme: "bearer" } } as const;

/** Collects the routes that are added from now on. */
export function collectRoutes(router: Router): void {
  router.register(swagger, {
    openapi: {
      openapi: "3.0.3",
      info: {
        title: "cosmos",
        version: VERSION,
        description: "Domains that run Click configurations, and their networks.",
      },
      servers: [{ url: "http://localhost" }],
      components: { securitySchemes: SECURITY_SCHEMES },
      security: [{ token: [] }, {}],
    },
  });
}

/** @param router  with all its routes, and ready */
export function openApiDocument(router: Router): JsonObject {
  const collected = toOpenApi(router.swagger());
  const named = Object.entries(NAMED).map(([name, schema]): [string, Json] => [name, toOpenApi(schema)]);
  const schemas = Object.fromEntries(named.map(([name, schema]) => [name, referMembers(schema, named)]));
  return {
    ...collected,
    components: { securitySchemes: SECURITY_SCHEMES, schemas },
    paths: refer(collected.paths ?? {}, named),
  };
}

/**
 * A copy of a JSON schema as OpenAPI 3.0.3 writes it: no patterns for members' names, and exclusive limits as flags (Schema Object). Counters are said to be
 * long: without a format, generators take 32 bits.
 */
function toOpenApi(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    if (value?.type === "integer" && value.maximum === undefined) return { ...value, format: "int64" };
    if (typeof value?.exclusiveMinimum === "number")
      return { ...value, minimum: value.exclusiveMinimum, exclusiveMinimum: true };
    if (typeof value?.patternProperties !== "object") return value;
    const { patternProperties, ...others } = value;
    return { ...others, additionalProperties: Object.values(patternProperties)[0] };
  });
}

/** Puts a reference wherever one of the named schemas stands. */
function refer(node: Json, named: readonly [string, Json][]): Json {
  if (typeof node !== "object" || node === null) return node;
  const match = named.find(([, schema]) => isDeepStrictEqual(schema, node));
  return match ? { $ref: `#/components/schemas/${match[0]}` } : referMembers(node, named);
}

function referMembers(node: Json, named: readonly [string, Json][]): Json {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((member) => refer(member, named));
  return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, refer(member, named)]));
}
