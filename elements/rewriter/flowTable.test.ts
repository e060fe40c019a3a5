/**
 * The flow table against a naive one: any traffic, with clearing, changes of capacity and the collector in between,
 * leaves the same flows. The rewriter under test is compiled from its source and fed packets in guest memory; it stands
 * alone, so what it emits is killed.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { type Catalogue, structureOffset } from "../../src/library/catalogue.ts";
import { compileElements } from "../../src/library/compiler/compile.ts";
import { readElementSources } from "../../src/library/elementSources.ts";
import { Guest } from "../../src/machine/guest.ts";
import { type InputSpecification, RECORD_SIZE, writeRecord } from "./inputSpec.host.ts";

const SECOND = 1_000_000_000n;
const IDLE = 300n * SECOND;
const DONE = 240n * SECOND;
const DATA = 86400n * SECOND;
const GUARANTEE = 5n * SECOND;
const FIRST_PORT = 1024;
const RANGE = 24;
const OUTSIDE = 0x0100_0001;

const TCP = 6;
const FIN = 1;
const RST = 4;
const ACK = 16;

let guestModule: WebAssembly.Module;
let catalogue: Catalogue;

before(async () => {
  const library = await compileElements(readElementSources(), ["rewriter/TCPRewriter.ts"], () => false);
  guestModule = new WebAssembly.Module(new Uint8Array(library.dynamic));
  catalogue = library.catalogue;
});

/** What is done to the rewriter. Packets go from client `host:port` to a server, or back to a translated port. */
type Action =
  | {
      readonly kind: "packet";
      readonly host: number;
      readonly port: number;
      readonly server: number;
      readonly flags: number;
      readonly data: boolean;
    }
  | {
      readonly kind: "reply";
      readonly server: number;
      readonly port: number;
      readonly flags: number;
      readonly data: boolean;
    }
  | { readonly kind: "wait"; readonly nanoseconds: bigint }
  | { readonly kind: "capacity"; readonly capacity: number }
  | { readonly kind: "reap" }
  | { readonly kind: "clear" };

const flags = fc.constantFrom(ACK, ACK, ACK, ACK | FIN, RST);
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("packet" as const),
        host: fc.integer({ min: 1, max: 4 }),
        port: fc.integer({ min: 1, max: 6 }),
        server: fc.integer({ min: 1, max: 2 }),
        flags,
        data: fc.boolean(),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("reply" as const),
        server: fc.integer({ min: 1, max: 2 }),
        port: fc.integer({ min: 0, max: RANGE }),
        flags,
        data: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        nanoseconds: fc.oneof(fc.bigInt(1n, 8n * SECOND), fc.bigInt(1n, 400n * SECOND), fc.bigInt(1n, 90000n * SECOND)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("capacity" as const), capacity: fc.integer({ min: 0, max: 12 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "reap" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "clear" as const }) },
  ),
  { maxLength: 300, size: "max" },
);

interface ModelFlow {
  readonly host: number;
  readonly port: number;
  readonly server: number;
  readonly outsidePort: number;
  lastUsed: bigint;
  readonly done: boolean[];
  readonly data: boolean[];
}

/** The rules of the rewriter, without any cleverness. */
class Model {
  flows: ModelFlow[] = [];
  capacity: number;
  nextPort = 0;
  failures = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  packet(action: Extract<Action, { kind: "packet" }>, time: bigint): void {
    const { host, port, server } = action;
    let flow = this.flows.find((f) => f.host === host && f.port === port && f.server === server);
    if (!flow) {
      const outsidePort = this.freePort(server);
      if (outsidePort === undefined) {
        this.failures++;
        return;
      }
      flow = { host, port, server, outsidePort, lastUsed: time, done: [false, false], data: [false, false] };
      this.flows.push(flow);
      if (this.flows.length > this.capacity) {
        const victim = this.victim(time) ?? flow;
        this.flows = this.flows.filter((f) => f !== victim);
        if (victim === flow) {
          this.failures++;
          return;
        }
      }
    }
    this.track(flow, 0, action, time);
  }

  reply(action: Extract<Action, { kind: "reply" }>, time: bigint): void {
    const flow = this.flows.find((f) => f.server === action.server && f.outsidePort === FIRST_PORT + action.port);
    if (flow) this.track(flow, 1, action, time);
  }

