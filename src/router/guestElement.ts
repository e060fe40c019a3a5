/** One element of a running configuration: its place in guest memory, and what its host half sees of it. */
import type { Diagnostics } from "../language/index.ts";
import type {
  ArgumentContext,
  ArgumentValue,
  FieldType,
  NameDatabases,
  Names,
  Parsed,
} from "../library/arguments/index.ts";
import { argumentType, loadValue } from "../library/arguments/index.ts";
import type { ElementClass, Field } from "../library/catalogue.ts";
import {
  HandlerError,
  type HostActivity,
  type HostedElement,
  type HostHalf,
  type TableMeaning,
} from "../library/hostHalf.ts";
import type { Placement, Router } from "./router.ts";
import { type GuestWorld, LENGTH_WORD } from "./world.ts";

/** What the configuration says about an element. */
export interface ElementDescription {
  readonly index: number;
  readonly name: string;
  readonly className: string;
  readonly configuration: string;
  readonly landmark: string;
}

export class GuestElement implements HostedElement {
  /** Position in the configuration that runs. */
  index: number;
  readonly name: string;
  declaration: string;
  /** As written, or as last reconfigured. */
  configuration: string;
  landmark: string;
  nInputs: number;
  nOutputs: number;
  router: Router;
  readonly elementClass: ElementClass;
  readonly hostHalf: HostHalf | undefined;
  /** Changes when a saved router is restored. */
  address: number;
  /** What it does on the host while the guest runs. */
  activity: HostActivity | undefined;
  /** Elements that its arguments name: they live at least as long. */
  readonly references = new Set<GuestElement>();
  readonly #world: GuestWorld;
  /** Set while the element is being configured or initialized. */
  #messages: Diagnostics | undefined;

  constructor(
    placement: Placement,
    elementClass: ElementClass,
    hostHalf: HostHalf | undefined,
    address: number,
    world: GuestWorld,
    router: Router,
  ) {
    this.index = placement.index;
    this.name = placement.name;
    this.declaration = placement.className;
    this.configuration = placement.configuration;
    this.landmark = placement.landmark;
    this.nInputs = placement.nInputs;
    this.nOutputs = placement.nOutputs;
    this.router = router;
    this.elementClass = elementClass;
    this.hostHalf = hostHalf;
    this.address = address;
    this.#world = world;
  }

  /** Becomes an element of another router. @returns what makes it the old one's again */
  adopt({ index, landmark, nInputs, nOutputs }: Placement, router: Router): () => void {
    const before = {
      index: this.index,
      landmark: this.landmark,
      nInputs: this.nInputs,
      nOutputs: this.nOutputs,
      router: this.router,
    };
    Object.assign(this, { index, landmark, nInputs, nOutputs, router });
    return () => Object.assign(this, before);
  }

  get className(): string {
    return this.elementClass.name;
  }

  get names(): Names {
    return this.router.names(this);
  }

  get nameDatabases(): NameDatabases {
    return this.router.nameDatabases;
  }

  expectPacketLength(bytes: number): void {
    this.router.expectPacketLength(bytes);
  }

  writeHandler(name: string, text: string): void {
    const handler = this.router.handler(this, name);
    if (!handler) throw new HandlerError(`no '${this.name}.${name}' write handler`);
    handler.write(text);
  }

  /** For argument types: how names are looked up from here. */
  get context(): ArgumentContext {
    return this.router.context(this);
  }

  /** Runs `work` with messages going to `messages`. */
  reportTo<T>(messages: Diagnostics, work: () => T): T {
    const outer = this.#messages;
    this.#messages = messages;
    try {
      return work();
    } finally {
      this.#messages = outer;
    }
  }

  error(message: string, landmark = ""): void {
    this.#sink().error(landmark, message);
  }

  warning(message: string, landmark = ""): void {
    this.#sink().warning(landmark, message);
  }

  message(message: string): void {
    this.#sink().message("", message);
  }

  reconfigure(configuration: string): void {
    this.router.reconfigure(this, configuration);
  }

  get diagnostics(): Diagnostics {
    return this.#sink();
  }

