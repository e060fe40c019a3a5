/** A packet that grows from the fields of a summary line: headers appear as fields need them. */

import { FRAGMENT, HEADER_LENGTH, hasPorts, PROTOCOL } from "./protocols.ts";
import { ANNOTATION_SIZE, viewOf } from "./record.ts";

/** The addresses and ports of packets whose line does not give them. */
export interface FlowId {
  readonly source: number;
  readonly sourcePort: number;
  readonly destination: number;
  readonly destinationPort: number;
}

export interface DraftDefaults {
  /** IP protocol of lines that give none. */
  readonly protocol: number;
  readonly flow: FlowId | undefined;
  /** Minor version of the dump: before 1.1, fragment offsets counted eight bytes. */
  readonly minorVersion: number;
}

/** Time to live of packets whose line gives none. */
const DEFAULT_TTL = 100;

/** Longest header of a protocol that starts from nothing; others get no transport header. */
const TRANSPORT_HEADER_LENGTH: ReadonlyMap<number, number> = new Map([
  [PROTOCOL.tcp, HEADER_LENGTH.tcp],
  [PROTOCOL.udp, HEADER_LENGTH.udp],
  [PROTOCOL.udpLite, HEADER_LENGTH.udp],
  [PROTOCOL.dccp, HEADER_LENGTH.dccp],
  [PROTOCOL.icmp, HEADER_LENGTH.icmp],
]);

/** A transport header this long is complete enough: ports and more. */
const ENOUGH_TRANSPORT = 8;

/** Room for the headers and a payload; more is taken when it is needed. */
const INITIAL_CAPACITY = 256;

export class PacketDraft {
  readonly defaults: DraftDefaults;
  readonly annotations = new Uint8Array(ANNOTATION_SIZE);
  timestamp = 0n;
  length = 0;
  /** Length that the packet had on the wire, from the start of its data; 0 when no field tells. */
  wantedLength = 0;
  macOffset: number | undefined;
  networkOffset: number | undefined;
  transportOffset: number | undefined;
  /** False once the link layer says that something else follows. */
  isIp = true;
  /** Whether a field has set the ICMP type or code: then other fields depend on them. */
  hasIcmpType = false;
  hasIcmpCode = false;
  /** Whether a field has settled the length of the IP or the TCP header. */
  hasIpHeaderLength = false;
  hasTcpHeaderLength = false;
  #bytes = new Uint8Array(INITIAL_CAPACITY);

  constructor(defaults: DraftDefaults) {
    this.defaults = defaults;
  }

