import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  GSO,
  MSS_ETHERNET,
  NEEDS_CSUM,
  noise,
  tcpFrame,
  tcpPayloadOffset,
  transportOffset,
  withOpenChecksum,
} from "../../plane/offloadTesting.ts";
import { type DeviceFrame, DeviceNetwork, plain, virtioHeader } from "./device.fixture.ts";
import { BROADCAST, frameBytes, mac } from "./frames.fixture.ts";

/** Place of the checksum in a TCP header (RFC 9293 §3.1). */
const TCP_CHECKSUM = 16;

/** TCP segments in a row, as a guest would send them, and the frame that they are pieces of. */
function tcpRow(payloadBytes: number) {
  const payload = noise(payloadBytes, 7);
  const fields = { version: 4, payload, ip: { id: 100 }, tcp: { sequence: 1000 } } as const;
  const pieces: Buffer[] = [];
  for (let start = 0; start < payloadBytes; start += MSS_ETHERNET)
    pieces.push(
      tcpFrame({
        version: 4,
        payload: payload.subarray(start, start + MSS_ETHERNET),
        ip: { id: 100 + pieces.length },
        tcp: { sequence: 1000 + start },
      }),
    );
  const start = transportOffset(fields);
  const whole: DeviceFrame = {
    frame: withOpenChecksum(tcpFrame(fields), fields, TCP_CHECKSUM),
    header: virtioHeader({
      flags: NEEDS_CSUM,
      gsoType: GSO.tcp4,
      headerLength: tcpPayloadOffset(fields),
      segmentSize: MSS_ETHERNET,
      checksumStart: start,
      checksumOffset: TCP_CHECKSUM,
    }),
  };
  return { pieces, whole };
}

describe("offloads of devices", () => {
  it("are done for guests: long frames come cut, with right checksums", () => {
    const network = new DeviceNetwork("wire");
    const { device } = network.device({ offloads: true });
    const guest = network.guest();
    const { pieces, whole } = tcpRow(9000);
    device.arriving.push(whole);
    network.settle();
    assert.deepEqual(guest.takeReceived(), pieces);
  });

  it("are used where the device has them: guests' segments in a row leave as one", () => {
    const network = new DeviceNetwork("wire");
    const { device, port } = network.device({ offloads: true });
    const guest = network.guest();
    const { pieces, whole } = tcpRow(9000);
    guest.send(...pieces);
    network.settle();
    const [sent, ...more] = device.takeSent();
    assert.deepEqual(more, []);
    assert.ok(sent);
    assert.equal(sent.header.readUInt8(1), GSO.tcp4);
    assert.equal(sent.header.readUInt16LE(4), MSS_ETHERNET);
    assert.deepEqual(sent.frame.subarray(54), whole.frame.subarray(54));
    assert.equal(port.traffic.out.packets, pieces.length);
  });

  it("are not left to a device without: it gets finished frames", () => {
    const network = new DeviceNetwork("switch");
    const { device } = network.device({ offloads: true });
    const { device: simple } = network.device({ offloads: false });
    const { pieces, whole } = tcpRow(9000);
    device.arriving.push(whole);
    network.settle();
    assert.deepEqual(simple.takeSent(), pieces.map(plain));
  });

  it("of a frame that goes to several ports are done for each as it needs", () => {
    const network = new DeviceNetwork("switch");
    const { device } = network.device({ offloads: true });
    const { device: other } = network.device({ offloads: true });
    const { device: simple } = network.device({ offloads: false });
    const guests = [network.guest(), network.guest(2)];
    const { pieces, whole } = tcpRow(4000);
    const original = { header: Buffer.from(whole.header), frame: Buffer.from(whole.frame) };
    device.arriving.push(whole);
    network.settle();
    assert.deepEqual(other.takeSent(), [original]);
    assert.deepEqual(simple.takeSent(), pieces.map(plain));
    for (const guest of guests) assert.deepEqual(guest.takeReceived(), pieces);
  });

  it("finish a checksum that was left open", () => {
    const network = new DeviceNetwork("switch");
    const { device } = network.device({ offloads: true });
    const guest = network.guest();
    const { device: other } = network.device({ offloads: true });
    const another = network.guest();
    const fields = { version: 4, payload: noise(100, 3) } as const;
    const frame = tcpFrame(fields);
    const open = withOpenChecksum(frame, fields, TCP_CHECKSUM);
    const header = virtioHeader({
      flags: NEEDS_CSUM,
      checksumStart: transportOffset(fields),
      checksumOffset: TCP_CHECKSUM,
    });
    device.arriving.push({ header, frame: open });
    network.settle();
    for (const each of [guest, another]) assert.deepEqual(each.takeReceived(), [frame]);
    assert.deepEqual(other.takeSent(), [{ header, frame: open }]);
  });

  it("that make no sense cost their frame and nothing else", () => {
    const headers = fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes));
    const frames = fc.oneof(
      fc.integer({ min: 14, max: 9000 }).map((length) => Buffer.from(noise(length, length))),
      fc.integer({ min: 1, max: 20_000 }).map((length) => tcpRow(length).whole.frame),
    );
    const network = new DeviceNetwork("switch");
    const { device, port } = network.device({ offloads: true });
    const guest = network.guest();
    const { device: simple } = network.device({ offloads: false });
    const good = frameBytes({ to: BROADCAST, from: mac(1), number: 1 });
    fc.assert(
      fc.property(fc.array(fc.record({ header: headers, frame: frames }), { maxLength: 10 }), (arriving) => {
        device.arriving.push(...arriving, plain(good));
        network.settle();
        assert.deepEqual(guest.takeReceived().at(-1), good);
        assert.deepEqual(simple.takeSent().at(-1), plain(good));
      }),
      { numRuns: 200 },
    );
    assert.ok((guest.port.traffic.out.drops["bad offload"] ?? 0) > 0);
    assert.deepEqual(port.traffic.in.drops, {});
  });
});