  private track(flow: ModelFlow, direction: 0 | 1, packet: { flags: number; data: boolean }, time: bigint): void {
    if (packet.flags & RST) flow.done.fill(true);
    else if (packet.flags & FIN) flow.done[direction] = true;
    else if (packet.data) flow.done[direction] = false;
    if (packet.data) flow.data[direction] = true;
    flow.lastUsed = time;
  }

  private freePort(server: number): number | undefined {
    for (let tried = 0; tried < RANGE; tried++) {
      const place = ((this.nextPort >= RANGE ? 0 : this.nextPort) + tried) % RANGE;
      if (this.flows.some((f) => f.server === server && f.outsidePort === FIRST_PORT + place)) continue;
      this.nextPort = place + 1;
      return FIRST_PORT + place;
    }
    return undefined;
  }

  private expiry(flow: ModelFlow): bigint {
    if (flow.done.every(Boolean)) return flow.lastUsed + DONE;
    return flow.lastUsed + (flow.data.every(Boolean) ? DATA : IDLE);
  }

  private victim(time: bigint): ModelFlow | undefined {
    const open = this.flows.filter((f) => f.lastUsed + GUARANTEE <= time);
    return open.toSorted((a, b) => (this.expiry(a) < this.expiry(b) ? -1 : 1))[0];
  }

  reap(time: bigint): void {
    this.flows = this.flows.filter((f) => f.lastUsed + GUARANTEE > time || this.expiry(f) > time);
  }

  setCapacity(capacity: number, time: bigint): void {
    this.capacity = capacity;
    this.reap(time);
    while (this.flows.length > capacity) {
      const oldest = this.flows.toSorted((a, b) => (a.lastUsed < b.lastUsed ? -1 : 1))[0];
      const victim = this.victim(time) ?? oldest;
      this.flows = this.flows.filter((f) => f !== victim);
    }
  }
}

/** The rewriter under test. */
class Rewriter {
  readonly guest: Guest;
  readonly element: number;

  constructor(capacity: number) {
    this.guest = Guest.boot(guestModule);
    this.guest.call("initialize", 1n, 0);
    this.element = Number(this.guest.call("TCPRewriter$new"));
    const records = Buffer.alloc(2 * RECORD_SIZE);
    const pattern: InputSpecification = {
      kind: "pattern",
      outputs: { forward: 0, reply: 0 },
      pattern: {
        source: OUTSIDE,
        sourcePort: FIRST_PORT,
        destination: 0,
        destinationPort: 0,
        ports: true,
        variationTop: RANGE - 1,
        sequential: true,
        sameFirst: false,
      },
    };
    writeRecord(records.subarray(0, RECORD_SIZE), pattern, 0);
    writeRecord(records.subarray(RECORD_SIZE), { kind: "drop" }, 1);
    const table = Number(this.guest.call("allocate", records.length));
    this.guest.bytes.set(records, table);
    this.set("inputs", table);
    this.set("nInputs", 2);
    this.set("capacity", capacity);
    this.guest.call("addPackets", 8, 2112);
    this.guest.call("reserveTimers");
    this.guest.call("TCPRewriter$initialize", this.element);
  }

  private set(field: string, value: number): void {
    const offset = catalogue.classes.TCPRewriter?.fields[field]?.offset;
    assert(offset !== undefined);
    this.guest.view.setUint32(this.element + offset, value, true);
  }

  setTime(time: bigint): void {
    this.guest.view.setBigUint64(
      catalogue.kernelAddress + structureOffset(catalogue, "KernelState", "now"),
      time,
      true,
    );
  }

  /** Sends a TCP packet through; the first buffer of the pool serves all of them. */
  packet(
    input: number,
    source: number,
    sourcePort: number,
    destination: number,
    destinationPort: number,
    tcpFlags: number,
    data: boolean,
  ): void {
    const length = 40 + (data ? 1 : 0);
    const bytes = Buffer.alloc(length);
    bytes[0] = 0x45;
    bytes.writeUInt16BE(length, 2);
    bytes[9] = TCP;
    bytes.writeUInt32BE(source, 12);
    bytes.writeUInt32BE(destination, 16);
    bytes.writeUInt16BE(sourcePort, 20);
    bytes.writeUInt16BE(destinationPort, 22);
    bytes[32] = 5 << 4;
    bytes[33] = tcpFlags;
    const { view } = this.guest;
    const kernel = (field: string): number =>
      catalogue.kernelAddress + structureOffset(catalogue, "KernelState", field);
    const p = view.getUint32(kernel("freePackets"), true) || view.getUint32(kernel("freshPackets"), true);
    const start = p + 192;
    this.guest.bytes.set(bytes, start);
    const put = (field: string, value: number): void =>
      view.setUint32(p + structureOffset(catalogue, "Packet", field), value, true);
    put("data", start);
    put("length", length);
    put("networkHeader", start);
    put("transportHeader", start + 20);
    this.guest.call("TCPRewriter$push", this.element, input, p);
  }

