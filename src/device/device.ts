/**
 * Devices of the host that carry Ethernet frames: one interface for all. Frames lie in the switch's memory (one WebAssembly.Memory that Linux reads and
 * writes directly); JavaScript moves batches and never looks at one.
 */

/** The memory that frames lie in. It never grows. */
export interface DeviceMemory {
  readonly memory: WebAssembly.Memory;
  /** Address of its first byte in the process. */
  readonly address: number;
  /**
   * Takes a piece of it for as long as the fabric lives, zeroed.
   * @param alignment  a power of two
   * @returns its offset
   * @throws Error when there is no room
   */
  allocate(bytes: number, alignment: number): number;
  /** Gives a piece back. */
  release(offset: number, bytes: number): void;
}

/**
 * Entries of the tables in which devices and fabric hand frames to each other, 32 bytes each, little-endian:
 * data u32 (offset in the switch's memory), length u32 (of the Ethernet frame, at `data`), then a virtio_net_hdr of 12 bytes (linux/virtio_net.h,
 * struct virtio_net_hdr_mrg_rxbuf): flags u8, gso_type u8, hdr_len u16, gso_size u16, csum_start u16, csum_offset u16, num_buffers u16; then
 * merge u16: not 0 = this frame's bytes from `merge` on continue the frame of the entry before it (generic receive offload: see plane/offload.ts); 10 spare bytes.
 */
export const ENTRY_SIZE = 32;
export const ENTRY_DATA = 0;
export const ENTRY_LENGTH = 4;
export const ENTRY_HEADER = 8;
export const ENTRY_MERGE = 20;

export interface DeviceStatistics {
  /** Frames that the kernel or the device lost before they could be received. */
  readonly receiveDrops: number;
  /** Frames that could not be sent, by reason. */
  readonly transmitDrops: Readonly<Record<string, number>>;
}

export interface Device {
  /** As it was asked for: `packet:eth0`. */
  readonly name: string;
  /** The interface's own address; undefined for a capture file. */
  readonly mac: string | undefined;
  readonly mtu: number;
  /** Whether frames come with, and are sent by, virtio_net_hdr: unfinished checksums and segments to cut. Without, they are always zero. */
  readonly offloads: boolean;
  /** File descriptor that becomes readable when frames arrive; -1 = none (a capture: always ready until it ends). */
  readonly descriptor: number;
  /** Offset of the table that `receive` fills, and how many entries it has. */
  readonly receiveTable: number;
  readonly receiveSlots: number;
  /** Offset of the table from which `transmit` sends, and how many entries it has. Frames may lie anywhere in the memory. */
  readonly transmitTable: number;
  readonly transmitSlots: number;
  /** Whether the link is up now. */
  linkUp(): boolean;
  /** Receives what is there, without waiting. Frames stay valid until the next call. @returns entries filled */
  receive(): number;
  /** Sends the first `count` entries. What cannot be sent now is dropped and counted. @returns frames that were sent */
  transmit(count: number): number;
  statistics(): DeviceStatistics;
  /** Gives everything back: sockets, mappings, interfaces that it made, promiscuous mode. */
  close(): void;
}

/** A device that cannot be opened; the message says what to do about it. */
export class DeviceError extends Error {
  readonly code: "NO_DEVICE" | "NO_RIGHTS" | "BUSY" | "BAD_NAME" | "FAILED";

  constructor(code: DeviceError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
