/** How values are given to methods of elements in a guest. */
import { type ArgumentValue, type FieldType, storeValue } from "./arguments/index.ts";

/**
 * Addresses go to a method as fields have them, numbers as they are.
 * @param type  argument type of the value
 * @returns undefined for values that have no such form: text, lists
 */
export function methodValue(type: string, value: ArgumentValue): number | bigint | undefined {
  if (type === "IPAddress") return asStored("u32", type, value).getUint32(0, true);
  if (type === "EtherAddress") return asStored("u64", type, value).getBigUint64(0, true);
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" || typeof value === "bigint" ? value : undefined;
}

function asStored(fieldType: FieldType, type: string, value: ArgumentValue): DataView {
  const view = new DataView(new ArrayBuffer(8));
  storeValue(view, 0, fieldType, type, value);
  return view;
}
