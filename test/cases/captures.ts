/** Capture files that cases read: made when they are loaded, gone when the process ends. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type CapturedPacket, MICROSECONDS, makeCapture } from "../../src/host/capture/pcap.fixture.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-cases-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** @returns the path of a new file */
export function captureFile(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** An IPv4 header without options, and some data; the checksum is left out. */
function ipPacket(length: number): Buffer {
  const packet = Buffer.alloc(length);
  packet.set([0x45, 0, 0, length, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  return packet;
}

/** Six Ethernet frames: three within a third of a millisecond, then one a second. */
export function ethernetCapture(): Buffer {
  const times = [0, 0.0001, 0.0003, 1, 2, 3];
  const packets = times.map((time, index): CapturedPacket => {
    const data = Buffer.concat([Buffer.alloc(12, index), Buffer.from([8, 0]), ipPacket(28)]);
    return { seconds: 1000 + Math.floor(time), fraction: Math.round((time % 1) * 1e6), data };
  });
  return makeCapture(packets, { littleEndian: true, magic: MICROSECONDS });
}

/** Three packets with four bytes in front: Cisco HDLC with IP, with something else, and cut short. */
export function linkCapture(linkType: number): Buffer {
  const packets = [ipPacket(28), Buffer.alloc(28), ipPacket(28).subarray(0, 10)].map((data, index): CapturedPacket => {
    return { seconds: 1, fraction: index, data: Buffer.concat([Buffer.from([15, 0, 8, 0]), data]) };
  });
  return makeCapture(packets, { littleEndian: false, magic: MICROSECONDS, linkType });
}

/** Two packets that were captured in part; the second record ends in the middle. */
export function shortCapture(): Buffer {
  const packet: CapturedPacket = { seconds: 7, fraction: 8, data: ipPacket(28), length: 100 };
  return makeCapture([packet, packet], { littleEndian: true, magic: MICROSECONDS }).subarray(0, -5);
}