  #sink(): Diagnostics {
    return this.#messages ?? this.router.runtimeMessages(this);
  }

  /** @throws Error when the class has no such field: a bug, not a user's fault */
  field(name: string): Field {
    const field = this.elementClass.fields[name];
    if (!field) throw new Error(`${this.className} has no field ${name}`);
    return field;
  }

  get(fieldName: string): number | bigint {
    const field = this.field(fieldName);
    const view = this.#world.guest.view;
    const at = this.address + field.offset;
    if (field.size === 8)
      return field.type === "i64"
        ? view.getBigInt64(at, true)
        : field.type === "f64"
          ? view.getFloat64(at, true)
          : view.getBigUint64(at, true);
    if (field.size === 2) return field.type === "i16" ? view.getInt16(at, true) : view.getUint16(at, true);
    if (field.size === 1) return field.type === "i8" ? view.getInt8(at) : view.getUint8(at);
    return field.type === "i32"
      ? view.getInt32(at, true)
      : field.type === "f32"
        ? view.getFloat32(at, true)
        : view.getUint32(at, true);
  }

  set(fieldName: string, value: number | bigint | boolean): void {
    const field = this.field(fieldName);
    const view = this.#world.guest.view;
    const at = this.address + field.offset;
    if (field.type === "f64") view.setFloat64(at, Number(value), true);
    else if (field.type === "f32") view.setFloat32(at, Number(value), true);
    else if (field.size === 8) view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    else if (field.size === 4) view.setUint32(at, Number(value) >>> 0, true);
    else if (field.size === 2) view.setUint16(at, Number(value), true);
    else view.setUint8(at, Number(value));
    if (field.constant) this.router.constantsChanged();
  }

  /** The value of a field, as an argument of that type. */
  value(fieldName: string, argumentType: string): ArgumentValue {
    const field = this.field(fieldName);
    if (field.type.startsWith("Bytes")) return latin1(this.bytes(fieldName));
    // The catalogue's field types are the storage types; others are refused by the store with an error that names them.
    return loadValue(this.#world.guest.view, this.address + field.offset, field.type as FieldType, argumentType);
  }

  /** The bytes behind a field of type Bytes; empty when it is not set. */
  bytes(fieldName: string): Uint8Array {
    const address = Number(this.get(fieldName));
    if (address === 0) return new Uint8Array(0);
    return this.memory(address + LENGTH_WORD, this.#world.guest.view.getUint32(address, true));
  }

  setBytes(fieldName: string, bytes: Uint8Array): void {
    const old = Number(this.get(fieldName));
    this.set(fieldName, this.#world.putBytes(this, bytes));
    this.#world.release(old);
  }

  setTable(fieldName: string, bytes: Uint8Array, meaning?: TableMeaning): void {
    const old = Number(this.get(fieldName));
    const address = this.#world.allocate(this, bytes.length, meaning);
    this.memory(address, bytes.length).set(bytes);
    this.set(fieldName, address);
    this.#world.release(old);
  }

  memory(address: number, length: number): Uint8Array {
    const bytes = this.#world.guest.bytes;
    if (address < 0 || length < 0 || address + length > bytes.length)
      throw new RangeError(`${length} bytes at ${address} are not in the guest's memory`);
    return bytes.subarray(address, address + length);
  }

  call(method: string, ...parameters: readonly (number | bigint)[]): number | bigint {
    return this.#world.guest.call(`${this.className}$${method}`, this.address, ...parameters);
  }

  handlerCall(text: string): number {
    return this.#world.registerCall(this, text);
  }

  find(name: string): GuestElement | undefined {
    const found = this.router.find(this, name);
    if (found) this.references.add(found);
    return found;
  }

  parse(type: string, text: string): Parsed<ArgumentValue> {
    return argumentType(type).parse(text, this.context);
  }

  shared<T extends object>(key: symbol, make: () => T): T {
    return this.router.shared(key, make);
  }

  reconfigureArgument(keyword: string, text: string): void {
    this.router.reconfigureArgument(this, keyword, text);
  }

  isA(className: string): boolean {
    return this.elementClass.ancestors.includes(className);
  }
}

/** Text is one character a byte everywhere between configurations, handlers and the guest. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
