/** What requests carry, and what they are answered, beside the schemas of src/domain. */
import { type Static, Type } from "typebox";
import { Name } from "../domain/description.ts";
import { type CaptureRequest, ToolstackError } from "../domain/toolstack.ts";

function object<Members extends Parameters<typeof Type.Object>[0]>(members: Members) {
  return Type.Object(members, { additionalProperties: false });
}

const configFile = Type.Optional(Type.String({ description: "the configuration's name in messages" }));
const paused = Type.Optional(Type.Boolean({ description: "boot the domain, but do not run it; default false" }));

export const DomainParameters = object({ domain: Type.String({ description: "name or number of the domain" }) });
export const VifParameters = object({
  domain: DomainParameters.properties.domain,
  vif: Type.String({ description: "name or number of the interface" }),
});
export const HandlerParameters = object({
  domain: DomainParameters.properties.domain,
  handler: Type.String({ description: "`ELEMENT.HANDLER`, or a global one; a parameter of it behind a space" }),
});
export const NetworkParameters = object({ network: Type.String({ description: "name of the switch" }) });
export const ChainParameters = object({ chain: Type.String({ description: "name of the chain" }) });

export const CreateQuery = object({ paused });
export const RestoreQuery = object({
  name: Type.Optional(Name),
  paused,
});
export const FollowQuery = object({
  interval: Type.Optional(Type.Number({ minimum: 0.1, maximum: 3600, description: "seconds; default 1" })),
});
export const EventHeaders = Type.Object({
  "last-event-id": Type.Optional(
    Type.String({ pattern: "^[0-9]{1,15}$", description: "only events with a higher sequence number" }),
  ),
});

export const StartRequest = object({
  config: Type.Optional(Type.String({ description: "the Click configuration; absent = the one that the domain has" })),
  configFile,
});
export const SwapRequest = object({
  config: Type.String({ description: "the Click configuration" }),
  configFile,
  parameters: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: "values of the configuration's parameters ($NAME)" }),
  ),
});
export const MigrateRequest = object({
  url: Type.String({ description: "where the other daemon listens: `unix:PATH` or `http(s)://HOST:PORT`" }),
  token: Type.Optional(Type.String({ description: "what the other daemon asks for" })),
});
export const CaptureBody = object({
  element: Type.Optional(Type.String({ description: "name of the element whose packets are captured" })),
  port: Type.Optional(Type.Integer({ minimum: 0, description: "output port of the element; default 0" })),
  vif: Type.Optional(
    Type.String({ description: "instead of an element: name or number of an interface, captured both ways" }),
  ),
  count: Type.Optional(Type.Integer({ minimum: 1, description: "packets to capture; absent = until the reader goes" })),
  snapLength: Type.Optional(Type.Integer({ minimum: 1, description: "bytes of each packet" })),
});

/** @throws ToolstackError INVALID when it names neither an element nor an interface, or both */
export function captureRequest({ element, port, vif, ...limits }: Static<typeof CaptureBody>): CaptureRequest {
  if (element !== undefined && vif === undefined) return { ...limits, element, port: port ?? 0 };
  if (vif !== undefined && element === undefined && port === undefined) return { ...limits, vif };
  throw new ToolstackError("INVALID", "body: either 'element', with its 'port', or 'vif'");
}

export const TraceBody = object({
  filter: Type.Optional(Type.String({ description: "in the language of IPClassifier; absent = all packets" })),
  count: Type.Integer({ minimum: 1, description: "packets to follow" }),
});

export const Health = Type.Object({ status: Type.String({ description: "ok" }) });
