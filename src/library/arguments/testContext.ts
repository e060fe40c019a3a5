/** Surroundings for the tests of arguments: a small configuration and a system that knows a few names. */

import type { ArgumentContext, ElementReference } from "./argumentType.ts";
import { NameDatabases } from "./names.ts";
import type { SystemNames } from "./systemNames.ts";

/** A system with one interface, one protocol and one service beyond the built-in ones. */
export const testSystem: SystemNames = {
  protocol: (name) => (name === "ospf" ? 89 : undefined),
  service: (name, protocolName) => (name === "http" && protocolName === "tcp" ? 80 : undefined),
  interfacePrefix: (name) => (name === "eth0" ? { address: 0xc0a80105, mask: 0xffffff00 } : undefined),
  interfaceEtherAddress: (name) => (name === "eth0" ? 0x020000000005 : undefined),
  interfaceGateway: () => undefined,
};

const ELEMENTS: readonly ElementReference[] = [
  { index: 0, name: "q", className: "Queue" },
  { index: 1, name: "gw/q", className: "SimpleQueue" },
  { index: 2, name: "gw/table", className: "ARPTable" },
  { index: 3, name: "gw/nat/x", className: "Counter" },
];

/** What an element of that full name sees. */
export function contextOf(elementName: string, databases = new NameDatabases(testSystem)): ArgumentContext {
  return {
    element: { index: 3, name: elementName, className: "Counter" },
    names: databases.namesFor(elementName),
    findElement: (fullName) => ELEMENTS.find(({ name }) => name === fullName),
    isKindOf: ({ className }, wanted) => className === wanted || (className === "Queue" && wanted === "Storage"),
  };
}
