/** Boots images: guests that need neither the library nor their configuration's text, only what the image brings along. It may be anybody's. */
import { checkModule } from "../image/checkModule.ts";
import { ImageError, type Manifest } from "../image/manifest.ts";
import { readManifest } from "../image/readManifest.ts";
import { Guest } from "./guest.ts";
import { type ElementCounts, ImageCounters } from "./imageCounters.ts";
import { type ImageHandler, ImageHandlers } from "./imageHandlers.ts";

/** Pages that a guest may grow to: all that 32 bits address. */
const MAXIMUM_PAGES = 65536;
const PAGE = 65536;

export class ImageGuest {
  readonly guest: Guest;
  readonly manifest: Manifest;
  readonly #handlers: ImageHandlers;
  readonly #counters: ImageCounters;

  constructor(guest: Guest, manifest: Manifest) {
    this.guest = guest;
    this.manifest = manifest;
    this.#handlers = new ImageHandlers(guest, manifest);
    this.#counters = new ImageCounters(guest, manifest);
  }

  /** Address of a field of the kernel state. @throws ImageError when the image names none */
  kernelField(name: string): number {
    const { address, fields } = this.manifest.kernel;
    const offset = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (offset === undefined) throw new ImageError(`the image does not say where its kernel has '${name}'`);
    return address + offset;
  }

  /**
   * Sets the clock before the first run. Timers keep their distance from it.
   * @param now  nanoseconds since 1970
   * @throws ImageError, RangeError when the image's kernel is not where it says
   */
  setClock(now: bigint): void {
    const { view } = this.guest;
    const passed = now - view.getBigUint64(this.kernelField("now"), true);
    view.setBigUint64(this.kernelField("now"), now, true);
    const heap = view.getUint32(this.kernelField("timerHeap"), true);
    const pending = view.getUint32(this.kernelField("timersPending"), true);
    for (let place = 0; place < pending; place++) {
      const expiry = view.getUint32(heap + place * 4, true) + this.manifest.timerExpiry;
      view.setBigUint64(expiry, view.getBigUint64(expiry, true) + passed, true);
    }
  }

  /** Gives the guest other random numbers than the image was made with. @param seed  64 bits. @throws as `setClock` */
  setSeed(seed: bigint): void {
    // The generator's state is never zero (elements/kernel/state.ts).
    this.guest.view.setBigUint64(this.kernelField("random"), seed | 1n, true);
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

  /** @throws ImageHandlerError */
  handlers(): ImageHandler[] {
    return this.#handlers.list();
  }

  /** What elements count of themselves, as far as it can be read from their fields. */
  counts(): ElementCounts[] {
    return this.#counters.read();
  }

  /** Reads `ELEMENT.HANDLER`, or a global handler. @throws ImageHandlerError, GuestTrap */
  read(name: string): string {
    return this.#handlers.read(name);
  }

  /** Writes `ELEMENT.HANDLER`. @throws ImageHandlerError, GuestTrap */
  write(name: string, text: string): void {
    this.#handlers.write(name, text);
  }
}

/**
 * Boots an image in a memory of its own.
 * @param mostPages  pages of 64 KiB that it may grow to
 * @throws ImageError when the bytes are no image of this version, or one that cannot run so
 */
export function bootImage(image: Uint8Array<ArrayBuffer>, mostPages = MAXIMUM_PAGES): ImageGuest {
  const manifest = readManifest(image);
  checkModule(image, manifest);
  const { memoryPages } = manifest;
  if (memoryPages > mostPages)
    throw new ImageError(
      `the image needs ${megabytes(memoryPages)} MiB of memory, and may have ${megabytes(mostPages)}`,
    );
  const memory = new WebAssembly.Memory({ initial: memoryPages, maximum: mostPages });
  return new ImageGuest(instantiate(image, memory), manifest);
}

/** What the engine says of a module: that it is none, does not fit the memory, or fails when it is started. */
function instantiate(image: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): Guest {
  try {
    const guest = Guest.boot(new WebAssembly.Module(image), memory);
    checkGlobals(guest);
    return guest;
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw new ImageError(`the image cannot be booted: ${error.message}`, { cause: error });
  }
}

function isEngineError(error: unknown): error is Error {
  const kinds = [WebAssembly.CompileError, WebAssembly.LinkError, WebAssembly.RuntimeError, RangeError, TypeError];
  return kinds.some((kind) => error instanceof kind);
}

/** They are saved and set again as numbers. @throws TypeError by the engine for vectors, which have no form here, and for constants */
function checkGlobals(guest: Guest): void {
  for (const [name, value] of guest.globals)
    if (typeof value !== "number" && typeof value !== "bigint")
      throw new ImageError(`the image's variable '${name}' is no number`);
  guest.setGlobals(guest.globals);
}

function megabytes(pages: number): string {
  return ((pages * PAGE) / 2 ** 20).toFixed(1);
}
