/** The capture files of the demo: what hosts on two networks send to the router between them. */
import { statSync } from "node:fs";
import path from "node:path";
import { type Mix, makeTraffic, type TrafficPacket, writePcap } from "../traffic/index.ts";

export interface Captures {
  /** What comes in at each interface. */
  readonly files: readonly string[];
  readonly packets: number;
  readonly bytes: number;
}

const SEED = 2014;
const INTERFACES = 2;
/** One packet in so many belongs to the hosts' first words: ARP, by which the router learns where they are. */
const GREETING_SHARE = 12;

/** Nanoseconds between the greetings and the traffic. */
const PAUSE = 1_000_000n;

const NOTHING: Mix = {
  tcp: 0,
  dns: 0,
  ping: 0,
  tcp6: 0,
  dns6: 0,
  ping6: 0,
  icmpError: 0,
  arp: 0,
  fragments: 0,
  malformed: 0,
};

/** Writes captures without a packet: interfaces on which nothing happens. */
export function writeEmptyCaptures(directory: string): readonly string[] {
  const file = path.join(directory, "empty.pcap");
  writePcap(file, []);
  return Array.from({ length: INTERFACES }, () => file);
}

/** Writes `in0.pcap` and `in1.pcap`. */
export function writeCaptures(directory: string, packets: number): Captures {
  const count = Math.floor(packets / GREETING_SHARE);
  const greetings = [...makeTraffic({ seed: SEED, packets: count, mix: { ...NOTHING, arp: 1 } })];
  const start = (greetings.at(-1)?.timestamp ?? 0n) + PAUSE;
  const traffic = [...greetings, ...makeTraffic({ seed: SEED + 1, packets: packets - count, start })];
  const files = Array.from({ length: INTERFACES }, (_, port) => writeInterface(directory, port, traffic));
  return { files, packets, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

function writeInterface(directory: string, port: number, traffic: readonly TrafficPacket[]): string {
  const file = path.join(directory, `in${port}.pcap`);
  writePcap(
    file,
    traffic.filter((packet) => packet.port === port),
  );
  return file;
}
