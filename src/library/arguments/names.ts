/**
 * The name databases of a configuration: addresses (AddressInfo) and ports (PortInfo), each visible in the compound that
 * defines it and inside it; below them the built-in names, and below these the system's.
 */

import { splitWords } from "../../language/argumentText.ts";
import { parseDottedQuad, parseEthernetDigits, readIP6Address, readIP6Prefix, readIPPrefix } from "./addresses.ts";
import type { IP6Prefix, IPPrefix } from "./argumentType.ts";
import { ANNOTATIONS, type Annotation, ICMP_CODES, ICMP_TYPES, PORTS, PROTOCOLS } from "./builtInNames.ts";
import { parseInteger, UINT32_LIMITS } from "./numbers.ts";
import { type SystemNames, systemNames } from "./systemNames.ts";

/** Protocols that have ports, by number; their names in services(5). */
const PORT_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [132, "sctp"],
]);
const TCP = 6;
const UDP = 17;
/** Not a protocol number: Click's name for "TCP or UDP". */
const TCP_OR_UDP = 256;

/** Names as one element sees them. Addresses are numbers with the first byte most significant. */
export interface Names {
  /** `NAME`, `NAME:ip`, `NAME:ip4`, `NAME:bcast`, `NAME:gw`. */
  ipAddress(name: string): number | undefined;
  /** `NAME`, `NAME:net`, `NAME:ipnet`, `NAME:ip4net`. */
  ipPrefix(name: string): IPPrefix | undefined;
  /** The address of that name with a full mask, or else the prefix of that name. */
  address(name: string): IPPrefix | undefined;
  /** `NAME`, `NAME:ip6`. */
  ip6Address(name: string): bigint | undefined;
  /** `NAME`, `NAME:ip6net`. */
  ip6Prefix(name: string): IP6Prefix | undefined;
  /** `NAME`, `NAME:eth`, `NAME:ether`, `NAME:ethernet`; 48 bits. */
  etherAddress(name: string): number | undefined;
  /** @param protocol  IP protocol number, 6 for TCP or 17 for UDP */
  port(name: string, protocol: number): number | undefined;
  protocol(name: string): number | undefined;
  icmpType(name: string): number | undefined;
  icmpCode(type: number, name: string): number | undefined;
  annotation(name: string): Annotation | undefined;
}

/** Values of one kind: scope (`""`, `gw/`, `gw/nat/`) and name to value. */
class Database<T> {
  readonly #scopes = new Map<string, Map<string, T>>();

  define(scope: string, name: string, value: T): void {
    if (name === "") return;
    const names = this.#scopes.get(scope) ?? new Map<string, T>();
    this.#scopes.set(scope, names.set(name, value));
  }

