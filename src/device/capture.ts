/** `pcap:IN,OUT`: capture files in place of a device. The packets of IN are received, as fast as they are taken; what is sent is written to OUT. */
import { statSync } from "node:fs";
import path from "node:path";
import { CaptureInput } from "../host/capture/captureInput.ts";
import { CaptureOutput } from "../host/capture/captureOutput.ts";
import { RecordReader } from "../host/capture/devices.ts";
import { ETHERNET, formatLinkType } from "../host/capture/linkTypes.ts";
import {
  FILE_HEADER,
  formatFileHeader,
  formatRecordHeader,
  MAXIMUM_CAPTURE,
  parseFileHeader,
} from "../host/capture/pcap.ts";
import {
  type Device,
  DeviceError,
  type DeviceMemory,
  type DeviceStatistics,
  ENTRY_DATA,
  ENTRY_LENGTH,
  ENTRY_SIZE,
} from "./device.ts";
import { Losses } from "./losses.ts";
import { allocatePiece } from "./memory.ts";

const SLOTS = 64;
/** From one frame to the next: the longest record. */
const STRIDE = 65536;
const CACHE_LINE = 64;
/** Destination, source and type (IEEE 802.3 §3.1.1): what is shorter is no frame. */
const SHORTEST_FRAME = 14;

export class CaptureDevice implements Device {
  readonly name: string;
  readonly mac = undefined;
  readonly mtu = MAXIMUM_CAPTURE - SHORTEST_FRAME;
  readonly offloads = false;
  readonly descriptor = -1;
  readonly receiveTable: number;
  readonly receiveSlots = SLOTS;
  readonly transmitTable: number;
  readonly transmitSlots = SLOTS;
  readonly #input: RecordReader | undefined;
  readonly #output: CaptureOutput | undefined;
  readonly #resources: DisposableStack;
  readonly #losses = new Losses();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #frames: number;
  #receiveDrops = 0;

  /**
   * @param name  as it was asked for
   * @param files  `IN`, `IN,OUT` or `,OUT`
   * @throws DeviceError
   */
  constructor(name: string, files: string, memory: DeviceMemory) {
    using resources = new DisposableStack();
    const [input = "", output = "", ...more] = files.split(",");
    if (more.length > 0 || (input === "" && output === ""))
      throw new DeviceError("BAD_NAME", "expected 'pcap:IN', 'pcap:IN,OUT' or 'pcap:,OUT'");
    if (path.resolve(input) === path.resolve(output))
      throw new DeviceError("BAD_NAME", `'${input}' cannot be read and written at once: give another file for OUT`);
    this.#bytes = new Uint8Array(memory.memory.buffer);
    this.#view = new DataView(memory.memory.buffer);
    this.receiveTable = allocatePiece(memory, resources, SLOTS * ENTRY_SIZE, CACHE_LINE);
    this.transmitTable = allocatePiece(memory, resources, SLOTS * ENTRY_SIZE, CACHE_LINE);
    this.#frames = allocatePiece(memory, resources, SLOTS * STRIDE, CACHE_LINE);
    if (input !== "") this.#input = naming(input, () => openInput(input, resources));
    if (output !== "") this.#output = naming(output, () => openOutput(output, resources));
    this.#resources = resources.move();
    this.name = name;
  }

  linkUp(): boolean {
    return !this.#resources.disposed;
  }

  receive(): number {
    if (this.#resources.disposed || !this.#input) return 0;
    let count = 0;
    while (count < SLOTS) {
      const packet = this.#input.next();
      if (!packet) break;
      if (packet.length < SHORTEST_FRAME) this.#receiveDrops++;
      else this.#setEntry(count++, packet);
    }
    return count;
  }

  transmit(count: number): number {
    if (this.#resources.disposed) return 0;
    if (!this.#output) {
      this.#losses.count("no file to write to", count);
      return 0;
    }
    const frames = Array.from({ length: count }, (_, index) => this.#frameToSend(index));
    const fitting = frames.filter((frame) => frame.length <= MAXIMUM_CAPTURE);
    this.#losses.count("too long", count - fitting.length);
    const time = now();
    try {
      this.#output.write(Buffer.concat(fitting.flatMap((frame) => [recordHeader(time, frame.length), frame])));
    } catch (error) {
      this.#losses.count(textOf(error), fitting.length);
      return 0;
    }
    return fitting.length;
  }

  statistics(): DeviceStatistics {
    return { receiveDrops: this.#receiveDrops, transmitDrops: this.#losses.byReason() };
  }

  close(): void {
    this.#resources.dispose();
  }

  #setEntry(index: number, packet: Uint8Array): void {
    const data = this.#frames + index * STRIDE;
    const entry = this.receiveTable + index * ENTRY_SIZE;
    this.#bytes.set(packet, data);
    this.#bytes.fill(0, entry, entry + ENTRY_SIZE);
    this.#view.setUint32(entry + ENTRY_DATA, data, true);
    this.#view.setUint32(entry + ENTRY_LENGTH, packet.length, true);
  }

  #frameToSend(index: number): Uint8Array {
    const entry = this.transmitTable + index * ENTRY_SIZE;
    const data = this.#view.getUint32(entry + ENTRY_DATA, true);
    return this.#bytes.subarray(data, data + this.#view.getUint32(entry + ENTRY_LENGTH, true));
  }
}

function openInput(file: string, resources: DisposableStack): RecordReader {
  // reading from a pipe would hold up everything else until somebody writes
  if (!statSync(file).isFile()) throw new DeviceError("FAILED", "is no regular file");
  const input = resources.adopt(CaptureInput.open(file), (opened) => opened.close());
  const start = new Uint8Array(FILE_HEADER);
  const header = parseFileHeader(start.subarray(0, input.read(start)));
  if (typeof header === "string") throw new DeviceError("FAILED", header);
  if (header.linkType !== ETHERNET)
    throw new DeviceError("FAILED", `its packets are of link type ${formatLinkType(header.linkType)}, not ETHER`);
  return new RecordReader(input, header);
}

function openOutput(file: string, resources: DisposableStack): CaptureOutput {
  const output = resources.adopt(CaptureOutput.open(file, formatLinkType(ETHERNET)), (opened) => opened.close());
  output.begin(formatFileHeader({ nanoseconds: true, snapLength: MAXIMUM_CAPTURE, linkType: ETHERNET }));
  return output;
}

/** @throws DeviceError that names the file, for whatever `open` throws */
function naming<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
    throw new DeviceError(FILE_CODES[code] ?? "FAILED", `'${file}': ${textOf(error)}`);
  }
}

const FILE_CODES: Readonly<Record<string, DeviceError["code"]>> = {
  ENOENT: "NO_DEVICE",
  EACCES: "NO_RIGHTS",
  EPERM: "NO_RIGHTS",
};

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function recordHeader(time: bigint, length: number): Uint8Array {
  return formatRecordHeader(time, { captured: length, length });
}

/** Nanoseconds since 1970. */
function now(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
}
