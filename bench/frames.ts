/** The frames of the benchmarks: UDP datagrams that no element finds fault with, in one flow or in ten thousand. */
import { ETHERTYPE, etherFrame, ipPacket, PROTOCOL, udpDatagram } from "../src/traffic/headers.ts";
import type { CapturedPacket } from "../src/traffic/index.ts";

export const FLOWS = 10_000;

const ETHERNET_HEADER = 14;
const IP_HEADER = 20;
const UDP_HEADER = 8;
const TTL = 64;

const ROUTER_MAC = Uint8Array.of(0x00, 0x00, 0xc0, 0xca, 0x68, 0xef);
const HOST_MAC = Uint8Array.of(0x00, 0x50, 0xba, 0x85, 0x84, 0xa9);
const DESTINATION_PORT = 53;
/** Source ports of the flows lie apart by this prime, so that a hash by their low bits alone spreads them no better than others. */
const PORT_STEP = 7919;

export interface Flow {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
}

/** A datagram to port 53. @param length  of the Ethernet frame, its check sequence not counted */
export function udpFrame(length: number, { source, destination, sourcePort }: Flow): Uint8Array {
  const size = length - ETHERNET_HEADER - IP_HEADER - UDP_HEADER;
  const payload = Uint8Array.from({ length: size }, (_, index) => index * 7 + 3);
  const datagram = udpDatagram({ source, destination }, sourcePort, DESTINATION_PORT, payload);
  const packet = ipPacket({ source, destination, protocol: PROTOCOL.udp, ttl: TTL, id: 1 }, datagram);
  return etherFrame(ROUTER_MAC, HOST_MAC, ETHERTYPE.ip4, packet);
}

/** 10.0.0.1 port 1234 to 192.168.1.5 port 53: what the last rule of every firewall here allows. */
export function singleFrame(length: number): Uint8Array {
  return udpFrame(length, {
    source: Uint8Array.of(10, 0, 0, 1),
    destination: Uint8Array.of(192, 168, 1, 5),
    sourcePort: 1234,
  });
}

/** A frame of each of `count` flows, from 10.0.0.0/14 to 192.168.0.0/16. */
export function flowFrames(length: number, count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) =>
    udpFrame(length, {
      source: Uint8Array.of(10, (index >> 14) & 3, (index >> 6) & 255, (index & 63) + 1),
      destination: Uint8Array.of(192, 168, index & 255, 5),
      sourcePort: 1024 + ((index * PORT_STEP) % 60_000),
    }),
  );
}

/** Captured at one microsecond a packet. */
export function* capture(frames: readonly Uint8Array[], packets: number): Generator<CapturedPacket> {
  for (let index = 0; index < packets; index++) {
    yield {
      timestamp: 1_000_000_000_000_000_000n + BigInt(index) * 1000n,
      data: frames[index % frames.length]!, // callers give at least one frame
    };
  }
}
