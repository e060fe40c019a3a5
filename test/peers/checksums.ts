/** Has tcpdump look at the frames that arrive at a host. */
import assert from "node:assert/strict";
import type { Host } from "./hosts.ts";
import { Program } from "./program.ts";

/** What tcpdump says of a wrong checksum: of IP, TCP, UDP, ICMP. */
const WRONG = /bad cksum|cksum \S+ \(incorrect|bad udp cksum|wrong icmp cksum/;
/** And of a right one. */
const RIGHT = { tcp: /cksum \S+ \(correct\)/, udp: /udp sum ok/ };

export class ChecksumWatch {
  readonly #tcpdump: Program;

  private constructor(tcpdump: Program) {
    this.#tcpdump = tcpdump;
  }

  /** Only what arrives: what leaves is seen before its checksum is made. */
  static async start({ namespace }: Host): Promise<ChecksumWatch> {
    const words = ["-i", "eth0", "-Q", "in", "-n", "-vv", "-l", "--immediate-mode"];
    const tcpdump = new Program(namespace, "tcpdump", ...words);
    await tcpdump.said(/listening on/);
    return new ChecksumWatch(tcpdump);
  }

  /** @throws AssertionError when a checksum was wrong, or none of TCP and UDP was seen */
  async finish(): Promise<void> {
    await this.#tcpdump.interrupt();
    const { output } = this.#tcpdump;
    assert.doesNotMatch(output, WRONG);
    for (const right of Object.values(RIGHT)) assert.match(output, right);
  }
}
