/** Handlers of a guest that was booted from an image: found, read and written by what the manifest says, which may be anything. */
import type { Manifest, ManifestElement, ManifestHandler } from "../image/manifest.ts";
import {
  type ArgumentContext,
  type FieldType,
  formatHandlerValue,
  loadValue,
  NameDatabases,
  parseHandlerValue,
  StoreError,
  storeValue,
  UnknownTypeError,
} from "../library/arguments/index.ts";
import { type SystemNames, systemNames } from "../library/arguments/systemNames.ts";
import { TEXT_WINDOW } from "../library/guestAbi.ts";
import { methodValue } from "../library/methodValue.ts";
import { type Guest, GuestTrap, type GuestValue } from "./guest.ts";

/** A handler that does not exist, or that cannot be read or written so. */
export class ImageHandlerError extends Error {
  readonly code: "NOT_FOUND" | "INVALID";

  constructor(code: ImageHandlerError["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export interface ImageHandler {
  /** Empty = a global one. */
  readonly element: string;
  readonly class: string;
  readonly name: string;
  /** Click's letters. */
  readonly flags: string;
}

/** Handlers that need no guest. */
const GLOBAL: Readonly<Record<string, (manifest: Manifest) => string>> = {
  config: ({ configuration }) => configuration,
  flatconfig: ({ flatConfiguration }) => flatConfiguration,
  list: ({ elements }) => [elements.length, ...elements.map(({ name }) => name), ""].join("\n"),
};
const COMMON: Readonly<Record<string, (element: ManifestElement) => string>> = {
  class: (element) => element.class,
  name: (element) => element.name,
};

/** Characters of the longest text that is read: tables with a million lines fit. */
const LONGEST_TEXT = 1 << 26;

/** The interfaces of the system that a guest runs on are not its own. */
const NO_INTERFACES: SystemNames = {
  ...systemNames,
  interfacePrefix: () => undefined,
  interfaceEtherAddress: () => undefined,
  interfaceGateway: () => undefined,
};

interface Found {
  readonly element: ManifestElement;
  readonly handler: ManifestHandler;
}

export class ImageHandlers {
  readonly #guest: Guest;
  readonly #manifest: Manifest;
  readonly #elements: ReadonlyMap<string, ManifestElement>;

  constructor(guest: Guest, manifest: Manifest) {
    this.#guest = guest;
    this.#manifest = manifest;
    this.#elements = new Map(manifest.elements.map((element) => [element.name, element]));
  }

  /** @throws ImageHandlerError when the manifest names memory that is not there */
  list(): ImageHandler[] {
    const global = Object.keys(GLOBAL).map((name) => ({ element: "", class: "", name, flags: "r" }));
    const own = this.#manifest.elements.flatMap((element) =>
      [...this.#handlersOf(element), ...Object.keys(COMMON).map((name) => ({ name, flags: "r." }))].map(
        ({ name, flags }) => ({ element: element.name, class: element.class, name, flags }),
      ),
    );
    return [...global, ...own].filter(({ flags }) => !flags.includes("h"));
  }

  #handlersOf(element: ManifestElement): ManifestHandler[] {
    const { handlers } = this.#manifest;
    const described = Object.hasOwn(handlers, element.class) ? (handlers[element.class] ?? []) : [];
    return described.filter(
      ({ condition }) =>
        condition === undefined || this.#inMemory(() => this.#guest.view.getUint8(element.address + condition)) !== 0,
    );
  }

  /** @param name  `ELEMENT.HANDLER`, or a global one. @throws ImageHandlerError, GuestTrap */
  read(name: string): string {
    const plain = this.#readPlain(name);
    if (plain !== undefined) return plain;
    const { element, handler } = this.#find(name, "r");
    const { readMethod, offset, storage, type = "raw" } = handler;
    if (readMethod !== undefined) return this.#text(element, readMethod);
    if (offset === undefined || storage === undefined) throw needsHost(name);
    const place = element.address + offset;
    if (storage.startsWith("Bytes")) return this.#bytes(this.#inMemory(() => this.#guest.view.getUint32(place, true)));
    // The manifest's schema knows the field types.
    return this.#inMemory(() =>
      formatHandlerValue(type, loadValue(this.#guest.view, place, storage as FieldType, type)),
    );
  }

  #readPlain(name: string): string | undefined {
    if (Object.hasOwn(GLOBAL, name)) return GLOBAL[name]?.(this.#manifest);
    const [elementName, handlerName] = splitName(name);
    const element = this.#elements.get(elementName);
    return element && Object.hasOwn(COMMON, handlerName) ? COMMON[handlerName]?.(element) : undefined;
  }

  /** @throws ImageHandlerError, GuestTrap */
  write(name: string, text: string): void {
    const { element, handler } = this.#find(name, "w");
    const { writeMethod, offset, storage, type = "raw" } = handler;
    if (writeMethod !== undefined) {
      this.#callWith(element, name, handler, writeMethod, text);
      return;
    }
    if (offset === undefined || storage === undefined || storage.startsWith("Bytes")) throw needsHost(name);
    const value = this.#parse(element, handler, type, text);
    const place = element.address + offset;
    this.#inMemory(() => storeValue(this.#guest.view, place, storage as FieldType, type, value)); // as in `read`
  }

  #callWith(element: ManifestElement, name: string, handler: ManifestHandler, method: string, text: string): void {
    const { writeType } = handler;
    if (writeType === undefined) {
      this.#call(method, element.address);
      return;
    }
    const value = this.#inMemory(() => methodValue(writeType, this.#parse(element, handler, writeType, text)));
    if (value === undefined) throw needsHost(name);
    this.#call(method, element.address, value);
  }

