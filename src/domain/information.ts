/** What is told about domains and networks that exist: schemas and types of answers. */
import { type Static, Type } from "typebox";
import { DomainDescription, DomainState, NetworkDescription } from "./description.ts";

const Count = Type.Integer({ minimum: 0 });

/** Packets and bytes one way, and what was lost by reason ("ring full", "no such VLAN", ...). */
export const Traffic = Type.Object({
  packets: Count,
  bytes: Count,
  drops: Type.Record(Type.String(), Count, { description: "packets lost, by reason" }),
});
export type Traffic = Static<typeof Traffic>;

export const VifInformation = Type.Object({
  index: Count,
  name: Type.String(),
  mac: Type.String(),
  attach: Type.String({ description: "what it is connected to; empty = nothing" }),
  received: Traffic,
  sent: Traffic,
});
export type VifInformation = Static<typeof VifInformation>;

export const DomainInformation = Type.Object({
  id: Count,
  name: Type.String(),
  state: DomainState,
  reason: Type.String({ description: "why the domain crashed or stopped; empty = nothing to tell" }),
  hasConfiguration: Type.Boolean({ description: "whether there is a configuration or an image to boot" }),
  tier: Type.Unsafe<"none" | "dispatch" | "linked">({
    type: "string",
    enum: ["none", "dispatch", "linked"],
    description: "what runs: nothing, the stock library, or code linked for this configuration",
  }),
  elements: Count,
  worker: Count,
  memory: Type.Integer({ minimum: 0, description: "bytes of guest memory" }),
  restarts: Count,
  bootMilliseconds: Type.Number({ description: "what the last boot took" }),
  created: Type.String({ description: "time of creation, ISO 8601" }),
  started: Type.String({ description: "time of the last boot, ISO 8601; empty = not running" }),
  /** Without the image. */
  description: DomainDescription,
  vifs: Type.Array(VifInformation),
});
export type DomainInformation = Static<typeof DomainInformation>;

export const ElementStatistics = Type.Object({
  name: Type.String(),
  class: Type.String(),
  packets: Count,
  bytes: Type.Integer({ minimum: 0, description: "0 also where the element does not count them" }),
  drops: Count,
});
export type ElementStatistics = Static<typeof ElementStatistics>;

/** Totals since the domain booted; whoever wants rates takes two. */
export const DomainStatistics = Type.Object({
  id: Count,
  name: Type.String(),
  state: DomainState,
  nanoseconds: Type.Integer({ minimum: 0, description: "processor time of the guest, estimated from samples" }),
  received: Traffic,
  sent: Traffic,
  elements: Type.Array(ElementStatistics, {
    description: "what elements count of themselves (count and drops handlers)",
  }),
});
export type DomainStatistics = Static<typeof DomainStatistics>;

export const HandlerInformation = Type.Object({
  element: Type.String({ description: "empty = a global handler" }),
  class: Type.String(),
  name: Type.String(),
  flags: Type.String({ description: "Click's letters: r readable, w writable, + with a parameter, ..." }),
});
export type HandlerInformation = Static<typeof HandlerInformation>;

export const PortInformation = Type.Object({
  connected: Type.String({ description: "`DOMAIN.VIF`, or a device" }),
  received: Traffic,
  sent: Traffic,
});

export const NetworkInformation = Type.Object({
  name: Type.String(),
  kind: Type.Unsafe<"switch" | "wire">({ type: "string", enum: ["switch", "wire"] }),
  description: NetworkDescription,
  ports: Type.Array(PortInformation),
  addresses: Type.Array(Type.Object({ mac: Type.String(), vlan: Count, port: Type.String(), age: Count }), {
    description: "learned addresses; age in seconds",
  }),
});
export type NetworkInformation = Static<typeof NetworkInformation>;

/** One step of a packet on its way. */
export const TraceStep = Type.Object({
  packet: Type.Integer({ minimum: 0, description: "number of the packet within the trace" }),
  time: Type.Number({ description: "seconds since 1970" }),
  element: Type.String(),
  class: Type.String(),
  port: Type.Integer({ description: "output port; -1 = the packet ended here" }),
  event: Type.Unsafe<"emitted" | "dropped" | "kept" | "consumed">({
    type: "string",
    enum: ["emitted", "dropped", "kept", "consumed"],
  }),
  length: Count,
  summary: Type.String({ description: "what the packet is, in words" }),
});
export type TraceStep = Static<typeof TraceStep>;

/** Something that happened to a domain. */
export const DomainEvent = Type.Object({
  sequence: Count,
  time: Type.String({ description: "ISO 8601" }),
  event: Type.Unsafe<
    | "created"
    | "started"
    | "stopped"
    | "paused"
    | "unpaused"
    | "crashed"
    | "restarted"
    | "destroyed"
    | "swapped"
    | "migrated"
  >({
    type: "string",
    enum: [
      "created",
      "started",
      "stopped",
      "paused",
      "unpaused",
      "crashed",
      "restarted",
      "destroyed",
      "swapped",
      "migrated",
    ],
  }),
  id: Count,
  name: Type.String(),
  reason: Type.String(),
});
export type DomainEvent = Static<typeof DomainEvent>;
