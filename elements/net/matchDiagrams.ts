/**
 * Walks decision diagrams that lie as a table in memory (laid out in `src/pattern/diagramTable.ts`): one vector comparison
 * against eight limits for each node, then up to four rules at once in a leaf. The cost hardly depends on the number of rules.
 */

import { matchProgram } from "./matchProgram";

/** Fields of a packet, at the offsets of `Packet`. */
@inline function dataOf(p: usize): usize { return load<u32>(p); }
@inline function endOf(p: usize): usize { return load<u32>(p) + load<u32>(p, 4); }
@inline function networkHeaderOf(p: usize): usize { return load<u32>(p, 8); }
@inline function transportHeaderOf(p: usize): usize { return load<u32>(p, 12); }
@inline function macHeaderOf(p: usize): usize { return load<u32>(p, 16); }

/** Bytes from a header to the packet's end; 0 for a header that is not set or lies behind the end. */
@inline function lengthFrom(header: usize, end: usize): i32 {
  return header != 0 && header <= end ? <i32>(end - header) : 0;
}

/**
 * The masked word of a node or of a leaf's range: both begin with base, offset and mask. Base 4 stands for `counts`.
 * In a short packet a word may lie anywhere; one outside of the memory is 0. What is not there decides nothing.
 */
@inline function wordOf(node: usize, first: usize, transport: usize, mac: usize, counts: u32, short: bool): u32 {
  const base = load<u32>(node);
  const mask = load<u32>(node, 8);
  if (short && base == 4) return counts & mask;
  const header = select(transport, select(mac, first, base == 3), base == 2);
  const word = header + load<u32>(node, 4);
  if (short && word > (<usize>memory.size() << 16) - 4) return 0;
  return bswap(load<u32>(word)) & mask;
}

/** How many of the `count` ascending lengths at `lengths` are reached. */
function lengthsReached(lengths: usize, count: u32, length: i32): u32 {
  let reached: u32 = 0;
  while (reached < count && length >= load<i32>(lengths + (<usize>reached << 2))) reached++;
  return reached;
}

/** The first rule of a leaf that the packet meets, four at a time. */
@inline function matchLeaf(leaf: usize, first: usize, transport: usize, mac: usize, counts: u32, short: bool): i32 {
  let group = leaf;
  while (true) {
    let range = group + 32;
    const end = range + <usize>load<u32>(group) * 48;
    let met = i32x4.splat(-1);
    for (; range < end; range += 48) {
      const word = i32x4.splat(wordOf(range, first, transport, mac, counts, short));
      met = v128.and(met, i32x4.le_u(i32x4.sub(word, v128.load(range, 16)), v128.load(range, 32)));
    }
    const lanes = i32x4.bitmask(met);
    if (lanes != 0) return load<i32>(group + (<usize>ctz(lanes) << 2), 16);
    if (load<u32>(group, 4) != 0) return load<i32>(group, 8);
    group = end;
  }
}

/** Follows references from a root to a result. */
@inline function walk(table: usize, root: u32, first: usize, transport: usize, mac: usize, counts: u32, short: bool): i32 {
  let reference = root;
  while ((reference & 3) != 1) {
    const node = table + <usize>(reference & ~3);
    const tag = reference & 3;
    if (tag == 2) return matchLeaf(node, first, transport, mac, counts, short);
    const word = wordOf(node, first, transport, mac, counts, short);
    if (tag == 3) {
      reference = load<u32>(node + (<usize>(word >> load<u32>(node, 12)) << 2), 16);
      continue;
    }
    const words = i32x4.splat(word);
    const reached =
      i32x4.bitmask(i32x4.ge_u(words, v128.load(node, 16))) | (i32x4.bitmask(i32x4.ge_u(words, v128.load(node, 32))) << 4);
    reference = load<u32>(node + (<usize>popcnt(reached) << 2), 48);
  }
  return <i32>reference >> 2;
}

/** Counts the lengths that the packet reaches: network or data in the 10 lowest bits, transport above, MAC highest. */
function countLengths(lengths: usize, firstLength: i32, transportLength: i32, mac: usize): u32 {
  const firstLengths = load<u32>(lengths);
  const transportLengths = load<u32>(lengths, 4);
  const place = lengths + 16;
  const first = lengthsReached(place, firstLengths, firstLength);
  const transport = lengthsReached(place + (<usize>firstLengths << 2), transportLengths, transportLength);
  return first | (transport << 10) | (u32(mac != 0) << 30);
}

/** The result of a forest. `short` is a constant in each place of use. */
@inline function decide(
  table: usize,
  forest: usize,
  first: usize,
  transport: usize,
  mac: usize,
  counts: u32,
  short: bool,
): i32 {
  const outputs = load<u32>(forest, 4);
  if (outputs == 0) return walk(table, load<u32>(forest, 16), first, transport, mac, counts, short);
  let best: u32 = u32.MAX_VALUE;
  let tree = forest + 16;
  const treesEnd = tree + (<usize>load<u32>(forest) << 3);
  // rules are numbered by priority; a tree whose first rule comes later cannot win
  for (; tree < treesEnd && load<u32>(tree, 4) < best; tree += 8)
    best = min(best, <u32>walk(table, load<u32>(tree), first, transport, mac, counts, short));
  return best == u32.MAX_VALUE ? -1 : load<i32>(table + outputs + (<usize>best << 2));
}

function matchShort(table: usize, forest: usize, first: usize, transport: usize, mac: usize, counts: u32): i32 {
  return decide(table, forest, first, transport, mac, counts, true);
}

/**
 * Decides a packet.
 *
 * @param table  address of the table, divisible by 16
 * @param p  address of the packet
 * @returns the output port, -1 to drop
 */
export function matchDiagrams(table: usize, p: usize): i32 {
  const end = endOf(p);
  const first = load<u32>(table, 4) != 0 ? networkHeaderOf(p) : dataOf(p);
  const transport = transportHeaderOf(p);
  const mac = macHeaderOf(p);
  const firstLength = lengthFrom(first, end);
  const transportLength = lengthFrom(transport, end);
  if (
    firstLength < load<i32>(table, 8) ||
    transportLength < load<i32>(table, 12) ||
    (load<u32>(table, 16) != 0 && mac == 0)
  ) {
    const lengths = table + load<u32>(table, 24);
    const forest = load<u32>(lengths, 8);
    if (forest == 0) return matchProgram(table + load<u32>(table, 28), p);
    const counts = countLengths(lengths, firstLength, transportLength, mac);
    return matchShort(table, table + forest, first, transport, mac, counts);
  }
  return decide(table, table + load<u32>(table, 20), first, transport, mac, 0, false);
}
