/**
 * What describes a domain, a network and a chain: the schemas by which files, requests and the OpenAPI document are checked, and their types.
 * OpenAPI 3.0.3 generators want enumerations of strings, so unions of literals are written as such.
 */
import { type Static, type TSchema, Type } from "typebox";

export const NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";

/** A name that can stand in a URL, a file name and a table: letters, digits, `.`, `_`, `-`. */
export const Name = Type.String({
  pattern: NAME_PATTERN,
  description: "letters, digits, '.', '_' and '-'; starts with a letter or digit; at most 63 characters",
});

/** One of several words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  description: string,
): ReturnType<typeof Type.Unsafe<Words[number]>> {
  return Type.Unsafe<Words[number]>({ type: "string", enum: [...words], description });
}

/** Refuses members that are not described: a misspelt word is a fault, not a silence. */
function object<Members extends Record<string, TSchema>>(members: Members, description: string) {
  return Type.Object(members, { additionalProperties: false, description });
}

export const MacAddress = Type.String({
  pattern: "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$",
  description: "Ethernet address, six bytes in hexadecimal with colons",
});

/** 802.1Q: 0 and 4095 are reserved. */
export const VlanId = Type.Integer({ minimum: 1, maximum: 4094, description: "VLAN identifier" });

export const VifDescription = object(
  {
    name: Type.Optional(Name),
    mac: Type.Optional(MacAddress),
    attach: Type.Optional(
      Type.String({
        description:
          "what the interface is connected to: `switch:NAME`, `wire:NAME` (two ends), or a device of the host (`packet:eth0`, `xdp:eth0`, `tap:NAME`, `pcap:FILE`); absent = nothing",
      }),
    ),
    vlan: Type.Optional(VlanId),
    trunk: Type.Optional(
      Type.Array(VlanId, { description: "VLANs that pass with their tags; with `vlan`, the untagged one" }),
    ),
    packetRate: Type.Optional(
      Type.Integer({ minimum: 1, description: "packets a second that the interface takes in, at most" }),
    ),
  },
  "a virtual network interface: FromDevice and ToDevice find it by name or number",
);
export type VifDescription = Static<typeof VifDescription>;

export const CrashPolicy = oneOf(
  ["destroy", "restart", "preserve"],
  "what becomes of a domain that crashed: it goes, it boots again, or it stays as it was for a look; default preserve",
);
export const MachineKind = oneOf(["v8"], "what runs the guest");

export const DomainDescription = object(
  {
    name: Name,
    config: Type.Optional(Type.String({ description: "the Click configuration; absent = the domain waits for one" })),
    configFile: Type.Optional(Type.String({ description: "the configuration's or the image's name in messages" })),
    image: Type.Optional(
      Type.String({
        description:
          "an image that `clickos-image build` made, in base64 (RFC 4648, section 4), instead of a configuration",
      }),
    ),
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "values of the configuration's parameters ($NAME)" }),
    ),
    memory: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 4096, description: "MiB that the guest may take, at most; default 64" }),
    ),
    machine: Type.Optional(MachineKind),
    cpuShare: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: "share of a core that the guest may take, at most; default 1",
      }),
    ),
    worker: Type.Optional(
      Type.Integer({ minimum: 0, description: "the worker thread to run on; absent = the one with the fewest guests" }),
    ),
    packetRate: Type.Optional(
      Type.Integer({ minimum: 1, description: "packets a second that the domain takes in on all interfaces, at most" }),
    ),
    on_crash: Type.Optional(CrashPolicy),
    checkpoint: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          "seconds between checkpoints, from which a killed daemon brings the domain back; absent = from its description",
      }),
    ),
    vifs: Type.Optional(Type.Array(VifDescription)),
  },
  "a domain: one guest machine and what it is connected to",
);
export type DomainDescription = Static<typeof DomainDescription>;

export const NetworkDescription = object(
  {
    name: Name,
    devices: Type.Optional(
      Type.Array(
        object(
          {
            device: Type.String({ description: "`packet:eth0`, `xdp:eth0`, `tap:NAME`, `pcap:FILE`" }),
            vlan: Type.Optional(VlanId),
            trunk: Type.Optional(Type.Array(VlanId)),
          },
          "a device of the host that is a port of the switch",
        ),
      ),
    ),
    ageing: Type.Optional(
      Type.Integer({ minimum: 1, description: "seconds after which a silent address is forgotten; default 300" }),
    ),
    stormLimit: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "flooded packets a second that each port may cause, at most; absent = no limit",
      }),
    ),
  },
  "a learning Ethernet switch",
);
export type NetworkDescription = Static<typeof NetworkDescription>;

export const DomainState = oneOf(["stopped", "running", "paused", "crashed"], "what a domain is doing");
export type DomainState = Static<typeof DomainState>;
