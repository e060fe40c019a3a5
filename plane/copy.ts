/** Copies frames between memories: exactly their bytes, nothing of a neighbour's, nothing of an older frame's. */
import { fromLoad8, fromLoadVector, toStore8, toStoreVector } from "./memories";

/** The memories, as type arguments: the switch's own, the one that frames come from, the one that they go to. */
export class Own {}
export class From {}
export class To {}

/**
 * Copies a frame in blocks of 64 bytes; the last block overlaps the one before it, so that it ends where the frame does.
 * @param length  at least 14
 */
@inline
export function copyFrame<Target, Source>(to: usize, from: usize, length: u32): void {
  if (length >= 64) {
    const last = length - 64;
    for (let at: u32 = 0; at < last; at += 64) copyBlock<Target, Source>(to + at, from + at);
    copyBlock<Target, Source>(to + last, from + last);
  } else if (length >= 16) {
    const last = length - 16;
    for (let at: u32 = 0; at < last; at += 16) storeVector<Target>(to + at, loadVector<Source>(from + at));
    storeVector<Target>(to + last, loadVector<Source>(from + last));
  } else {
    for (let at: u32 = 0; at < length; at++) storeByte<Target>(to + at, loadByte<Source>(from + at));
  }
}

/** Loads come first: the stores then need not wait for each other. */
@inline
function copyBlock<Target, Source>(to: usize, from: usize): void {
  const a = loadVector<Source>(from);
  const b = loadVector<Source>(from + 16);
  const c = loadVector<Source>(from + 32);
  const d = loadVector<Source>(from + 48);
  storeVector<Target>(to, a);
  storeVector<Target>(to + 16, b);
  storeVector<Target>(to + 32, c);
  storeVector<Target>(to + 48, d);
}

@inline
function loadVector<Source>(from: usize): v128 {
  if (idof<Source>() == idof<Own>()) return v128.load(from);
  else return fromLoadVector(<u32>from);
}

@inline
function storeVector<Target>(to: usize, value: v128): void {
  if (idof<Target>() == idof<Own>()) v128.store(to, value);
  else toStoreVector(<u32>to, value);
}

@inline
function loadByte<Source>(from: usize): u32 {
  if (idof<Source>() == idof<Own>()) return load<u8>(from);
  else return fromLoad8(<u32>from);
}

@inline
function storeByte<Target>(to: usize, value: u32): void {
  if (idof<Target>() == idof<Own>()) store<u8>(to, <u8>value);
  else toStore8(<u32>to, value);
}
