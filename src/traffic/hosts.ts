/** The hosts on the networks around a router, and the router's own ports. */

import { parseDottedQuad, parseEthernetDigits, readIP6Prefix, readIPPrefix } from "../library/arguments/addresses.ts";
import { type Address, wordBytes } from "./headers.ts";

/** A network at one of the router's ports. */
export interface Side {
  /** IPv4 prefix, such as `10.0.0.0/24`. */
  readonly network: string;
  /** IPv6 prefix of at most 64 bits, such as `2001:db8:1::/64`. */
  readonly network6: string;
  /** The router's address in the network. */
  readonly routerAddress: string;
  /** The Ethernet address of the router's port, to which frames are sent. */
  readonly routerMac: string;
  /** How many hosts there are at most; a small network has fewer. */
  readonly hosts: number;
}

/** A host. Its frames reach the router at `port`. */
export interface Host {
  readonly port: number;
  readonly mac: Uint8Array;
  readonly ip4: Address;
  readonly ip6: Address;
}

/** A side, with its addresses as bytes. */
export interface Network {
  readonly port: number;
  readonly routerMac: Uint8Array;
  readonly routerAddress: Address;
  readonly broadcastAddress: Address;
  readonly hosts: readonly [Host, ...Host[]];
}

/** Addresses below this, within a network, are for routers and servers of the network itself. */
const FIRST_HOST = 16;

/** @throws RangeError naming what cannot be used */
export function buildNetwork(side: Side, port: number): Network {
  const prefix = readIPPrefix(side.network);
  const prefix6 = readIP6Prefix(side.network6);
  const routerAddress = parseDottedQuad(side.routerAddress);
  const routerMac = parseEthernetDigits(side.routerMac);
  if (prefix === undefined) throw new RangeError(`'${side.network}' is not an IPv4 prefix`);
  if (prefix6 === undefined || prefix6 === "bad length")
    throw new RangeError(`'${side.network6}' is not an IPv6 prefix`);
  if (routerAddress === undefined) throw new RangeError(`'${side.routerAddress}' is not an IPv4 address`);
  if (routerMac === undefined) throw new RangeError(`'${side.routerMac}' is not an Ethernet address`);
  const size = 2 ** 32 - prefix.mask;
  if (size < 4) throw new RangeError(`'${side.network}' has no room for hosts`);
  const base = (prefix.address & prefix.mask) >>> 0;
  const first = size > 2 * FIRST_HOST ? FIRST_HOST : 1;
  const addresses = Array.from({ length: Math.min(side.hosts, size - first - 1) }, (_, index) => base + first + index);
  const hosts = addresses
    .filter((address) => address !== routerAddress)
    .map(
      (address): Host => ({
        port,
        mac: Uint8Array.of(2, 0, port, ...wordBytes(address).subarray(1)),
        ip4: wordBytes(address),
        ip6: ip6Address(prefix6.address, address - base),
      }),
    );
  const [host, ...others] = hosts;
  if (host === undefined) throw new RangeError(`'${side.network}' has no room for hosts`);
  return {
    port,
    routerMac: Uint8Array.from({ length: 6 }, (_, index) => Math.floor(routerMac / 256 ** (5 - index)) % 256),
    routerAddress: wordBytes(routerAddress),
    broadcastAddress: wordBytes(base + size - 1),
    hosts: [host, ...others],
  };
}

function ip6Address(prefix: bigint, host: number): Address {
  const address = prefix | BigInt(host);
  return Uint8Array.from({ length: 16 }, (_, index) => Number((address >> BigInt(8 * (15 - index))) & 255n));
}
