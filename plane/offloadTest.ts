/** What the tests of the offloads call. */
import { fold } from "../elements/net/checksum";
import { copySummed, sumFrame } from "./checksum";

export { coalesce, completeChecksum, segment, segmentCount } from "./offload";

/** The folded sum of `length` bytes at `at`. */
export function foldedSum(at: usize, length: u32): u16 {
  return fold(sumFrame(at, length));
}

/** Copies, and returns the folded sum. */
export function foldedCopySum(to: usize, from: usize, length: u32): u16 {
  return fold(copySummed(to, from, length));
}
