/**
 * Values in guest memory, little-endian. Addresses lie there as they lie in a packet: the first byte at the lowest address.
 */

import type { ArgumentValue, ElementReference, IntegerRange, IP6Prefix, IPPrefix } from "./argumentType.ts";

/** AssemblyScript types of fields. */
export type FieldType =
  | "bool"
  | "i8"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "isize"
  | "usize"
  | "i64"
  | "u64"
  | "f32"
  | "f64";

/** A value has no form in guest memory, or not in a field of this type: a fault of the element's specification. */
export class StoreError extends Error {
  readonly code = "CANNOT_STORE_ARGUMENT";
}

/** Where the object of an element lies in guest memory. */
export type ElementLocator = (element: ElementReference) => number;

interface Field {
  readonly size: number;
  write(view: DataView, offset: number, value: bigint | number): void;
  read(view: DataView, offset: number): bigint | number;
}

function integerField(bits: 8 | 16 | 32, sign: "Int" | "Uint"): Field {
  const setter = `set${sign}${bits}` as const;
  const getter = `get${sign}${bits}` as const;
  const low = sign === "Int" ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits - 1;
  return {
    size: bits / 8,
    write(view, offset, value) {
      const number = Number(value);
      if (!Number.isInteger(number) || number < low || number > high)
        throw new StoreError(`${value} does not fit in ${bits} bits`);
      view[setter](offset, number, true);
    },
    read: (view, offset) => view[getter](offset, true),
  };
}

function wideField(sign: "BigInt" | "BigUint"): Field {
  const narrowed = sign === "BigInt" ? BigInt.asIntN : BigInt.asUintN;
  return {
    size: 8,
    write(view, offset, value) {
      if (typeof value === "number" && !Number.isInteger(value)) throw new StoreError(`${value} is not an integer`);
      const integer = BigInt(value);
      if (narrowed(64, integer) !== integer) throw new StoreError(`${value} does not fit in 64 bits`);
      view[`set${sign}64`](offset, integer, true);
    },
    read: (view, offset) => view[`get${sign}64`](offset, true),
  };
}

function floatingField(bits: 32 | 64): Field {
  return {
    size: bits / 8,
    write: (view, offset, value) => view[`setFloat${bits}`](offset, Number(value), true),
    read: (view, offset) => view[`getFloat${bits}`](offset, true),
  };
}

const u8 = integerField(8, "Uint");
const u32 = integerField(32, "Uint");
const i32 = integerField(32, "Int");

const FIELDS: Readonly<Record<FieldType, Field>> = {
  bool: u8,
  i8: integerField(8, "Int"),
  u8,
  i16: integerField(16, "Int"),
  u16: integerField(16, "Uint"),
  i32,
  u32,
  isize: i32,
  usize: u32,
  i64: wideField("BigInt"),
  u64: wideField("BigUint"),
  f32: floatingField(32),
  f64: floatingField(64),
};

/** How the values of one argument type lie in memory. */
interface Layout {
  /** Bytes occupied, from the field on. */
  size(field: Field): number;
  write(view: DataView, offset: number, field: Field, value: ArgumentValue, locate: ElementLocator | undefined): void;
  read(view: DataView, offset: number, field: Field): ArgumentValue;
}

/** Numbers, in the field's own format; what the type counts with (number or bigint) comes back. */
function scalar(kind: "number" | "bigint"): Layout {
  return {
    size: (field) => field.size,
    write(view, offset, field, value) {
      if (typeof value !== "number" && typeof value !== "bigint") throw new StoreError("value is not a number");
      field.write(view, offset, value);
    },
    read(view, offset, field) {
      const value = field.read(view, offset);
      return kind === "number" ? Number(value) : BigInt(value);
    },
  };
}

const boolean: Layout = {
  size: (field) => field.size,
  write: (view, offset, field, value) => field.write(view, offset, value === true ? 1 : 0),
  read: (view, offset, field) => Number(field.read(view, offset)) !== 0,
};

const ipAddress: Layout = {
  size: () => 4,
  write: (view, offset, _field, value) => view.setUint32(offset, Number(value)),
  read: (view, offset) => view.getUint32(offset),
};

const ipPrefix: Layout = {
  size: () => 8,
  write(view, offset, _field, value) {
    const { address, mask } = value as IPPrefix; // the type `IPPrefix` makes no other values
    view.setUint32(offset, address);
    view.setUint32(offset + 4, mask);
  },
  read: (view, offset) => ({ address: view.getUint32(offset), mask: view.getUint32(offset + 4) }),
};