  /** The translated port of a client's flow; undefined when there is no flow. */
  lookUp(source: number, sourcePort: number, destination: number, destinationPort: number): number | undefined {
    const key = Buffer.alloc(12);
    key.writeUInt32BE(source, 0);
    key.writeUInt32BE(destination, 4);
    key.writeUInt16BE(sourcePort, 8);
    key.writeUInt16BE(destinationPort, 10);
    const found =
      Number(this.guest.call("TCPRewriter$lookUp", this.element, key.readBigUInt64LE(0), key.readUInt32LE(8), 0)) >>> 0;
    if (found === 0) return undefined;
    const flow = found & ~1;
    // The other direction's identifier: its ports lie at 20 and 16 (flow.ts); that of replies has the translated port
    // second.
    return found & 1 ? this.guest.view.getUint16(flow + 16, false) : this.guest.view.getUint16(flow + 22, false);
  }

  size(): number {
    const text = Number(this.guest.call("TCPRewriter$size", this.element, 0));
    const buffer = this.guest.view.getUint32(
      catalogue.kernelAddress + structureOffset(catalogue, "KernelState", "handlerText"),
      true,
    );
    const at = this.guest.view.getUint32(buffer, true);
    return Number(Buffer.from(this.guest.bytes.subarray(at, at + text)).toString());
  }
}

const client = (host: number): number => 0x1200_0000 + host;
const server = (number: number): number => 0x0a00_0000 + number;

function run(action: Action, rewriter: Rewriter, model: Model, time: bigint): void {
  if (action.kind === "packet") {
    rewriter.packet(0, client(action.host), action.port, server(action.server), 80, action.flags, action.data);
    model.packet(action, time);
  } else if (action.kind === "reply") {
    rewriter.packet(1, server(action.server), 80, OUTSIDE, FIRST_PORT + action.port, action.flags, action.data);
    model.reply(action, time);
  } else if (action.kind === "clear") {
    rewriter.guest.call("TCPRewriter$clear", rewriter.element);
    model.flows = [];
  } else if (action.kind === "capacity" || action.kind === "reap") {
    // Changing nothing about the capacity removes what has expired.
    const capacity = action.kind === "capacity" ? action.capacity : model.capacity;
    rewriter.guest.call("TCPRewriter$setCapacity", rewriter.element, capacity);
    model.setCapacity(capacity, time);
  }
}

function compare(rewriter: Rewriter, model: Model): void {
  assert.equal(rewriter.size(), model.flows.length);
  for (let host = 1; host <= 4; host++)
    for (let port = 1; port <= 6; port++)
      for (let number = 1; number <= 2; number++) {
        const expected = model.flows.find((f) => f.host === host && f.port === port && f.server === number);
        assert.equal(rewriter.lookUp(client(host), port, server(number), 80), expected?.outsidePort);
        if (expected) assert.equal(rewriter.lookUp(server(number), 80, OUTSIDE, expected.outsidePort), port);
      }
}

describe("the flow table", () => {
  it("keeps the flows that a naive table keeps, for any traffic", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), actions, (capacity, sequence) => {
        const rewriter = new Rewriter(Math.max(capacity, 12));
        const model = new Model(Math.max(capacity, 12));
        let time = 1_000_000_000n * SECOND;
        rewriter.setTime(time);
        run({ kind: "capacity", capacity }, rewriter, model, time);
        for (const action of sequence) {
          // No two things happen at once: who expires first is then never a matter of chance.
          time += action.kind === "wait" ? action.nanoseconds : 1n;
          rewriter.setTime(time);
          run(action, rewriter, model, time);
          compare(rewriter, model);
        }
      }),
      { numRuns: 500 },
    );
  });
});
