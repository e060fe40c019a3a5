/** The switch's memory, and who has which piece of it. */
import type { DeviceMemory } from "./device.ts";
import { addressOf } from "./linux/system.ts";

const WASM_PAGE = 65536;

/** A stretch of memory that nobody has. */
interface Gap {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * @param pages  of 64 KiB; none is touched before it is used
 * @param reserved  bytes at the start that are never given out
 */
export function createDeviceMemory(pages: number, reserved: number): DeviceMemory {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const bytes = new Uint8Array(memory.buffer);
  /** By offset; no two touch. */
  let gaps: readonly Gap[] = [{ offset: reserved, bytes: pages * WASM_PAGE - reserved }];
  let address: number | undefined;

  return {
    memory,
    get address() {
      address ??= addressOf(bytes);
      return address;
    },
    allocate(size, alignment) {
      for (const [place, gap] of gaps.entries()) {
        const offset = Math.ceil(gap.offset / alignment) * alignment;
        const end = gap.offset + gap.bytes;
        if (offset + size > end) continue;
        const left = [
          { offset: gap.offset, bytes: offset - gap.offset },
          { offset: offset + size, bytes: end - offset - size },
        ];
        gaps = gaps.toSpliced(place, 1, ...left.filter((part) => part.bytes > 0));
        return offset;
      }
      throw new Error(`no ${size} bytes are left of the switch's memory of ${pages * WASM_PAGE} bytes`);
    },
    release(offset, size) {
      const end = offset + size;
      const inUse = offset >= reserved && end <= bytes.length;
      if (!inUse || gaps.some((gap) => gap.offset < end && offset < gap.offset + gap.bytes))
        throw new RangeError(`bytes ${offset} to ${end} of the switch's memory are not in use`);
      bytes.fill(0, offset, end);
      gaps = joined([...gaps, { offset, bytes: size }]);
    },
  };
}

function joined(gaps: readonly Gap[]): Gap[] {
  const result: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.offset - b.offset)) {
    const before = result.at(-1);
    if (before === undefined || before.offset + before.bytes < gap.offset) result.push(gap);
    else result[result.length - 1] = { offset: before.offset, bytes: before.bytes + gap.bytes };
  }
  return result;
}

/** Takes a piece of the memory that is given back with `resources`. @throws Error when there is no room */
export function allocatePiece(
  memory: DeviceMemory,
  resources: DisposableStack,
  bytes: number,
  alignment: number,
): number {
  return resources.adopt(memory.allocate(bytes, alignment), (offset) => memory.release(offset, bytes));
}
