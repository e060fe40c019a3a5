/** Conversations of few packets: names, echoes, addresses, errors, and datagrams too long for one frame. */

import {
  addressOf,
  type Conversation,
  gatewayOf,
  IpSender,
  pickPath,
  reversed,
  routeOf,
  type Scene,
  type Step,
  type Version,
} from "./conversation.ts";
import {
  arpPacket,
  ETHERTYPE,
  etherFrame,
  halfBytes,
  icmp6Message,
  icmpMessage,
  PROTOCOL,
  udpDatagram,
  wordBytes,
} from "./headers.ts";
import type { Random } from "./random.ts";

const ROUND_TRIP = 2_000_000;
const ONE_SECOND = 1_000_000_000;
const BACK_TO_BACK = 12_000;

const DNS_PORT = 53;
const NAMES = ["www", "mail", "api", "cdn", "ns1", "ftp"] as const;
const DOMAINS = ["example.org", "example.com", "example.net"] as const;

/** DNS record types (RFC 1035 §3.2.2, RFC 3596). */
const A_RECORD = 1;
const AAAA_RECORD = 28;

/** A name as a sequence of counted labels (RFC 1035 §3.1). */
function encodeName(name: string): readonly number[] {
  return [...name.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0];
}

/** Flags of a query that wants recursion, and of an answer that had it (RFC 1035 §4.1.1). */
const QUERY_FLAGS = 0x0100;
const ANSWER_FLAGS = 0x8180;

export function* dnsLookup(scene: Scene, version: Version): Conversation & Generator<Step> {
  const { random } = scene;
  const path = pickPath(scene, version);
  const client = new IpSender(path, scene);
  const server = new IpSender(reversed(path), scene);
  const clientPort = random.between(32_768, 60_999);
  const id = halfBytes(random.below(0x10000));
  const type = random.pick([A_RECORD, A_RECORD, AAAA_RECORD] as const);
  const question = [...encodeName(`${random.pick(NAMES)}.${random.pick(DOMAINS)}`), 0, type, 0, 1];
  const query = Uint8Array.of(...id, ...halfBytes(QUERY_FLAGS), 0, 1, 0, 0, 0, 0, 0, 0, ...question);
  const queryGap = Math.ceil(random.exponential(ROUND_TRIP));
  const toServer = udpDatagram(routeOf(path), clientPort, DNS_PORT, query);
  yield { gap: queryGap, port: path.from.port, kind: "dns", frame: client.frame(PROTOCOL.udp, toServer) };
  const count = random.between(1, 4);
  const records = Array.from({ length: count }, () => answerRecord(random, type)).flat();
  const answer = Uint8Array.of(...id, ...halfBytes(ANSWER_FLAGS), 0, 1, 0, count, 0, 0, 0, 0, ...question, ...records);
  const answerGap = Math.ceil(random.exponential(ROUND_TRIP));
  const toClient = udpDatagram(routeOf(reversed(path)), DNS_PORT, clientPort, answer);
  yield { gap: answerGap, port: path.to.port, kind: "dns", frame: server.frame(PROTOCOL.udp, toClient) };
}

/** Points back to the question's name (RFC 1035 §4.1.4). */
const NAME_OF_QUESTION = 0xc00c;

function answerRecord(random: Random, type: number): readonly number[] {
  const data = random.bytes(type === A_RECORD ? 4 : 16);
  return [
    ...halfBytes(NAME_OF_QUESTION),
    0,
    type,
    0,
    1,
    ...wordBytes(random.between(60, 86_400)),
    0,
    data.length,
    ...data,
  ];
}

/** Types of echo request and reply (RFC 792, RFC 4443 §4). */
const ECHO = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;

