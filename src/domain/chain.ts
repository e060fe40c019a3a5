/** Chains: several domains, and how their interfaces connect to each other, to devices, and to network namespaces with ordinary programs in them. */
import { type Static, Type } from "typebox";
import { DomainDescription, DomainState, Name, NetworkDescription } from "./description.ts";

export const NamespaceHop = Type.Object(
  {
    name: Name,
    interfaces: Type.Array(
      Type.Object(
        {
          name: Name,
          attach: Type.String({ description: "`switch:NAME` or `wire:NAME`" }),
          mac: Type.Optional(Type.String()),
          addresses: Type.Optional(Type.Array(Type.String({ description: "`10.0.0.2/24`" }))),
        },
        { additionalProperties: false },
      ),
    ),
    routes: Type.Optional(
      Type.Array(Type.String({ description: "as `ip route add` takes it: `default via 10.0.0.1`" })),
    ),
    run: Type.Optional(
      Type.Array(
        Type.String({ description: "commands, run in the namespace; each is kept running until the chain goes down" }),
      ),
    ),
  },
  { additionalProperties: false, description: "a Linux network namespace with ordinary programs in it" },
);

export type NamespaceHop = Static<typeof NamespaceHop>;

export const ChainDescription = Type.Object(
  {
    name: Name,
    domains: Type.Optional(Type.Array(DomainDescription)),
    networks: Type.Optional(Type.Array(NetworkDescription)),
    namespaces: Type.Optional(Type.Array(NamespaceHop)),
  },
  { additionalProperties: false, description: "a chain of domains" },
);
export type ChainDescription = Static<typeof ChainDescription>;

export const ChainInformation = Type.Object({
  name: Type.String(),
  domains: Type.Array(Type.Object({ name: Type.String(), state: DomainState })),
  namespaces: Type.Array(
    Type.Object({
      name: Type.String(),
      programs: Type.Array(Type.Object({ command: Type.String(), running: Type.Boolean() })),
    }),
  ),
});
export type ChainInformation = Static<typeof ChainInformation>;
