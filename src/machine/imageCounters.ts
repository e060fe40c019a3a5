/** What the elements of an image count: handlers that are fields, read all at once. */
import type { Manifest, ManifestElement } from "../image/manifest.ts";
import { type FieldType, loadValue, storedSize } from "../library/arguments/index.ts";
import type { Guest } from "./guest.ts";

export interface ElementCounts {
  readonly name: string;
  readonly class: string;
  readonly packets: number;
  readonly bytes: number;
  readonly drops: number;
}

/** A number in the guest's memory, which never shrinks. */
interface Counter {
  readonly address: number;
  readonly storage: FieldType;
}

interface Counted {
  readonly element: ManifestElement;
  readonly packets: Counter | undefined;
  readonly bytes: Counter | undefined;
  readonly drops: Counter | undefined;
}

const COUNTER_TYPE = "u64";

export class ImageCounters {
  readonly #guest: Guest;
  readonly #counted: readonly Counted[];

  constructor(guest: Guest, manifest: Manifest) {
    this.#guest = guest;
    this.#counted = manifest.elements.flatMap((element) => {
      const find = (...names: string[]) => counterOf(guest, manifest, element, names);
      const [packets, bytes, drops] = [find("count", "packets"), find("byte_count"), find("drops")];
      return packets || drops ? [{ element, packets, bytes, drops }] : [];
    });
  }

  read(): ElementCounts[] {
    const { view } = this.#guest;
    const value = (counter: Counter | undefined): number =>
      counter ? Math.max(Number(loadValue(view, counter.address, counter.storage, COUNTER_TYPE)), 0) : 0;
    return this.#counted.map(({ element: { name, class: className }, packets, bytes, drops }) => {
      return { name, class: className, packets: value(packets), bytes: value(bytes), drops: value(drops) };
    });
  }
}

/** @returns undefined when the element has no such field of whole numbers, or not in the guest's memory */
function counterOf(
  guest: Guest,
  { handlers }: Manifest,
  element: ManifestElement,
  names: readonly string[],
): Counter | undefined {
  const described = Object.hasOwn(handlers, element.class) ? handlers[element.class] : undefined;
  const found = described?.find(({ name, readMethod }) => names.includes(name) && readMethod === undefined);
  if (found?.offset === undefined || !/^[iu](8|16|32|64)$/.test(found.storage ?? "")) return undefined;
  const storage = found.storage as FieldType; // as just tested
  const address = element.address + found.offset;
  return address + storedSize(storage, COUNTER_TYPE) <= guest.bytes.length ? { address, storage } : undefined;
}
