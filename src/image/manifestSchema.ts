/** What stands in a manifest: the schema by which those of foreign images are checked, and its types. */
import { type Static, Type } from "typebox";

const Address = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
const Offset = Type.Integer({ minimum: 0, maximum: 0xffff });
const Ports = Type.Integer({ minimum: 0, maximum: 0xffff });
/** Elements of compounds are named `COMPOUND/ELEMENT`. */
const ElementName = Type.String({ pattern: "^[A-Za-z0-9_@/]{1,255}$" });
/** A record says nothing of members whose names do not match; they are refused. */
const NOTHING_ELSE = { additionalProperties: false };

const Word = Type.String({ pattern: "^[A-Za-z0-9_]{1,255}$" });
/** An exported function: `CLASS$METHOD`. */
const Method = Type.String({ pattern: "^[A-Za-z0-9_]{1,255}\\$[A-Za-z0-9_]{1,255}$" });
/** As in src/library/arguments: `u32`, `timestamp(signed)`, `int[0..7]`. */
const ArgumentTypeName = Type.String({ maxLength: 255 });

/** A handler: the value of a field, or a method that writes a text or takes a value. */
const ManifestHandler = Type.Object({
  name: Word,
  /** Click's letters. */
  flags: Type.String({ pattern: "^[rw+%.$UDbch]{0,11}$" }),
  /** Argument type of the field's value: how its bytes become text. */
  type: Type.Optional(ArgumentTypeName),
  /** Argument type of what is written; absent = that of the field, and nothing where a method is called. */
  writeType: Type.Optional(ArgumentTypeName),
  /** What a write says when its text does not fit the type; absent = the type's own words. */
  expectation: Type.Optional(Type.String({ maxLength: 255 })),
  /** Place of the field in the element, and its AssemblyScript type. */
  offset: Type.Optional(Offset),
  storage: Type.Optional(Type.String({ pattern: "^(bool|[iu](8|16|32|64|size)|f32|f64|Bytes( \\| null)?)$" })),
  /** Exported functions that serve it. */
  readMethod: Type.Optional(Method),
  writeMethod: Type.Optional(Method),
  /** Place of the bool in the element that says whether the element has this handler; absent = it has. */
  condition: Type.Optional(Offset),
});
export type ManifestHandler = Static<typeof ManifestHandler>;

const ManifestElement = Type.Object({
  name: ElementName,
  class: Word,
  address: Address,
  inputs: Ports,
  outputs: Ports,
});
export type ManifestElement = Static<typeof ManifestElement>;

/** A byte stream between guest and host, by the field of the element (or of the kernel) that holds its address. */
const ManifestStream = Type.Object({
  /** Absent = the kernel's. */
  element: Type.Optional(ElementName),
  field: Word,
  address: Address,
});
export type ManifestStream = Static<typeof ManifestStream>;

/** A packet ring between guest and host (elements/kernel/ring.ts). */
const ManifestRing = Type.Object({
  element: ElementName,
  /** Name or number of the device, as the configuration has it. */
  device: Type.String({ maxLength: 255 }),
  /** Whether the guest receives from it. */
  receives: Type.Boolean(),
  address: Address,
  slots: Type.Integer({ minimum: 1, maximum: 1 << 16 }),
  /** Bytes that fit each buffer; 0 for a ring that the guest fills. */
  capacity: Type.Integer({ minimum: 0, maximum: 0xffff }),
});
export type ManifestRing = Static<typeof ManifestRing>;

export const Manifest = Type.Object({
  abi: Type.Integer(),
  /** The configuration as it was written, and as it was understood. */
  configuration: Type.String(),
  flatConfiguration: Type.String(),
  elements: Type.Array(ManifestElement),
  /** By class. */
  handlers: Type.Record(Word, Type.Array(ManifestHandler), NOTHING_ELSE),
  rings: Type.Array(ManifestRing),
  streams: Type.Array(ManifestStream),
  /** Offsets of a stream's fields. */
  stream: Type.Object({
    buffer: Offset,
    size: Offset,
    produced: Offset,
    consumed: Offset,
    closed: Offset,
    lost: Offset,
  }),
  /** Address of the kernel state, and offsets of its fields. */
  kernel: Type.Object({ address: Address, fields: Type.Record(Word, Offset, NOTHING_ELSE) }),
  /** Where a timer keeps the time at which it fires. */
  timerExpiry: Offset,
  /** Address of the buffer that read methods fill. */
  textBuffer: Address,
  memoryPages: Type.Integer({ minimum: 1, maximum: 65536 }),
});
export type Manifest = Static<typeof Manifest>;
