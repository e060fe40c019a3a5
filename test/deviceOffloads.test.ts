/** Devices with offloads: unfinished checksums and uncut segments cross as they are; devices without get finished frames. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import type { Device, DeviceMemory } from "../src/device/device.ts";
import { createDeviceMemory } from "../src/device/memory.ts";
import { openDevice } from "../src/device/open.ts";
import { Waiter } from "../src/device/poll.ts";
import { isNumbered, numberedFrame, receiveFrames, taggedFrame, transmitFrames } from "./support/frames.ts";
import { disableIp6, type Namespace, Network, whyNoNetwork } from "./support/namespaces.ts";
import { PatchCable } from "./support/patchCable.ts";

const skip = whyNoNetwork("python3") ?? false;
const PAGES = 768;
const RESERVED = 65536;
/** An Ethernet frame of an MTU of 1500 bytes. */
const LONGEST = 1514;

const SERVER = `
import socket, sys
listener = socket.create_server(("10.11.0.2", 7))
print("ready", file=sys.stderr, flush=True)
connection, _ = listener.accept()
while data := connection.recv(65536):
    sys.stdout.buffer.write(data)
`;
const CLIENT = `
import socket, sys
connection = socket.create_connection(("10.11.0.2", 7), timeout=10)
connection.sendall(bytes(i * i % 251 for i in range(3000000)))
`;
const SENT = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251));

for (const kind of ["packet", "tap", "xdp"]) {
  it(`a TCP connection crosses two ${kind} devices`, { skip, timeout: 10_000 }, async () => {
    using network = new Network();
    const namespaces = [network.add("client"), network.add("server")];
    const memory = createDeviceMemory(PAGES, RESERVED);
    const [client, server] = namespaces.map((namespace, index) =>
      connect(kind, namespace, `10.11.0.${index + 1}/24`, memory),
    ) as [Device, Device]; // one for each namespace
    using devices = new DisposableStack();
    devices.defer(() => client.close());
    devices.defer(() => server.close());
    await using cable = new PatchCable(memory, client, server);

    assert.equal(await transfer(namespaces[0]!, namespaces[1]!), digest(SENT));

    if (client.offloads) {
      assert.ok(cable.longest > LONGEST && cable.uncut > 0 && cable.unfinished > 0);
    } else {
      assert.ok(cable.longest <= LONGEST && cable.uncut === 0 && cable.unfinished === 0);
    }
  });
}

function connect(kind: string, namespace: Namespace, address: string, memory: DeviceMemory): Device {
  const options = { notice: assert.fail };
  if (kind !== "tap") return openDevice(`${kind}:${namespace.link({ addresses: [address] })}`, memory, options);
  const name = `ck${process.pid}${namespace.name.at(-1)}`;
  const device = openDevice(`tap:${name}`, memory, options);
  disableIp6(name);
  namespace.adopt(name, [address]);
  return device;
}

/** @returns the digest of what arrived */
async function transfer(from: Namespace, to: Namespace): Promise<string> {
  const server = to.start("python3", ["-c", SERVER]);
  await once(server.stderr as Readable, "data"); // a pipe, as is the other
  const client = from.start("python3", ["-c", CLIENT]);
  client.stderr?.pipe(process.stderr);
  const hash = createHash("sha256");
  for await (const chunk of server.stdout as Readable) hash.update(chunk);
  return hash.digest("hex");
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("packet devices, one at each end of a link", { skip, timeout: 10_000 }, () => {
  let network: Network;
  let memory: DeviceMemory;
  let area: number;
  let sender: Device;
  let receiver: Device;
  let waiter: Waiter;

  before(() => {
    network = new Network();
    memory = createDeviceMemory(PAGES, RESERVED);
    area = memory.allocate(256 * 2048, 64);
    [sender, receiver] = network
      .pair()
      .map((name) => openDevice(`packet:${name}`, memory, { notice: assert.fail })) as [Device, Device]; // one for each end
    waiter = new Waiter();
    waiter.add(receiver.descriptor);
  });
  after(() => {
    waiter.close();
    sender.close();
    receiver.close();
    network[Symbol.dispose]();
  });

  const receive = (count: number) => receiveFrames(receiver, memory, waiter, count, isNumbered);

  it("carry an unfinished checksum, also behind a VLAN tag", async () => {
    const frames = [unfinished(numberedFrame(1, 200), 34), unfinished(taggedFrame(2, 200, 0x8100), 38)];
    assert.equal(transmitFrames(sender, memory, area, frames), 2);
    const received = await receive(2);
    assert.deepEqual(
      received.map(({ bytes }) => bytes),
      frames.map(({ bytes }) => bytes),
    );
    for (const [index, { header }] of received.entries()) {
      assert.equal(header[0]! & 1, 1, "VIRTIO_NET_HDR_F_NEEDS_CSUM");
      assert.deepEqual(header.subarray(6), frames[index]!.header.subarray(6));
    }
  });

  it("send entries that continue a frame as one frame", async () => {
    const [first, second, third] = [numberedFrame(1, 600), numberedFrame(2, 500), numberedFrame(3, 300)];
    const parts = [
      { bytes: first! },
      { bytes: second!, merge: 100 },
      { bytes: third!, merge: 299 },
      { bytes: numberedFrame(4, 60) },
    ];
    assert.equal(transmitFrames(sender, memory, area, parts), 4);
    const [whole, other] = await receive(2);
    assert.deepEqual(whole!.bytes, Buffer.concat([first!, second!.subarray(100), third!.subarray(299)]));
    assert.deepEqual(other!.bytes, numberedFrame(4, 60));
  });

  it("drop what the kernel refuses, count it with a reason, and send the rest", async () => {
    const tooLong = numberedFrame(1, 1600);
    const parts = [
      { bytes: numberedFrame(0, 100) },
      { bytes: tooLong },
      { ...unfinished(numberedFrame(2, 100), 99) },
      { bytes: tooLong },
      { bytes: numberedFrame(3, 1000), merge: 14 },
      { bytes: numberedFrame(4, 100) },
    ];
    assert.equal(transmitFrames(sender, memory, area, parts), 2);
    const received = await receive(2);
    assert.deepEqual(
      received.map(({ bytes }) => bytes),
      [numberedFrame(0, 100), numberedFrame(4, 100)],
    );
    assert.deepEqual(sender.statistics().transmitDrops, { "too long": 3, malformed: 1 });
  });

  it("count frames that came while nobody looked and did not fit", () => {
    const parts = Array.from({ length: 256 }, (_, index) => ({ bytes: numberedFrame(index, 1514) }));
    let sent = 0;
    while (receiver.statistics().receiveDrops === 0) sent += transmitFrames(sender, memory, area, parts);
    let received = 0;
    for (let count = receiver.receive(); count > 0; count = receiver.receive()) received += count;
    assert.equal(received + receiver.statistics().receiveDrops, sent);
  });
});

/** @param start  where the checksummed part begins; the checksum is 16 bytes behind that */
function unfinished(bytes: Buffer, start: number): { bytes: Buffer; header: Buffer } {
  const header = Buffer.alloc(10); // struct virtio_net_hdr
  header[0] = 1; // VIRTIO_NET_HDR_F_NEEDS_CSUM
  header.writeUInt16LE(start, 6);
  header.writeUInt16LE(16, 8);
  return { bytes, header };
}
