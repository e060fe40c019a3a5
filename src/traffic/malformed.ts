/** Packets that a router must not believe. Each is a sound packet with one fault. */

import { type Conversation, IpSender, type Path, pickPath, routeOf, type Scene, type Step } from "./conversation.ts";
import { type Address, checksum, halfBytes, PROTOCOL, type Route, TCP, tcpSegment, udpDatagram } from "./headers.ts";
import type { Random } from "./random.ts";

/** Offsets in the IPv4 header (RFC 791 §3.1). */
const VERSION_AND_LENGTH = 0;
const TOTAL_LENGTH = 2;
const TTL = 8;
const CHECKSUM = 10;
const HEADER_LENGTH = 20;

/** A changed header with a checksum that fits it: only the change is wrong. */
function withHeader(packet: Uint8Array, change: (header: Uint8Array) => void): Uint8Array {
  const changed = packet.slice();
  change(changed);
  changed.set([0, 0], CHECKSUM);
  changed.set(halfBytes(checksum(changed.subarray(0, HEADER_LENGTH))), CHECKSUM);
  return changed;
}

/** A byte changed without mending the checksum over it. */
function withWrongByte(packet: Uint8Array, offset: number): Uint8Array {
  const changed = packet.slice();
  changed[offset] = (changed[offset] ?? 0) ^ 0x55;
  return changed;
}

/** A packet cut to a length that its header admits. */
function cutTo(length: number, packet: Uint8Array, firstByte = 0x45): Uint8Array {
  const cut = withHeader(packet, (header) => {
    header[VERSION_AND_LENGTH] = firstByte;
    header.set(halfBytes(length), TOTAL_LENGTH);
  });
  return cut.subarray(0, length);
}

/** Faults in a packet whose header has 20 bytes. */
const PACKET_FAULTS = new Map<string, (packet: Uint8Array) => Uint8Array>([
  ["wrong IP checksum", (packet) => withWrongByte(packet, CHECKSUM)],
  ["wrong transport checksum", (packet) => withWrongByte(packet, packet.length - 1)],
  ["header length below 20", (packet) => withHeader(packet, (header) => header.set([0x43], VERSION_AND_LENGTH))],
  ["header longer than packet", (packet) => cutTo(40, packet, 0x4f)],
  ["version 7", (packet) => withHeader(packet, (header) => header.set([0x75], VERSION_AND_LENGTH))],
  [
    "length beyond the frame",
    (packet) => withHeader(packet, (header) => header.set(halfBytes(packet.length + 400), TOTAL_LENGTH)),
  ],
  ["length below the header", (packet) => withHeader(packet, (header) => header.set(halfBytes(12), TOTAL_LENGTH))],
  ["cut in the IP header", (packet) => packet.subarray(0, 12)],
  ["cut in the transport header", (packet) => cutTo(26, packet)],
  ["time to live 0", (packet) => withHeader(packet, (header) => header.set([0], TTL))],
]);

/** Source addresses that no packet from a host has (RFC 1812 §5.3.7), and the destination's own. */
const SOURCE_FAULTS = new Map<string, (path: Path, scene: Scene) => Address>([
  ["source is destination", (path) => path.to.ip4],
  ["source is broadcast", (path, { networks }) => (networks[path.from.port] ?? networks[0]).broadcastAddress],
  ["source is loopback", () => Uint8Array.of(127, 0, 0, 1)],
]);

/** Combinations of flags that no sender sets (RFC 9293 §3.10.7): none, and all. */
const STRANGE_FLAGS = [0, TCP.fin | TCP.syn | TCP.rst | TCP.push | TCP.ack | 0x20] as const;
const STRANGE_FLAGS_FAULT = "strange TCP flags";

/** The flags are in the second fragment (RFC 1858 §3). */
const TINY_FRAGMENT_FAULT = "tiny TCP fragment";
const MORE_FRAGMENTS = 0x2000;

/** The names of all faults, in order. */
export const FAULT_NAMES: readonly string[] = [
  ...PACKET_FAULTS.keys(),
  ...SOURCE_FAULTS.keys(),
  STRANGE_FLAGS_FAULT,
  TINY_FRAGMENT_FAULT,
];

/** One packet with a random fault. */
export function* malformedPacket(scene: Scene): Conversation & Generator<Step> {
  const { random } = scene;
  const path = pickPath(scene, 4);
  const name = FAULT_NAMES[random.below(FAULT_NAMES.length)] ?? STRANGE_FLAGS_FAULT;
  yield { gap: 0, port: path.from.port, kind: "malformed", frame: faultyFrame(name, path, scene) };
}

/** A frame for the router with this fault. */
export function faultyFrame(name: string, path: Path, scene: Scene): Uint8Array {
  const { random } = scene;
  const sender = new IpSender(path, scene);
  const source = SOURCE_FAULTS.get(name)?.(path, scene) ?? routeOf(path).source;
  const route = { ...routeOf(path), source };
  if (name === TINY_FRAGMENT_FAULT) {
    return sender.frame(PROTOCOL.tcp, opening(route, TCP.syn, random).subarray(0, 8), { fragment: MORE_FRAGMENTS });
  }
  if (name === STRANGE_FLAGS_FAULT)
    return sender.frame(PROTOCOL.tcp, opening(route, random.pick(STRANGE_FLAGS), random));
  const packet = random.chance(0.5)
    ? sender.packet(PROTOCOL.tcp, opening(route, TCP.syn, random), { source })
    : sender.packet(PROTOCOL.udp, udpDatagram(route, randomPort(random), DISCARD_PORT, randomPayload(random)), {
        source,
      });
  const faulty = PACKET_FAULTS.get(name)?.(packet) ?? packet;
  return sender.wrap(faulty).subarray(0, ETHERNET_HEADER_LENGTH + faulty.length);
}

const DISCARD_PORT = 9;

/** Faulty frames are not padded: some are too short for Ethernet, too. */
const ETHERNET_HEADER_LENGTH = 14;

function randomPort(random: Random): number {
  return random.between(1024, 65_535);
}

function randomPayload(random: Random): Uint8Array {
  return random.bytes(random.between(40, 200));
}

/** The first segment of a connection, with data. */
function opening(route: Route, flags: number, random: Random): Uint8Array {
  const header = {
    sourcePort: randomPort(random),
    destinationPort: 443,
    sequence: random.word(),
    acknowledgement: 0,
    flags,
    window: 1024,
    options: new Uint8Array(0),
  };
  return tcpSegment(route, header, randomPayload(random));
}
