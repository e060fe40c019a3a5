/** Reads a packet for its summary: which headers it has, how far they go, and what is wrong with it. */

import { FRAGMENT, HEADER_LENGTH, PROTOCOL } from "./protocols.ts";
import { ANNOTATION, readAnnotation, type SummaryRecord, writeAnnotation } from "./record.ts";

/** What the element's arguments say about reading. */
export interface ViewOptions {
  /** Count a packet whose IP length promises more than it has as bad. */
  readonly carefulTruncation: boolean;
  /** Add the extra length annotation to lengths. */
  readonly extraLength: boolean;
  /** Find out what is wrong with the packet. */
  readonly reportBad: boolean;
}

/** A header that a field needs: a protocol number, or one of the lower layers. */
export type Layer = "ethernet" | "ip" | "tcp" | "udp" | "icmp" | "tcp or udp";

const LAYER_NAMES: Readonly<Record<Layer, string>> = {
  ethernet: "Ethernet",
  ip: "IP",
  tcp: "TCP",
  udp: "UDP",
  icmp: "ICMP",
  "tcp or udp": "TCP/UDP",
};

const LAYER_PROTOCOLS: Readonly<Record<Layer, readonly number[]>> = {
  ethernet: [],
  ip: [],
  tcp: [PROTOCOL.tcp],
  udp: [PROTOCOL.udp],
  icmp: [PROTOCOL.icmp],
  "tcp or udp": [PROTOCOL.tcp, PROTOCOL.udp],
};

/** Offset of the protocol field; shorter captures do not tell what they carry. */
const PROTOCOL_OFFSET = 9;

export class PacketView {
  readonly record: SummaryRecord;
  readonly options: ViewOptions;
  /** Offset of a sound IP header. */
  ip: number | undefined;
  /** Offset of the transport header, whatever it is. */
  readonly transport: number;
  /** Which transport header is there and sound. */
  transportLayer: "tcp" | "udp" | "icmp" | undefined;
  /** What is wrong, for a `!bad` line. */
  bad: string | undefined;
  /** Bytes after the end of the IP packet. */
  #padding = 0;

  constructor(record: SummaryRecord, options: ViewOptions) {
    this.record = record;
    this.options = options;
    this.transport = record.transportOffset ?? record.data.length;
  }

  /** Length of the data up to the end of the IP packet. */
  get length(): number {
    return this.record.data.length - this.#padding;
  }

  get networkLength(): number {
    return this.length - (this.record.networkOffset ?? this.record.data.length);
  }

  get transportLength(): number {
    return this.length - this.transport;
  }

  /** Bytes that the packet had on the wire and that were not captured. */
  get extraLength(): number {
    return readAnnotation(this.record.annotations, ANNOTATION.extraLength);
  }

  /** One byte; what lies outside the packet reads as zero. */
  byte(offset: number): number {
    if (offset >= 0) return this.record.data[offset] ?? 0;
    const headroom = this.record.headroom;
    return headroom?.[headroom.length + offset] ?? 0;
  }

  half(offset: number): number {
    return this.byte(offset) * 0x100 + this.byte(offset + 1);
  }

  word(offset: number): number {
    return this.half(offset) * 0x10000 + this.half(offset + 2);
  }

  bytes(start: number, end: number): Uint8Array {
    return Uint8Array.from({ length: Math.max(0, end - start) }, (_, index) => this.byte(start + index));
  }

  get headerLength(): number {
    return this.ip === undefined ? 0 : (this.byte(this.ip) & 15) * 4;
  }

  get ipLength(): number {
    return this.ip === undefined ? 0 : this.half(this.ip + 2);
  }

  get fragmentWord(): number {
    return this.ip === undefined ? 0 : this.half(this.ip + 6);
  }

  get isFirstFragment(): boolean {
    return (this.fragmentWord & FRAGMENT.offsetMask) === 0;
  }

  get protocol(): number {
    return this.ip === undefined ? 0 : this.byte(this.ip + PROTOCOL_OFFSET);
  }

  /** Finds the headers. Fields of the IP layer and above need this first; like Click's, it settles the extra length annotation. */
  findHeaders(): void {
    const { networkOffset } = this.record;
    if (networkOffset !== undefined) {
      const problem = this.#headerProblem(networkOffset);
      if (problem === undefined) this.ip = networkOffset;
      else this.#report(problem);
    }
    if (this.ip === undefined) return;
    this.#fitToLength(this.ip);
    this.#findTransport();
    this.#settleExtraLength();
  }

  #headerProblem(ip: number): string | undefined {
    if (this.networkLength < 4) return "truncated IP header";
    const version = this.byte(ip) >> 4;
    if (version !== 4) return `IP version ${version}`;
    const headerWords = this.byte(ip) & 15;
    if (headerWords < 5) return `IP header length ${headerWords}`;
    const length = this.half(ip + 2);
    return length < headerWords * 4 ? `IP length ${length}` : undefined;
  }

  /** Leaves bytes after the end of the IP packet out of account. */
  #fitToLength(ip: number): void {
    const length = this.half(ip + 2);
    const captured = this.networkLength;
    if (captured > length) {
      this.#padding = captured - length;
      this.#setExtraLength(this.extraLength + this.#padding);
    } else if (this.options.carefulTruncation && captured + this.extraLength < length) {
      this.#report(`truncated IP missing ${length - captured - this.extraLength}`);
    }
  }

  #findTransport(): void {
    if (this.record.transportOffset === undefined || !this.isFirstFragment) return;
    if (this.networkLength <= this.headerLength) return;
    if (this.protocol === PROTOCOL.udp) this.transportLayer = "udp";
    if (this.protocol === PROTOCOL.icmp) this.transportLayer = "icmp";
    if (this.protocol !== PROTOCOL.tcp) return;
    const headerWords = this.byte(this.transport + 12) >> 4;
    if (this.transportLength > 12 && headerWords < HEADER_LENGTH.tcp / 4)
      this.#report(`TCP header length ${headerWords}`);
    else this.transportLayer = "tcp";
  }

  /** The IP length says how long the packet was; only what it cannot say stays extra. */
  #settleExtraLength(): void {
    if (this.extraLength === 0) return;
    const full = this.networkLength + this.extraLength;
    const isBeyond = this.ipLength === 0xffff && full > 0xffff;
    this.#setExtraLength(isBeyond ? full - 0xffff : 0);
  }

  #setExtraLength(length: number): void {
    writeAnnotation(this.record.annotations, ANNOTATION.extraLength, length);
  }

  #report(problem: string): void {
    if (this.options.reportBad) this.bad ??= problem;
  }

  /** Says that a field is not there, and finds out whether that is a fault of the packet. @returns undefined, the missing value */
  missing(layer: Layer, neededLength: number): undefined {
    if (!this.options.reportBad || this.bad !== undefined) return undefined;
    const name = LAYER_NAMES[layer];
    if (layer === "ethernet") this.#report("Ethernet header");
    else if (this.ip === undefined) this.#report("no IP header");
    else if (layer === "ip") this.#report("truncated IP header capture");
    else if (this.networkLength > PROTOCOL_OFFSET && !LAYER_PROTOCOLS[layer].includes(this.protocol)) return undefined;
    else if (!this.isFirstFragment) this.#report(`fragmented ${name} header`);
    else if (this.transportLength + this.extraLength >= neededLength) this.#report(`truncated ${name} header capture`);
    else this.#report(`truncated ${name} header`);
    return undefined;
  }
}
