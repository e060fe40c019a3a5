/** Tables as the guest takes them (elements/net/match.ts): the first word says what walks the rest. */

export const PROGRAM = 0;
export const DIAGRAMS = 1;

/** Bytes in front of the table proper, so that it stays aligned for vectors. */
const TABLE_HEAD = 16;

/** @returns a table with its kind in front, to be placed at an address divisible by 16 */
export function withKind(kind: typeof PROGRAM | typeof DIAGRAMS, table: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(TABLE_HEAD + table.length);
  bytes[0] = kind;
  bytes.set(table, TABLE_HEAD);
  return bytes;
}
