/** Boots images: guests that need neither the library nor their configuration's text, only what the image brings along. */
import { type Manifest, type ManifestElement, type ManifestHandler, readManifest } from "../image/manifest.ts";
import { type FieldType, formatHandlerValue, loadValue } from "../library/arguments/index.ts";
import { TEXT_WINDOW } from "../library/guestAbi.ts";
import { Guest } from "./guest.ts";

/** A handler that does not exist, or cannot be read. */
export class ImageHandlerError extends Error {}

/** Pages that a guest may grow to: all that 32 bits address. */
const MAXIMUM_PAGES = 65536;

export class ImageGuest {
  readonly guest: Guest;
  readonly manifest: Manifest;

  constructor(guest: Guest, manifest: Manifest) {
    this.guest = guest;
    this.manifest = manifest;
  }

  /**
   * Sets the clock before the first run. Timers keep their distance from it.
   * @param now  nanoseconds since 1970
   */
  setClock(now: bigint): void {
    const { view } = this.guest;
    const { address, fields } = this.manifest.kernel;
    const field = (name: string): number => address + (fields[name] ?? 0);
    const passed = now - view.getBigUint64(field("now"), true);
    view.setBigUint64(field("now"), now, true);
    const heap = view.getUint32(field("timerHeap"), true);
    const pending = view.getUint32(field("timersPending"), true);
    for (let place = 0; place < pending; place++) {
      const expiry = view.getUint32(heap + place * 4, true) + this.manifest.timerExpiry;
      view.setBigUint64(expiry, view.getBigUint64(expiry, true) + passed, true);
    }
  }

  /**
   * Lets the guest work.
   * @param now  nanoseconds since 1970
   * @param budget  tasks to run, at most
   * @returns RUN_PENDING and RUN_YIELDED bits (guestAbi.ts)
   * @throws GuestTrap
   */
  run(now: bigint, budget: number): number {
    return Number(this.guest.call("run", now, budget));
  }

  /** Reads `ELEMENT.HANDLER`. @throws ImageHandlerError */
  read(name: string): string {
    const dot = name.indexOf(".");
    const element = this.manifest.elements.find((each) => each.name === name.slice(0, dot));
    if (!element) throw new ImageHandlerError(`no element named '${name.slice(0, Math.max(dot, 0))}'`);
    const handler = this.manifest.handlers[element.class]?.find((each) => each.name === name.slice(dot + 1));
    if (!handler?.flags.includes("r")) throw new ImageHandlerError(`no '${name}' read handler`);
    return this.#value(element, handler);
  }

  #value(element: ManifestElement, { type = "raw", offset, storage, readMethod }: ManifestHandler): string {
    if (readMethod !== undefined) return this.#text(element, readMethod);
    if (offset === undefined || storage === undefined) throw new ImageHandlerError("the handler needs its host half");
    const { view } = this.guest;
    if (storage.startsWith("Bytes")) return this.#bytes(view.getUint32(element.address + offset, true));
    // The catalogue's field types are the storage types; others are refused with an error that names them.
    return formatHandlerValue(type, loadValue(view, element.address + offset, storage as FieldType, type));
  }

  #text(element: ManifestElement, method: string): string {
    let text = "";
    for (let windowStart = 0; ; windowStart += TEXT_WINDOW) {
      const length = Number(this.guest.call(method, element.address, windowStart));
      const here = Math.min(Math.max(length - windowStart, 0), TEXT_WINDOW);
      text += this.#latin1(this.manifest.textBuffer, here);
      if (length <= windowStart + TEXT_WINDOW) return text;
    }
  }

  #bytes(address: number): string {
    return address === 0 ? "" : this.#latin1(address + 4, this.guest.view.getUint32(address, true));
  }

  #latin1(address: number, length: number): string {
    const { bytes } = this.guest;
    if (address + length > bytes.length) throw new ImageHandlerError("the guest's text lies outside of its memory");
    return Buffer.from(bytes.buffer, bytes.byteOffset + address, length).toString("latin1");
  }
}

/**
 * Boots an image in a memory of its own.
 * @throws ImageError when the bytes are no image of this version
 */
export function bootImage(image: Uint8Array<ArrayBuffer>): ImageGuest {
  const manifest = readManifest(image);
  const memory = new WebAssembly.Memory({ initial: manifest.memoryPages, maximum: MAXIMUM_PAGES });
  return new ImageGuest(Guest.boot(new WebAssembly.Module(image), memory), manifest);
}