/** Six bytes; two zero bytes behind them fill a field of eight. */
const etherAddress: Layout = {
  size: (field) => Math.max(6, field.size),
  write(view, offset, field, value) {
    view.setUint16(offset, Math.floor(Number(value) / 2 ** 32));
    view.setUint32(offset + 2, Number(value) % 2 ** 32);
    if (field.size === 8) view.setUint16(offset + 6, 0);
  },
  read: (view, offset) => view.getUint16(offset) * 2 ** 32 + view.getUint32(offset + 2),
};

const ip6Address: Layout = {
  size: () => 16,
  write(view, offset, _field, value) {
    const address = value as bigint; // the type `IP6Address` makes no other values
    view.setBigUint64(offset, address >> 64n);
    view.setBigUint64(offset + 8, BigInt.asUintN(64, address));
  },
  read: (view, offset) => (view.getBigUint64(offset) << 64n) | view.getBigUint64(offset + 8),
};

/** The address, then the length as 32 bits. */
const ip6Prefix: Layout = {
  size: () => 20,
  write(view, offset, field, value) {
    const { address, length } = value as IP6Prefix; // the type `IP6Prefix` makes no other values
    ip6Address.write(view, offset, field, address, undefined);
    view.setUint32(offset + 16, length, true);
  },
  read: (view, offset, field) => ({
    address: ip6Address.read(view, offset, field) as bigint, // as written above
    length: view.getUint32(offset + 16, true),
  }),
};

/** Two fields, the low end first. */
const range: Layout = {
  size: (field) => 2 * field.size,
  write(view, offset, field, value) {
    const { low, high } = value as IntegerRange; // the type `range` makes no other values
    field.write(view, offset, low);
    field.write(view, offset + field.size, high);
  },
  read: (view, offset, field) => ({
    low: Number(field.read(view, offset)),
    high: Number(field.read(view, offset + field.size)),
  }),
};

const elementPointer: Layout = {
  size: (field) => field.size,
  write(view, offset, field, value, locate) {
    if (locate === undefined) throw new StoreError("an element can only be stored with its place in memory");
    field.write(view, offset, locate(value as ElementReference)); // the type `Element` makes no other values
  },
  read(view, offset, field) {
    return Number(field.read(view, offset));
  },
};

const number = scalar("number");
const bigint = scalar("bigint");

const LAYOUTS: Readonly<Record<string, Layout>> = {
  bool: boolean,
  int: number,
  i8: number,
  i16: number,
  i32: number,
  i64: bigint,
  unsigned: number,
  u8: number,
  u16: number,
  u32: number,
  u64: bigint,
  fixed: number,
  double: number,
  bandwidth: number,
  seconds: number,
  timestamp: bigint,
  interval: bigint,
  port: number,
  anno: number,
  "named-int": number,
  range,
  IPAddress: ipAddress,
  IPPrefix: ipPrefix,
  IP6Address: ip6Address,
  IP6Prefix: ip6Prefix,
  EtherAddress: etherAddress,
  Element: elementPointer,
};

function layoutOf(typeName: string): Layout {
  const base = typeName.endsWith("...") ? "" : (/^[\w-]+/.exec(typeName)?.[0] ?? "");
  const layout = Object.hasOwn(LAYOUTS, base) ? LAYOUTS[base] : undefined;
  if (layout === undefined) throw new StoreError(`values of type '${typeName}' do not lie in guest memory`);
  return layout;
}

/** Bytes that a value of an argument type occupies from the address of its field on. */
export function storedSize(fieldType: FieldType, typeName: string): number {
  return layoutOf(typeName).size(FIELDS[fieldType]);
}

/**
 * Writes a parsed value to the field at `offset`. A prefix takes two consecutive `u32` fields or one `u64`, an IPv6 address two
 * `u64`; an Ethernet address takes the low six bytes of a `u64`, an element its address in a `usize`.
 *
 * @param typeName  as for `argumentType`
 * @param locate  needed for elements only
 * @throws StoreError  when the value does not fit in the field, or such values do not lie in guest memory (text, lists, handlers)
 */
export function storeValue(
  view: DataView,
  offset: number,
  fieldType: FieldType,
  typeName: string,
  value: ArgumentValue,
  locate?: ElementLocator,
): void {
  layoutOf(typeName).write(view, offset, FIELDS[fieldType], value, locate);
}

/** Reads a field as a value of an argument type; an element comes back as its address. Throws as {@link storeValue} does. */
export function loadValue(view: DataView, offset: number, fieldType: FieldType, typeName: string): ArgumentValue {
  return layoutOf(typeName).read(view, offset, FIELDS[fieldType]);
}