  query(scopes: readonly string[], name: string): T | undefined {
    for (const scope of scopes) {
      const value = this.#scopes.get(scope)?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** The scopes that an element sees, its own compound first: `a/b/c` sees `a/b/`, `a/` and the file's, `""`. */
export function scopesOutward(elementName: string): string[] {
  const scopes: string[] = [];
  for (let slash = elementName.lastIndexOf("/"); slash >= 0; slash = elementName.lastIndexOf("/", slash - 1)) {
    scopes.push(elementName.slice(0, slash + 1));
    if (slash === 0) break;
  }
  return [...scopes, ""];
}

/** All names that one configuration defines. */
export class NameDatabases {
  readonly #system: SystemNames;
  readonly #ip = new Database<number>();
  readonly #ipPrefix = new Database<IPPrefix>();
  readonly #ip6 = new Database<bigint>();
  readonly #ip6Prefix = new Database<IP6Prefix>();
  readonly #ether = new Database<number>();
  readonly #ports = new Map<number, Database<number>>();

  /** @param system  whom to ask for what the configuration does not define */
  constructor(system: SystemNames = systemNames) {
    this.#system = system;
  }

  /** The names that the element sees. */
  namesFor(elementName: string): Names {
    const scopes = scopesOutward(elementName);
    const ipAddress = (name: string) => this.#ipAddress(scopes, name);
    const ipPrefix = (name: string) => this.#ipPrefixOf(scopes, name);
    return {
      ipAddress,
      ipPrefix,
      address(name) {
        const address = ipAddress(name);
        return address === undefined ? ipPrefix(name) : { address, mask: 0xffff_ffff };
      },
      ip6Address: (name) => onPlainName(name, ["ip6"], (plain) => this.#ip6.query(scopes, plain)),
      ip6Prefix: (name) => onPlainName(name, ["ip6net"], (plain) => this.#ip6Prefix.query(scopes, plain)),
      etherAddress: (name) =>
        onPlainName(
          name,
          ["eth", "ether", "ethernet"],
          (plain) => this.#ether.query(scopes, plain) ?? this.#system.interfaceEtherAddress(plain),
        ),
      port: (name, protocol) => this.#ports.get(protocol)?.query(scopes, name) ?? this.#knownPort(name, protocol),
      protocol: (name) => this.#protocol(name),
      icmpType: (name) => ICMP_TYPES.get(name),
      icmpCode: (type, name) => ICMP_CODES.get(type)?.get(name),
      annotation: (name) => ANNOTATIONS.get(name),
    };
  }

  #ipAddress(scopes: readonly string[], name: string): number | undefined {
    const { plain, suffix } = splitSuffix(name);
    if (suffix === "bcast") {
      const prefix = this.#ipPrefixOf(scopes, plain);
      return prefix && (prefix.address | ~prefix.mask) >>> 0;
    }
    if (suffix === "gw") return this.#gateway(scopes, name, plain);
    if (suffix !== undefined && suffix !== "ip" && suffix !== "ip4") return undefined;
    return this.#ip.query(scopes, plain) ?? this.#system.interfacePrefix(plain)?.address;
  }

  /** The gateway defined as `NAME:gw`, or the first host of a prefix. */
  #gateway(scopes: readonly string[], name: string, plain: string): number | undefined {
    const defined = this.#ip.query(scopes, name);
    if (defined !== undefined) return defined;
    const prefix = this.#ipPrefix.query(scopes, plain);
    if (prefix !== undefined) return firstHost(prefix);
    const gateway = this.#system.interfaceGateway(plain);
    if (gateway !== undefined) return gateway;
    const ofInterface = this.#system.interfacePrefix(plain);
    return ofInterface && firstHost(ofInterface);
  }

  #ipPrefixOf(scopes: readonly string[], name: string): IPPrefix | undefined {
    return onPlainName(
      name,
      ["net", "ipnet", "ip4net"],
      (plain) => this.#ipPrefix.query(scopes, plain) ?? this.#system.interfacePrefix(plain),
    );
  }

  #protocol(name: string): number | undefined {
    return PROTOCOLS.get(name) ?? this.#system.protocol(name);
  }

  #knownPort(name: string, protocol: number): number | undefined {
    const builtIn = protocol === TCP || protocol === UDP ? PORTS.get(name) : undefined;
    if (builtIn !== undefined) return builtIn;
    const protocolName = PORT_PROTOCOLS.get(protocol);
    return protocolName === undefined ? undefined : this.#system.service(name, protocolName);
  }

  /**
   * Defines the names of an AddressInfo element.
   *
   * @param elementName  full name of the element; names are visible in its compound
   * @param definitions  its arguments, each `NAME ADDRESS...`
   * @returns Click's messages, none when all is well
   */
  defineAddresses(elementName: string, definitions: readonly string[]): string[] {
    const scope = scopesOutward(elementName)[0] ?? "";
    const names = this.namesFor(elementName);
    const errors: string[] = [];
    for (const definition of definitions) {
      const [name, ...addresses] = splitWords(definition);
      if (name === undefined) continue;
      if (addresses.length === 0) errors.push("expected 'NAME [ADDRS]'");
      const defined = new Set<string>();
      for (const text of addresses) {
        const meanings = this.#meaningsOf(text, names);
        if (meanings.length === 0) errors.push(`'${text}' is not a recognizable address`);
        // A text with several meanings gives the name only those that the texts before it did not.
        for (const { kind, define } of meanings) if (meanings.length === 1 || !defined.has(kind)) define(scope, name);
        for (const { kind } of meanings) defined.add(kind);
      }
    }
    return errors;
  }

