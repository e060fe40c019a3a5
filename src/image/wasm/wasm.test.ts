import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { loadLibrary } from "../../library/library.ts";
import { decodeModule } from "./decode.ts";
import { foldOperation } from "./fold.ts";
import { OPCODE } from "./opcodes.ts";
import { Reader, readSections, WasmFormatError } from "./reader.ts";
import { I64, i64 } from "./tree.ts";
import { Writer } from "./writer.ts";

const body = new Uint8Array(loadLibrary().body());

/** Reads a module and all its functions. */
function readAll(bytes: Uint8Array): void {
  for (const each of decodeModule(bytes).functions) if ("code" in each) each.code();
}

describe("numbers in the binary format", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (small, large) => {
        const writer = new Writer();
        writer.u32(small);
        writer.s32(small);
        writer.s64(large);
        const reader = new Reader(writer.bytes());
        assert.deepEqual([reader.u32(), reader.s32(), reader.s64()], [small >>> 0, small, large]);
        assert.ok(reader.atEnd);
      }),
    );
  });

  it("may not be longer than they need to be by much", () => {
    assert.throws(() => new Reader(new Uint8Array(20).fill(0x80)).u32(), WasmFormatError);
    assert.throws(() => new Reader(new Uint8Array(20).fill(0xff)).s64(), WasmFormatError);
  });
});

describe("the reader of modules", () => {
  it("understands every function of the library", () => readAll(body));

  it("finds what the library exports", () => {
    const { exports } = decodeModule(body);
    assert.deepEqual(exports.get("run")?.type.parameters.length, 2);
    assert.ok(exports.has("Counter$route") || exports.has("Counter$push"));
  });

  it("says of damaged modules that they are, and never hangs", () => {
    const places = fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(places, fc.nat(body.length), (changes, length) => {
        const damaged = body.slice(0, Math.max(length, body.length >> 1));
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        try {
          readAll(damaged);
        } catch (error) {
          assert.ok(error instanceof WasmFormatError, String(error));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("refuses what is no module", () => {
    for (const bytes of [[], [0, 0x61, 0x73, 0x6d], [1, 2, 3, 4, 5, 6, 7, 8]])
      assert.throws(() => readSections(Uint8Array.from(bytes)), WasmFormatError);
  });
});

describe("64-bit operations on known values", () => {
  it("wrap, and compare with and without sign", () => {
    const largest = i64(2n ** 63n - 1n);
    const fold = (opcode: number, a: bigint, b: bigint): number | bigint | Uint8Array | undefined =>
      foldOperation(opcode, [i64(a), i64(b)])?.value;
    assert.deepEqual(foldOperation(OPCODE.i64Add, [largest, i64(1n)]), {
      kind: "const",
      type: I64,
      value: -(2n ** 63n),
    });
    assert.equal(fold(OPCODE.i64LtS, -1n, 1n), 1);
    assert.equal(fold(OPCODE.i64LtU, -1n, 1n), 0);
    assert.equal(fold(OPCODE.i64Eq, 5n, 5n), 1);
    assert.equal(foldOperation(OPCODE.i32WrapI64, [i64(0x1_ffff_ffffn)])?.value, -1);
    assert.equal(foldOperation(OPCODE.i64ExtendI32U, [{ kind: "const", type: 0x7f, value: -1 }])?.value, 0xffff_ffffn);
  });
});
