/** The handler that looks a TCP flow up. */
import { argumentType } from "../../src/library/arguments/index.ts";
import type { HostHandler } from "../../src/library/hostHalf.ts";
import { readHandlerArguments, required } from "../net/words.host.ts";

/** Where both directions' addresses and ports lie in a flow (flow.ts), and how long that part is. */
const ADDRESSES = 0;
const PORTS = 16;
const IDENTIFIERS = 24;

export const tcpLookup: HostHandler = {
  flags: "r+",
  documentation:
    "The new addresses and ports of a flow: `SADDR SPORT DADDR DPORT`, as the parameter; empty when it is unknown.",
  read(element, parameter) {
    const values = readHandlerArguments(
      element,
      [
        required("SADDR", "IPAddress"),
        required("SPORT", "port(tcp)"),
        required("DADDR", "IPAddress"),
        required("DPORT", "port(tcp)"),
      ],
      parameter,
    );
    const key = Buffer.alloc(12);
    key.writeUInt32BE(Number(values.get("SADDR")), 0);
    key.writeUInt32BE(Number(values.get("DADDR")), 4);
    key.writeUInt16BE(Number(values.get("SPORT")), 8);
    key.writeUInt16BE(Number(values.get("DPORT")), 10);
    const found = Number(element.call("lookUp", key.readBigUInt64LE(0), key.readUInt32LE(8), 0)) >>> 0;
    if (found === 0) return "";
    const direction = found & 1;
    const flow = Buffer.from(element.memory(found - direction, IDENTIFIERS));
    // Packets get the other direction's identifier, reversed.
    const addresses = ADDRESSES + (1 - direction) * 8;
    const ports = PORTS + (1 - direction) * 4;
    const address = (offset: number): string => argumentType("IPAddress").format(flow.readUInt32BE(addresses + offset));
    return `${address(4)} ${flow.readUInt16BE(ports + 2)} ${address(0)} ${flow.readUInt16BE(ports)}`;
  },
};