export function* ping(scene: Scene, version: Version): Conversation & Generator<Step> {
  const { random } = scene;
  const path = pickPath(scene, version);
  const ends = { request: new IpSender(path, scene), reply: new IpSender(reversed(path), scene) };
  const identifier = halfBytes(random.below(0x10000));
  const data = random.bytes(random.pick([56, 56, 56, 8, 1000]));
  const count = random.between(1, 5);
  for (let sequence = 1; sequence <= count; sequence++) {
    for (const turn of ["request", "reply"] as const) {
      const { path: way } = ends[turn];
      const rest = Uint8Array.of(...identifier, ...halfBytes(sequence));
      const type = ECHO[version][turn];
      const message =
        version === 4 ? icmpMessage(type, 0, rest, data) : icmp6Message(routeOf(way), type, 0, rest, data);
      const protocol = version === 4 ? PROTOCOL.icmp : PROTOCOL.icmp6;
      const gap =
        turn === "reply" ? Math.ceil(random.exponential(ROUND_TRIP)) : sequence === 1 ? BACK_TO_BACK : ONE_SECOND;
      yield { gap, port: way.from.port, kind: "ping", frame: ends[turn].frame(protocol, message) };
    }
  }
}

/** Destination unreachable: nobody listens at the port (RFC 792). */
const UNREACHABLE = 3;
const PORT_UNREACHABLE = 3;
/** What an error quotes: the header and eight bytes. */
const QUOTED_LENGTH = 28;

/** A datagram to a port where nobody listens, and the error that comes back. */
export function* refusedDatagram(scene: Scene): Conversation & Generator<Step> {
  const { random } = scene;
  const path = pickPath(scene, 4);
  const client = new IpSender(path, scene);
  const datagram = udpDatagram(
    routeOf(path),
    random.between(32_768, 60_999),
    random.between(33_434, 33_523),
    random.bytes(32),
  );
  const packet = client.packet(PROTOCOL.udp, datagram);
  yield { gap: BACK_TO_BACK, port: path.from.port, kind: "icmp error", frame: client.wrap(packet) };
  const error = icmpMessage(UNREACHABLE, PORT_UNREACHABLE, wordBytes(0), packet.subarray(0, QUOTED_LENGTH));
  const frame = new IpSender(reversed(path), scene).frame(PROTOCOL.icmp, error);
  yield { gap: Math.ceil(random.exponential(ROUND_TRIP)), port: path.to.port, kind: "icmp error", frame };
}

const BROADCAST = Uint8Array.of(255, 255, 255, 255, 255, 255);

/** A host asks for the router's address, and then tells the router its own. */
export function* addressResolution(scene: Scene): Conversation & Generator<Step> {
  const { random } = scene;
  const { from } = pickPath(scene, 4);
  const network = scene.networks[from.port] ?? scene.networks[0];
  const host = { mac: from.mac, address: addressOf(from, 4) };
  const router = { mac: gatewayOf(from, scene), address: network.routerAddress };
  const request = arpPacket("request", host, { mac: new Uint8Array(6), address: router.address });
  yield {
    gap: BACK_TO_BACK,
    port: from.port,
    kind: "arp",
    frame: etherFrame(BROADCAST, from.mac, ETHERTYPE.arp, request),
  };
  const reply = arpPacket("reply", host, router);
  const gap = Math.ceil(random.exponential(ROUND_TRIP));
  yield { gap, port: from.port, kind: "arp", frame: etherFrame(router.mac, from.mac, ETHERTYPE.arp, reply) };
}

/** What fits into a frame after the IP header, in whole units of eight bytes. */
const FRAGMENT_SIZE = 1480;
const MORE_FRAGMENTS = 0x2000;

/** A datagram in several fragments; a few come in the wrong order. */
export function* fragmentedDatagram(scene: Scene): Conversation & Generator<Step> {
  const { random } = scene;
  const path = pickPath(scene, 4);
  const sender = new IpSender(path, scene);
  const datagram = udpDatagram(
    routeOf(path),
    random.between(32_768, 60_999),
    random.between(5000, 5010),
    random.bytes(random.between(1500, 6000)),
  );
  const id = random.below(0x10000);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < datagram.length; at += FRAGMENT_SIZE) {
    const more = at + FRAGMENT_SIZE < datagram.length ? MORE_FRAGMENTS : 0;
    const piece = datagram.subarray(at, at + FRAGMENT_SIZE);
    frames.push(sender.frame(PROTOCOL.udp, piece, { id, fragment: more | (at / 8) }));
  }
  if (random.chance(0.2)) frames.reverse();
  for (const frame of frames) yield { gap: BACK_TO_BACK, port: path.from.port, kind: "fragment", frame };
}