  /** The packet so far. */
  get data(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  get networkLength(): number {
    return this.length - (this.networkOffset ?? this.length);
  }

  get transportLength(): number {
    return this.length - (this.transportOffset ?? this.length);
  }

  byte(offset: number): number {
    return this.#bytes[offset] ?? 0;
  }

  half(offset: number): number {
    return this.byte(offset) * 0x100 + this.byte(offset + 1);
  }

  setByte(offset: number, value: number): void {
    this.#reserve(offset + 1);
    this.#bytes[offset] = value;
  }

  setHalf(offset: number, value: number): void {
    this.#reserve(offset + 2);
    viewOf(this.#bytes).setUint16(offset, value);
  }

  setWord(offset: number, value: number): void {
    this.#reserve(offset + 4);
    viewOf(this.#bytes).setUint32(offset, value);
  }

  setBytes(offset: number, bytes: Uint8Array): void {
    this.#reserve(offset + bytes.length);
    this.#bytes.set(bytes, offset);
  }

  /** Makes the packet at least `length` bytes long, with zeros. */
  growTo(length: number): void {
    if (length <= this.length) return;
    this.#reserve(length);
    this.length = length;
  }

  /** Puts zeros in front of the bytes at `offset`, and makes the packet that much longer. */
  insertZeros(offset: number, count: number): void {
    const end = this.length;
    this.growTo(end + count);
    this.#bytes.copyWithin(offset + count, offset, end);
    this.#bytes.fill(0, offset, offset + count);
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(capacity, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  /** Gives an empty packet an Ethernet header for IP. */
  makeEthernet(): number {
    if (this.macOffset === undefined) {
      this.macOffset = 0;
      this.growTo(HEADER_LENGTH.ethernet);
      this.setHalf(12, 0x0800);
      this.networkOffset = HEADER_LENGTH.ethernet;
      this.transportOffset = HEADER_LENGTH.ethernet;
    }
    return this.macOffset;
  }

  /**
   * Gives the packet an IP header if it has none.
   *
   * @param protocol  what the header must carry; a header whose protocol is still 0 carries anything
   * @returns the header's offset, or undefined when the packet carries something else
   */
  makeIp(protocol?: number): number | undefined {
    if (!this.isIp) return undefined;
    this.networkOffset ??= 0;
    const ip = this.networkOffset;
    if (this.networkLength < HEADER_LENGTH.ip) this.#makeIpHeader(ip);
    const carried = this.byte(ip + 9);
    return protocol === undefined || carried === 0 || carried === protocol ? ip : undefined;
  }

  #makeIpHeader(ip: number): void {
    this.growTo(ip + HEADER_LENGTH.ip);
    this.transportOffset = ip + HEADER_LENGTH.ip;
    this.setByte(ip, 0x45);
    this.setByte(ip + 8, DEFAULT_TTL);
    this.setByte(ip + 9, this.defaults.protocol);
    const { flow } = this.defaults;
    if (flow === undefined) return;
    this.setWord(ip + 12, flow.source);
    this.setWord(ip + 16, flow.destination);
  }

  /** The IP header, for packets that have one. */
  get ip(): number | undefined {
    return this.isIp && this.networkLength >= HEADER_LENGTH.ip ? this.networkOffset : undefined;
  }

  get isFirstFragment(): boolean {
    return this.networkOffset !== undefined && (this.half(this.networkOffset + 6) & FRAGMENT.offsetMask) === 0;
  }

  get protocol(): number {
    return this.networkOffset === undefined ? 0 : this.byte(this.networkOffset + 9);
  }

  /** Length of the IP header as the header has it. */
  get ipHeaderLength(): number {
    return this.networkOffset === undefined ? 0 : (this.byte(this.networkOffset) & 15) * 4;
  }

  /** Lets the IP header end, and the transport header begin, after `length` bytes. */
  setIpHeaderLength(length: number): void {
    const ip = this.networkOffset ?? 0;
    this.setByte(ip, (this.byte(ip) & 0xf0) | ((length >> 2) & 15));
    this.transportOffset = ip + length;
  }

  /**
   * Gives an IP packet a transport header if it has none and may have one.
   *
   * @returns the header's offset; undefined for later fragments, which have none
   */
  makeTransport(): number | undefined {
    if (!this.isFirstFragment || this.transportOffset === undefined) return undefined;
    if (this.transportLength < ENOUGH_TRANSPORT) this.#makeTransportHeader(this.transportOffset);
    return this.transportOffset;
  }

  #makeTransportHeader(transport: number): void {
    const full = TRANSPORT_HEADER_LENGTH.get(this.protocol);
    if (full === undefined) return;
    const room = this.wantedLength > 0 ? this.wantedLength - transport : full;
    const length = Math.min(full, room);
    if (this.transportLength >= length) return;
    this.growTo(transport + length);
    if (this.protocol === PROTOCOL.tcp && length >= 13) this.setByte(transport + 12, (HEADER_LENGTH.tcp / 4) << 4);
    const { flow } = this.defaults;
    if (flow === undefined || !hasPorts(this.protocol)) return;
    this.setHalf(transport, flow.sourcePort);
    this.setHalf(transport + 2, flow.destinationPort);
  }

  /** Length of the TCP header as the header has it. */
  get tcpHeaderLength(): number {
    return this.transportOffset === undefined ? 0 : (this.byte(this.transportOffset + 12) >> 4) * 4;
  }

  setTcpHeaderLength(length: number): void {
    const offset = (this.transportOffset ?? 0) + 12;
    this.setByte(offset, (this.byte(offset) & 15) | (((length >> 2) & 15) << 4));
  }
}
