/** Records about packets on their way through a guest: the host's end of what elements/kernel/observe.ts writes. */

/** What happened to a packet, in the order of the guest's numbers. */
export const OBSERVED_EVENTS = ["emitted", "dropped", "kept", "consumed"] as const;

/** One record. A guest may have written anything: addresses and numbers are unchecked. */
export interface ObservedPacket {
  /** Number of the packet in its trace. */
  readonly number: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** Address of the element. */
  readonly element: number;
  /** Output port, for "emitted". */
  readonly port: number;
  readonly event: (typeof OBSERVED_EVENTS)[number];
  /** Bytes of the packet, of which `data` has the first. */
  readonly length: number;
  readonly data: Uint8Array;
  /** Where the network header starts in the data, if an element has marked it. */
  readonly networkOffset: number | undefined;
}

/** Offsets of a record's fields, and of the packet's bytes behind them. */
const LENGTH = 0;
const NUMBER = 4;
const TIME = 8;
const ELEMENT = 16;
const PORT = 20;
const EVENT = 24;
const PACKET_LENGTH = 28;
const NETWORK_OFFSET = 32;
const HEADER = 40;

/** The packet has no network header. */
const NO_HEADER = -(2 ** 31);

/**
 * @param bytes  whole records, as a stream gives them
 * @throws RangeError when they are not: the guest is broken
 */
export function* decodeObservedPackets(bytes: Uint8Array): Generator<ObservedPacket> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const length = at + HEADER <= bytes.length ? view.getUint32(at + LENGTH, true) : 0;
    if (length < HEADER || at + length > bytes.length)
      throw new RangeError(`a record of ${length} bytes at byte ${at} of ${bytes.length}`);
    const event = OBSERVED_EVENTS[view.getUint32(at + EVENT, true)];
    if (!event) throw new RangeError(`no event has the number ${view.getUint32(at + EVENT, true)}`);
    const networkOffset = view.getInt32(at + NETWORK_OFFSET, true);
    yield {
      number: view.getUint32(at + NUMBER, true),
      time: view.getBigUint64(at + TIME, true),
      element: view.getUint32(at + ELEMENT, true),
      port: view.getInt32(at + PORT, true),
      event,
      length: view.getUint32(at + PACKET_LENGTH, true),
      data: bytes.subarray(at + HEADER, at + length),
      networkOffset: networkOffset === NO_HEADER ? undefined : networkOffset,
    };
    at += length;
  }
}
