/** Guests for the demo: opened from text, linked, and run to their end. */
import { serialize } from "node:v8";
import { linkModule } from "../image/linkedModule.ts";
import { LinkError } from "../image/linker.ts";
import { decodeModule, type WasmModule } from "../image/wasm/decode.ts";
import { HandlerError } from "../library/hostHalf.ts";
import { type Library, loadLibrary } from "../library/library.ts";
import type { Driver } from "../router/driver.ts";
import { buildImage } from "../router/image.ts";
import { describeForLinking } from "../router/linkDescription.ts";
import { openRouter } from "../router/open.ts";
import type { ReadNumber } from "./books.ts";

/** A configuration that cannot be shown; the message says why. */
export class DemoError extends Error {}

/** Linked code, and the guest's layout that it was made for. */
export interface LinkedCode {
  readonly module: WebAssembly.Module;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly layout: Buffer;
}

export class Workshop {
  readonly library: Library = loadLibrary();
  #body: WasmModule | undefined;
  #printed = "";

  /** What guests have printed since this was asked last. */
  takePrinted(): string {
    const printed = this.#printed;
    this.#printed = "";
    return printed;
  }

  /** @throws DemoError with the messages of a configuration that has a fault */
  open(text: string, file: string, parameters: ReadonlyMap<string, string>): Driver {
    let messages = "";
    let isOpen = false;
    const driver = openRouter(
      { text: Buffer.from(text), file },
      {
        library: this.library,
        parameters,
        clickPath: undefined,
        seed: 1n,
        print: (printed) => {
          this.#printed += printed;
        },
        // What elements have to say about malformed packets does not belong here.
        printMessage: (message) => {
          if (!isOpen) messages += message;
        },
        allowReconfigure: false,
      },
    );
    if (!driver) throw new DemoError(messages.trim());
    isOpen = true;
    return driver;
  }

  /** Makes code for the guest as it is. @returns the error when the linker cannot: the guest runs without it */
  link(driver: Driver): LinkedCode | LinkError {
    this.#body ??= decodeModule(this.library.body());
    const body = this.#body;
    const description = describeForLinking(driver.router);
    const start = performance.now();
    const code = orLinkError(() => linkModule(body, description));
    if (code instanceof LinkError) return code;
    return {
      module: new WebAssembly.Module(code),
      bytes: code.length,
      milliseconds: performance.now() - start,
      layout: serialize(description),
    };
  }

  /** Makes an image of the guest as it is: what the linker makes, and the memory. @returns the error when the linker cannot */
  image(driver: Driver): Uint8Array<ArrayBuffer> | LinkError {
    return orLinkError(() => buildImage(driver.router));
  }

  /** Lets a guest that has not run yet run the linked code. @throws LinkError when it was made for another layout */
  useLinked(driver: Driver, { module, layout }: LinkedCode): void {
    if (!serialize(describeForLinking(driver.router)).equals(layout))
      throw new LinkError("the guest is laid out otherwise than the code expects");
    driver.router.world.guest.replaceCode(module);
    driver.codeReplaced();
  }
}

function orLinkError<T>(make: () => T): T | LinkError {
  try {
    return make();
  } catch (error) {
    return new LinkError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Reads numbers from a router's handlers. */
export function numberReader({ router }: Driver): ReadNumber {
  return (element, handler) => {
    const found = router.findHandler(undefined, `${element}.${handler}`, "read");
    if (typeof found === "string") return undefined;
    try {
      const value = Number(found.read(""));
      return Number.isFinite(value) ? value : undefined;
    } catch (error) {
      if (error instanceof HandlerError) return undefined;
      throw error;
    }
  };
}
