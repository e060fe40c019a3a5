/** What the linker knows of the guest's memory: bytes that nothing changes while the linked code runs. */

import type { ConstantBytes } from "./description.ts";
import { OPCODE } from "./wasm/opcodes.ts";
import { type Const, i32, i64 } from "./wasm/tree.ts";

/** Loads that can be folded: bytes read, and what they mean. */
const LOADS: ReadonlyMap<number, { readonly bytes: number; readonly value: (view: DataView) => Const }> = new Map([
  [OPCODE.i32Load, { bytes: 4, value: (view) => i32(view.getInt32(0, true)) }],
  [OPCODE.i32Load8S, { bytes: 1, value: (view) => i32(view.getInt8(0)) }],
  [OPCODE.i32Load8U, { bytes: 1, value: (view) => i32(view.getUint8(0)) }],
  [OPCODE.i32Load16S, { bytes: 2, value: (view) => i32(view.getInt16(0, true)) }],
  [OPCODE.i32Load16U, { bytes: 2, value: (view) => i32(view.getUint16(0, true)) }],
  [OPCODE.i64Load, { bytes: 8, value: (view) => i64(view.getBigInt64(0, true)) }],
  [OPCODE.i64Load8S, { bytes: 1, value: (view) => i64(BigInt(view.getInt8(0))) }],
  [OPCODE.i64Load8U, { bytes: 1, value: (view) => i64(BigInt(view.getUint8(0))) }],
  [OPCODE.i64Load16S, { bytes: 2, value: (view) => i64(BigInt(view.getInt16(0, true))) }],
  [OPCODE.i64Load16U, { bytes: 2, value: (view) => i64(BigInt(view.getUint16(0, true))) }],
  [OPCODE.i64Load32S, { bytes: 4, value: (view) => i64(BigInt(view.getInt32(0, true))) }],
  [OPCODE.i64Load32U, { bytes: 4, value: (view) => i64(BigInt(view.getUint32(0, true))) }],
]);

export class ConstantMemory {
  readonly #bytes = new Map<number, number>();
  readonly #view = new DataView(new ArrayBuffer(8));

  constructor(ranges: readonly ConstantBytes[]) {
    for (const { address, bytes } of ranges)
      bytes.forEach((byte, index) => {
        this.#bytes.set(address + index, byte);
      });
  }

  /** @returns what a load from `address` yields; undefined when that may change, or is no number */
  load(opcode: number, address: number): Const | undefined {
    const load = LOADS.get(opcode);
    if (!load) return undefined;
    for (let index = 0; index < load.bytes; index++) {
      const byte = this.#bytes.get(address + index);
      if (byte === undefined) return undefined;
      this.#view.setUint8(index, byte);
    }
    return load.value(this.#view);
  }
}
