/**
 * Matching packets against rules. Before a configuration is linked, a fixed function walks the rules' table; the linker puts code made for
 * the rules in place of the call.
 */
import { Packet } from "../kernel/packet";
import { matchDiagrams } from "./matchDiagrams";
import { matchProgram } from "./matchProgram";

@external("link", "match")
declare function linkMatch(table: usize, p: Packet): i32;

/** What the first word of a table says about the rest. */
const DIAGRAMS: u32 = 1;
/** Bytes in front of the table proper, so that it stays aligned for vectors. */
const TABLE_HEAD: usize = 16;

/**
 * Finds the first rule that a packet meets.
 * @param table  address of a table that `elements/net/pattern.host.ts` made
 * @returns the rule's output; -1 when the packet is to be dropped
 */
@inline
export function match(table: usize, p: Packet): i32 {
  return linkMatch(table, p);
}

/** The walker behind `match` while nothing is linked. */
export function dispatchMatch(table: usize, p: Packet): i32 {
  const at = table + TABLE_HEAD;
  return load<u32>(table) == DIAGRAMS ? matchDiagrams(at, changetype<usize>(p)) : matchProgram(at, changetype<usize>(p));
}
