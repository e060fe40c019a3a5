import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ArgumentValue } from "./argumentType.ts";
import { type FieldType, loadValue, StoreError, storedSize, storeValue } from "./store.ts";

/** The bytes that a value occupies, in a memory filled with 0xee. */
function bytesOf(fieldType: FieldType, typeName: string, value: ArgumentValue): string {
  const memory = new Uint8Array(32).fill(0xee);
  const size = storedSize(fieldType, typeName);
  storeValue(new DataView(memory.buffer), 4, fieldType, typeName, value, () => 0x1234);
  assert.ok(
    memory.every((byte, index) => byte === 0xee || (index >= 4 && index < 4 + size)),
    "nothing beside the field is written",
  );
  return Buffer.from(memory.subarray(4, 4 + size)).toString("hex");
}

describe("storeValue", () => {
  const cases: readonly (readonly [FieldType, string, ArgumentValue, string])[] = [
    ["bool", "bool", true, "01"],
    ["u16", "u16", 0x1234, "3412"],
    ["i32", "int", -2, "feffffff"],
    ["u64", "u64", 1n, "0100000000000000"],
    ["u64", "u32", 1, "0100000000000000"],
    ["i64", "timestamp", -1n, "ffffffffffffffff"],
    ["f64", "double", 1, "000000000000f03f"],
    ["u32", "fixed(16)", 0x8000, "00800000"],
    ["u32", "IPAddress", 0x01020304, "01020304"],
    ["u32", "IPPrefix", { address: 0x0a000000, mask: 0xff000000 }, "0a000000ff000000"],
    ["u64", "IPPrefix(bare-addr-ok)", { address: 0x0a000000, mask: 0xff000000 }, "0a000000ff000000"],
    ["u64", "EtherAddress", 0x0a0b0c0d0e0f, "0a0b0c0d0e0f0000"],
    ["u64", "IP6Address", 1n, `${"00".repeat(15)}01`],
    ["u64", "IP6Prefix", { address: 1n << 120n, length: 8 }, `01${"00".repeat(15)}08000000`],
    ["u16", "range", { low: 1, high: 2 }, "01000200"],
    ["usize", "Element(ARPTable)", { index: 2, name: "t", className: "ARPTable" }, "34120000"],
    ["u16", "port", 80, "5000"],
    ["u8", "anno(1)", 16, "10"],
  ];
  for (const [fieldType, typeName, value, bytes] of cases)
    it(`writes ${typeName} to ${fieldType} as ${bytes}`, () =>
      assert.equal(bytesOf(fieldType, typeName, value), bytes));

  it("refuses what the field cannot hold", () => {
    for (const [fieldType, typeName, value] of [
      ["u8", "u32", 256],
      ["u32", "int", -1],
      ["u32", "u64", 1n << 32n],
      ["u64", "i64", -1n],
      ["u32", "double", 0.5],
      ["u64", "double", 0.5],
    ] as const)
      assert.throws(() => bytesOf(fieldType, typeName, value), StoreError, `${typeName} in ${fieldType}`);
  });

  it("refuses values that do not lie in guest memory", () => {
    const view = new DataView(new ArrayBuffer(64));
    for (const typeName of ["string", "handler", "IPAddress...", "raw", "constructor"])
      assert.throws(() => storeValue(view, 0, "u32", typeName, "x"), StoreError, typeName);
    assert.throws(
      () => storeValue(view, 0, "usize", "Element", { index: 0, name: "q", className: "Queue" }),
      StoreError,
    );
    assert.throws(() => storeValue(view, 0, "u32", "u32", "x"), StoreError);
  });
});

describe("loadValue", () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const u128 = fc.bigInt(0n, (1n << 128n) - 1n);
  const cases: readonly (readonly [FieldType, string, fc.Arbitrary<ArgumentValue>])[] = [
    ["bool", "bool", fc.boolean()],
    ["i32", "int", fc.integer()],
    ["i64", "timestamp(signed)", fc.bigInt(-(1n << 63n), (1n << 63n) - 1n)],
    ["u64", "u64", fc.bigInt(0n, (1n << 64n) - 1n)],
    ["f64", "double", fc.double({ noNaN: true })],
    ["u32", "IPAddress", u32],
    ["u32", "IPPrefix", fc.record({ address: u32, mask: u32 }, { noNullPrototype: true })],
    ["u64", "EtherAddress", fc.integer({ min: 0, max: 2 ** 48 - 1 })],
    ["u64", "IP6Address", u128],
    [
      "u64",
      "IP6Prefix",
      fc.record({ address: u128, length: fc.integer({ min: 0, max: 128 }) }, { noNullPrototype: true }),
    ],
    ["u32", "range", fc.record({ low: u32, high: u32 }, { noNullPrototype: true })],
    ["u32", "bandwidth", u32],
  ];
  for (const [fieldType, typeName, arbitrary] of cases)
    it(`reads back what was written for ${typeName}`, () =>
      fc.assert(
        fc.property(arbitrary, (value) => {
          const view = new DataView(new ArrayBuffer(32));
          storeValue(view, 8, fieldType, typeName, value);
          assert.deepEqual(loadValue(view, 8, fieldType, typeName), value);
        }),
      ));
});
