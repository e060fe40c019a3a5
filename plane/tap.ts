/** Taps: copies of the frames that pass a port, for a capture. A ring of bytes that the host reads; what finds no room is counted. */
import { Fabric, Frame, Port } from "./state";

export const TAP_IN: u32 = 0;
export const TAP_OUT: u32 = 1;

@unmanaged
export class Tap {
  buffer: usize;
  /** A power of two. */
  size: u32;
  /** Bytes ever written and read, modulo 2^32. */
  produced: u32;
  consumed: u32;
  /** Bytes of each frame to copy. */
  snapLength: u32;
  lost: u32;
}

/** Each record: time u64, length u32, bytes that follow u32, direction u32, port u32. */
const RECORD_HEADER: u32 = 24;

export function tapFrame(fabric: Fabric, port: Port, frame: Frame, direction: u32): void {
  const tap = changetype<Tap>(port.tap);
  const captured = min(frame.length, tap.snapLength);
  // Records are padded to 8 bytes, so that a header never wraps within a number.
  const bytes = (RECORD_HEADER + captured + 7) & ~7;
  if (bytes > tap.size - (tap.produced - tap.consumed)) {
    tap.lost++;
    return;
  }
  put64(tap, 0, fabric.now);
  put64(tap, 8, <u64>frame.length | (<u64>captured << 32));
  put64(tap, 16, <u64>direction | (<u64>port.number << 32));
  const place = (tap.produced + RECORD_HEADER) & (tap.size - 1);
  const first = min(captured, tap.size - place);
  memory.copy(tap.buffer + place, frame.data, first);
  memory.copy(tap.buffer, frame.data + first, captured - first);
  tap.produced += bytes;
}

@inline
function put64(tap: Tap, at: u32, value: u64): void {
  store<u64>(tap.buffer + ((tap.produced + at) & (tap.size - 1)), value);
}