  #parse(element: ManifestElement, { expectation }: ManifestHandler, type: string, text: string) {
    const refusal = expectation === undefined ? undefined : { text: expectation };
    const parsed = this.#inMemory(() => parseHandlerValue(type, text.trim(), this.#context(element), refusal));
    if (parsed.ok) return parsed.value;
    throw new ImageHandlerError("INVALID", parsed.error);
  }

  /** Names that the configuration defines were replaced by what they mean; an image does not bring them along. */
  #context({ name, class: className }: ManifestElement): ArgumentContext {
    return {
      element: { index: 0, name, className },
      names: new NameDatabases(NO_INTERFACES).namesFor(name),
      findElement: () => undefined,
      isKindOf: () => false,
    };
  }

  #find(name: string, access: "r" | "w"): Found {
    const [elementName, handlerName] = splitName(name);
    const word = access === "r" ? "read" : "write";
    if (elementName === "") throw new ImageHandlerError("NOT_FOUND", `no '${handlerName}' ${word} handler`);
    const element = this.#elements.get(elementName);
    if (!element) throw new ImageHandlerError("NOT_FOUND", `no element named '${elementName}'`);
    const handler = this.#handlersOf(element).find((each) => each.name === handlerName && each.flags.includes(access));
    if (!handler) throw new ImageHandlerError("NOT_FOUND", `no '${name}' ${word} handler`);
    return { element, handler };
  }

  /** Values of more than one window are asked for again, further on (elements/kernel/text.ts). */
  #text(element: ManifestElement, method: string): string {
    let text = "";
    for (let windowStart = 0; ; windowStart += TEXT_WINDOW) {
      const length = this.#call(method, element.address, windowStart) >>> 0;
      checkLength(length);
      text += this.#latin1(this.#manifest.textBuffer, Math.min(Math.max(length - windowStart, 0), TEXT_WINDOW));
      if (length <= windowStart + TEXT_WINDOW) return text;
    }
  }

  #bytes(address: number): string {
    if (address === 0) return "";
    const length = this.#inMemory(() => this.#guest.view.getUint32(address, true));
    checkLength(length);
    return this.#latin1(address + LENGTH_WORD, length);
  }

  #latin1(address: number, length: number): string {
    const { bytes } = this.#guest;
    if (address + length > bytes.length)
      throw new ImageHandlerError("INVALID", "the guest's text lies outside of its memory");
    return Buffer.from(bytes.buffer, bytes.byteOffset + address, length).toString("latin1");
  }

  /** @throws GuestTrap, also when the function takes or gives something else than numbers */
  #call(method: string, ...parameters: GuestValue[]): number {
    try {
      return Number(this.#guest.call(method, ...parameters));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new GuestTrap(`${method} is not what the image says of it: ${error.message}`, [], error);
    }
  }

  /** What the manifest says may not be so. */
  #inMemory<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (error instanceof RangeError)
        throw new ImageHandlerError("INVALID", "the handler's value lies outside of the guest's memory", error);
      if (error instanceof StoreError || error instanceof UnknownTypeError)
        throw new ImageHandlerError("INVALID", `the image's handler is faulty: ${error.message}`, error);
      throw error;
    }
  }
}

/** A Bytes structure starts with its length (elements/kernel/bytes.ts). */
const LENGTH_WORD = 4;

function splitName(name: string): [element: string, handler: string] {
  const dot = name.indexOf(".");
  return [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
}

function needsHost(name: string): ImageHandlerError {
  return new ImageHandlerError("INVALID", `'${name}' needs more than an image: run the domain from its configuration`);
}

function checkLength(length: number): void {
  if (length > LONGEST_TEXT)
    throw new ImageHandlerError("INVALID", `the handler's text cannot have ${length} bytes: ${LONGEST_TEXT} at most`);
}
