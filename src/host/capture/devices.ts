/**
 * Devices that elements send packets to and receive them from, by name. Whoever runs a router says what a name means; here only capture files are known:
 * `pcap:FILE` receives the packets of a file, as fast as they are taken, and sends into a file.
 */
import type { HostAccess } from "../hostAccess.ts";
import { CaptureInput } from "./captureInput.ts";
import { CaptureOutput } from "./captureOutput.ts";
import { ETHERNET, formatLinkType } from "./linkTypes.ts";
import {
  FILE_HEADER,
  formatFileHeader,
  formatRecordHeader,
  MAXIMUM_CAPTURE,
  type PcapHeader,
  parseFileHeader,
  parseRecordHeader,
  RECORD_HEADER,
} from "./pcap.ts";

/** The host's end of a ring (src/machine/ring.ts), for whoever moves packets otherwise than by `read` and `write`. */
export interface RingEnd {
  /** Address in the guest's memory. */
  readonly address: number;
  readonly slots: number;
  /** Bytes that fit each buffer of a ring that leads to a guest. */
  readonly capacity: number;
  /** The index that the host owns. */
  readonly index: number;
}

/** The end of a ring that leads to a guest. */
export interface PacketInlet extends RingEnd {
  /** Packets that it would take now. */
  readonly room: number;
  write(packet: Uint8Array): boolean;
}

/** The end of a ring that comes from a guest. */
export interface PacketOutlet extends RingEnd {
  /** Gives the packets that wait, until `take` says false; `take` must not keep them. @returns how many it took */
  read(take: (packet: Uint8Array) => boolean): number;
}

/** A device that an element has opened for one of the two directions. */
export interface PacketDevice {
  /** What its packets start with, as a link type of pcap. */
  readonly linkType: number;
  /** Slots that a ring for it should have, a power of two. */
  readonly slots: number;
  /** Packets that came and found no room, so far; absent = not known. */
  readonly drops?: number;
  /** Has the packets that arrived put into the ring, or those of the ring sent; absent = others do that. @returns whether there were any */
  serve?(): boolean;
  close(): void;
}

/** Opens devices. Both throw an Error, its text to be shown behind the device's name, when there is no such device or it cannot be used. */
export interface DeviceOpener {
  /** @param connect  gives the ring, once its size is known */
  openForReceiving(name: string, connect: () => PacketInlet, now: () => bigint): PacketDevice;
  openForSending(name: string, connect: () => PacketOutlet, now: () => bigint): PacketDevice;
}

/** Key under which a router shares its DeviceOpener; `captureDevices` when nobody has put another there. */
export const DEVICES = Symbol("devices");

const PREFIX = "pcap:";
const SLOTS = 256;
/** Holds several of the longest records. */
const BUFFER = 1 << 19;

/** @param access  what files the configuration may open */
export function captureDevices(access: HostAccess): DeviceOpener {
  return {
    openForReceiving(name, connect) {
      const input = CaptureInput.open(access.file(fileOf(name)));
      const start = new Uint8Array(FILE_HEADER);
      const header = parseFileHeader(start.subarray(0, input.read(start)));
      if (typeof header === "string") {
        input.close();
        throw new Error(header);
      }
      const records = new RecordReader(input, header);
      return {
        linkType: header.linkType,
        slots: SLOTS,
        serve() {
          const inlet = connect();
          const before = inlet.room;
          while (inlet.room > 0) {
            const packet = records.next();
            if (!packet) break;
            inlet.write(packet);
          }
          return inlet.room !== before;
        },
        close: () => input.close(),
      };
    },

    openForSending(name, connect, now) {
      const output = CaptureOutput.open(access.file(fileOf(name)), formatLinkType(ETHERNET));
      output.begin(formatFileHeader({ nanoseconds: true, snapLength: MAXIMUM_CAPTURE, linkType: ETHERNET }));
      return {
        linkType: ETHERNET,
        slots: SLOTS,
        serve() {
          const records: Uint8Array[] = [];
          const taken = connect().read((packet) => {
            const lengths = { captured: packet.length, length: packet.length };
            return records.push(formatRecordHeader(now(), lengths), packet.slice()) > 0;
          });
          if (taken > 0) output.write(Buffer.concat(records));
          return taken > 0;
        },
        close: () => output.close(),
      };
    },
  };
}

function fileOf(name: string): string {
  if (!name.startsWith(PREFIX)) throw new Error(`No such device; a capture file can stand for one: '${PREFIX}FILE'`);
  return name.slice(PREFIX.length);
}

/** The packets of a capture, one after the other. */
export class RecordReader {
  readonly #input: CaptureInput;
  readonly #header: PcapHeader;
  readonly #buffer = new Uint8Array(BUFFER);
  readonly #view = new DataView(this.#buffer.buffer);
  /** What was read and not yet given out. */
  #start = 0;
  #end = 0;

  constructor(input: CaptureInput, header: PcapHeader) {
    this.#input = input;
    this.#header = header;
  }

  /** @returns the next packet, valid until the next call; undefined at the end of the file, or of what makes sense in it */
  next(): Uint8Array | undefined {
    if (!this.#holds(RECORD_HEADER)) return undefined;
    const { captured, length } = parseRecordHeader(this.#view, this.#start, this.#header);
    const headerLength = RECORD_HEADER + this.#header.extraHeader;
    if (captured > MAXIMUM_CAPTURE || !this.#holds(headerLength + captured)) return undefined;
    const at = this.#start + headerLength;
    this.#start = at + captured;
    return this.#buffer.subarray(at, at + Math.min(captured, length));
  }

  /** Reads on until there are `length` bytes. @returns false when the file has not that many */
  #holds(length: number): boolean {
    if (this.#end - this.#start >= length) return true;
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#end += this.#input.read(this.#buffer.subarray(this.#end));
    return this.#end >= length;
  }
}
