/**
 * Walks a classification program that lies as a table in memory (laid out in `src/pattern/programTable.ts`): one masked
 * comparison a step. For small rule sets, and for large ones until their diagrams are built.
 */

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

/** Which branch a step's comparison takes: 0 or 1. */
@inline function compare(step: usize, header: usize): usize {
  return usize((load<u32>(header + load<u32>(step, 4)) & load<u32>(step, 8)) == load<u32>(step, 12));
}

/** Walks with a length check at each step. */
function matchShort(table: usize, first: usize, transport: usize, mac: usize, end: usize): i32 {
  let reference = load<i32>(table, 20);
  while ((reference & 1) == 0) {
    const step = table + <usize>reference;
    const base = load<u32>(step);
    const header = select(transport, select(mac, first, base == 3), base == 2);
    const length = base == 3 ? i32(mac != 0) : lengthFrom(header, end);
    const needed = load<i32>(step, 24);
    const branch: usize = needed > 0 && length < needed ? <usize>load<u32>(step, 28) : compare(step, header);
    reference = load<i32>(step + (branch << 2), 16);
  }
  return reference >> 1;
}

/**
 * Decides a packet.
 *
 * @param table  address of the table, divisible by 4
 * @param p  address of the packet
 * @returns the output port, -1 to drop
 */
export function matchProgram(table: usize, p: usize): i32 {
  const end = endOf(p);
  const first = load<u32>(table, 4) != 0 ? networkHeaderOf(p) : dataOf(p);
  const transport = transportHeaderOf(p);
  const mac = macHeaderOf(p);
  if (
    lengthFrom(first, end) < load<i32>(table, 8) ||
    lengthFrom(transport, end) < load<i32>(table, 12) ||
    (load<u32>(table, 16) != 0 && mac == 0)
  )
    return matchShort(table, first, transport, mac, end);

  let reference = load<i32>(table, 20);
  while ((reference & 1) == 0) {
    const step = table + <usize>reference;
    const base = load<u32>(step);
    const header = select(transport, select(mac, first, base == 3), base == 2);
    reference = load<i32>(step + (compare(step, header) << 2), 16);
  }
  return reference >> 1;
}