  #meaningsOf(text: string, names: Names): Meaning[] {
    const meanings: Meaning[] = [];
    const add = <T>(kind: string, database: Database<T>, value: T | undefined) => {
      if (value === undefined) return;
      meanings.push({ kind, define: (scope, name) => database.define(scope, name, value) });
    };
    add("eth", this.#ether, parseEthernetDigits(text) ?? names.etherAddress(text));

    const address = parseDottedQuad(text) ?? names.ipAddress(text);
    const prefix = readIPPrefix(text, (name) => names.ipAddress(name)) ?? names.ipPrefix(text);
    if (address !== undefined) add("ip", this.#ip, address);
    else if (prefix !== undefined) {
      const hasHost = (prefix.address & ~prefix.mask) !== 0;
      add("ip", this.#ip, hasHost ? prefix.address : undefined);
      add("ipnet", this.#ipPrefix, prefix);
    }

    const address6 = readIP6Address(text, (name) => names.ipAddress(name)) ?? names.ip6Address(text);
    const read6 = readIP6Prefix(text, (name) => names.ip6Address(name));
    const prefix6 = read6 === "bad length" ? undefined : (read6 ?? names.ip6Prefix(text));
    if (address6 !== undefined) add("ip6", this.#ip6, address6);
    else if (prefix6 !== undefined) {
      const hasHost = BigInt.asUintN(128 - prefix6.length, prefix6.address) !== 0n;
      add("ip6", this.#ip6, hasHost ? prefix6.address : undefined);
      add("ip6net", this.#ip6Prefix, prefix6);
    }
    return meanings;
  }

  /**
   * Defines the names of a PortInfo element: each argument is `NAME PORT[/PROTOCOL] [NAME...]`, TCP and UDP without protocol.
   * Parameters and result as for {@link defineAddresses}.
   */
  definePorts(elementName: string, definitions: readonly string[]): string[] {
    const scope = scopesOutward(elementName)[0] ?? "";
    const errors: string[] = [];
    for (const definition of definitions) {
      const [name, text = "", ...aliases] = wordsBeforeComment(definition);
      if (name === undefined) continue;
      const slash = text.indexOf("/");
      const port = parseInteger(slash < 0 ? text : text.slice(0, slash), UINT32_LIMITS);
      if (!port.ok) {
        errors.push("expected 'NAME PORT/PROTO'");
        continue;
      }
      for (const protocol of this.#protocolsOf(slash < 0 ? undefined : text.slice(slash + 1)))
        for (const each of [name, ...aliases]) this.#portDatabase(protocol).define(scope, each, Number(port.value));
    }
    return errors;
  }

  /** The protocols for which a port is defined; none, silently, for a protocol without a known name. */
  #protocolsOf(text: string | undefined): number[] {
    const number =
      text === undefined ? TCP_OR_UDP : (this.#protocol(text) ?? (/^\d+$/.test(text) ? Number(text) : undefined));
    if (number === TCP_OR_UDP) return [TCP, UDP];
    return number === undefined ? [] : [number];
  }

  #portDatabase(protocol: number): Database<number> {
    const database = this.#ports.get(protocol) ?? new Database<number>();
    this.#ports.set(protocol, database);
    return database;
  }
}

/** One thing that an address text can mean, and how a name for it is defined. */
interface Meaning {
  readonly kind: string;
  define(scope: string, name: string): void;
}

function firstHost({ address, mask }: IPPrefix): number {
  return ((address & mask) | 1) >>> 0;
}

function splitSuffix(name: string): { plain: string; suffix: string | undefined } {
  const colon = name.lastIndexOf(":");
  if (colon < 0) return { plain: name, suffix: undefined };
  return { plain: name.slice(0, colon), suffix: name.slice(colon + 1).toLowerCase() };
}

/** Looks up a name that may carry one of the suffixes; with any other there is no such name. */
function onPlainName<T>(
  name: string,
  suffixes: readonly string[],
  lookUp: (plain: string) => T | undefined,
): T | undefined {
  const { plain, suffix } = splitSuffix(name);
  return suffix === undefined || suffixes.includes(suffix) ? lookUp(plain) : undefined;
}

function wordsBeforeComment(text: string): string[] {
  const words = splitWords(text);
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? words : words.slice(0, comment);
}
