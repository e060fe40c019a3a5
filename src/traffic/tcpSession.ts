/** TCP sessions: handshake, requests and answers, teardown. */

import {
  type Conversation,
  IpSender,
  type Path,
  pickPath,
  reversed,
  routeOf,
  type Scene,
  type Step,
  type Version,
} from "./conversation.ts";
import { PROTOCOL, TCP, tcpSegment, wordBytes } from "./headers.ts";
import type { Random } from "./random.ts";

/** Payload of a full segment: Ethernet's 1500 bytes without headers and the timestamp option. */
const SEGMENT_SIZE = { 4: 1448, 6: 1428 } as const;

/** Largest segment announced in the handshake: the same without options. */
const ANNOUNCED_SIZE = { 4: 1460, 6: 1440 } as const;

const SERVER_PORTS = [80, 443, 443, 443, 22, 25, 8080] as const;

/** Delays between packets, in nanoseconds. */
const ROUND_TRIP = 2_000_000;
const THINKING = 8_000_000;
const BACK_TO_BACK = 12_000;

/** One end of a connection. */
class Endpoint {
  readonly sender: IpSender;
  readonly #ports: { readonly sourcePort: number; readonly destinationPort: number };
  readonly #window: number;
  readonly #clockOffset: number;
  sequence: number;
  /** The next byte that is expected of the other end. */
  expected = 0;
  /** The other end's clock, to be echoed. */
  echo = 0;

  constructor(path: Path, sourcePort: number, destinationPort: number, scene: Scene) {
    this.sender = new IpSender(path, scene);
    this.#ports = { sourcePort, destinationPort };
    this.#window = scene.random.between(500, 64_000);
    this.#clockOffset = scene.random.word();
    this.sequence = scene.random.word();
  }

  /** The clock of the timestamp option, in milliseconds. */
  clock(now: number): number {
    return (this.#clockOffset + Math.floor(now / 1_000_000)) >>> 0;
  }

  segment(flags: number, payload: Uint8Array, now: number): Uint8Array {
    const { version } = this.sender.path;
    const isOpening = (flags & TCP.syn) !== 0;
    const options = isOpening
      ? openingOptions(version, this.clock(now), this.echo)
      : timestampOption(this.clock(now), this.echo);
    const header = {
      ...this.#ports,
      sequence: this.sequence,
      acknowledgement: (flags & TCP.ack) !== 0 ? this.expected : 0,
      flags,
      window: this.#window,
      options,
    };
    const consumed = payload.length + (flags & (TCP.syn | TCP.fin) ? 1 : 0);
    this.sequence = (this.sequence + consumed) >>> 0;
    return this.sender.frame(PROTOCOL.tcp, tcpSegment(routeOf(this.sender.path), header, payload));
  }
}

/** Maximum segment size, selective acknowledgements, timestamps, window scale (RFC 9293, 2018, 7323), in Linux's order. */
function openingOptions(version: Version, clock: number, echo: number): Uint8Array {
  const size = ANNOUNCED_SIZE[version];
  return Uint8Array.of(2, 4, size >> 8, size & 255, 4, 2, 8, 10, ...wordBytes(clock), ...wordBytes(echo), 1, 3, 3, 7);
}

function timestampOption(clock: number, echo: number): Uint8Array {
  return Uint8Array.of(1, 1, 8, 10, ...wordBytes(clock), ...wordBytes(echo));
}

const NOTHING = new Uint8Array(0);

export function* tcpSession(scene: Scene, version: Version): Conversation & Generator<Step> {
  const { random } = scene;
  const path = pickPath(scene, version);
  const serverPort = random.pick(SERVER_PORTS);
  const clientPort = random.between(32_768, 60_999);
  const client = new Endpoint(path, clientPort, serverPort, scene);
  const server = new Endpoint(reversed(path), serverPort, clientPort, scene);
  let now = 0;

  const send = (end: Endpoint, other: Endpoint, flags: number, payload: Uint8Array, meanGap: number): Step => {
    const gap = Math.ceil(random.exponential(meanGap));
    now += gap;
    const frame = end.segment(flags, payload, now);
    other.expected = end.sequence;
    other.echo = end.clock(now);
    return { gap, port: end.sender.path.from.port, kind: "tcp", frame };
  };

  yield send(client, server, TCP.syn, NOTHING, ROUND_TRIP);
  if (random.chance(REFUSED)) {
    yield send(server, client, TCP.rst | TCP.ack, NOTHING, ROUND_TRIP);
    return;
  }
  yield send(server, client, TCP.syn | TCP.ack, NOTHING, ROUND_TRIP);
  yield send(client, server, TCP.ack, NOTHING, BACK_TO_BACK);
  const exchanges = 1 + Math.floor(random.exponential(1.5));
  for (let exchange = 0; exchange < exchanges; exchange++) {
    yield send(client, server, TCP.push | TCP.ack, requestText(random, serverPort), THINKING);
    yield send(server, client, TCP.ack, NOTHING, ROUND_TRIP);
    yield* transfer(server, client, answerBytes(random, serverPort), SEGMENT_SIZE[version], send);
  }
  yield send(client, server, TCP.fin | TCP.ack, NOTHING, THINKING);
  yield send(server, client, TCP.fin | TCP.ack, NOTHING, ROUND_TRIP);
  yield send(client, server, TCP.ack, NOTHING, BACK_TO_BACK);
}

/** How often nobody listens. */
const REFUSED = 0.04;

type Send = (end: Endpoint, other: Endpoint, flags: number, payload: Uint8Array, meanGap: number) => Step;

/** Sends bytes in full segments; every second one is acknowledged (RFC 9293 §3.8.6.3). */
function* transfer(from: Endpoint, to: Endpoint, bytes: Uint8Array, size: number, send: Send): Generator<Step> {
  for (let at = 0, count = 1; at < bytes.length; at += size, count++) {
    const isLast = at + size >= bytes.length;
    yield send(from, to, isLast ? TCP.push | TCP.ack : TCP.ack, bytes.subarray(at, at + size), BACK_TO_BACK);
    if (isLast || count % 2 === 0) yield send(to, from, TCP.ack, NOTHING, BACK_TO_BACK);
  }
}

const PATHS = ["/", "/index.html", "/style.css", "/images/logo.png", "/api/v1/items", "/search?q=click"] as const;
const HTTP_PORTS: readonly number[] = [80, 8080];

/** Plain HTTP on its ports; other protocols are bytes, of a small request's size. */
function requestText(random: Random, port: number): Uint8Array {
  if (!HTTP_PORTS.includes(port)) return random.bytes(random.between(40, 600));
  const lines = [
    `GET ${random.pick(PATHS)} HTTP/1.1`,
    `Host: www${random.below(20)}.example.org`,
    `User-Agent: ${random.pick(["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64)", "Wget/1.21"])}`,
    "Accept: */*",
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** Most answers are small, and few are long: together they make the usual mix of packet sizes. */
const MEAN_ANSWER = 9000;
const LONGEST_ANSWER = 200_000;

function answerBytes(random: Random, port: number): Uint8Array {
  const length = Math.min(100 + Math.floor(random.exponential(MEAN_ANSWER)), LONGEST_ANSWER);
  if (!HTTP_PORTS.includes(port)) return random.bytes(length);
  const head = `HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: ${length}\r\n\r\n`;
  return Uint8Array.of(...new TextEncoder().encode(head), ...random.bytes(length));
}
