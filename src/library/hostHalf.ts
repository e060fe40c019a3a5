/**
 * Host halves: what an element needs from the host beyond typed arguments. `elements/FAMILY/NAME.host.ts` exports
 * `hostHalf: HostHalf`; it turns text into values and tables in the guest's memory, and serves handlers that a guest cannot.
 */
import type { Diagnostics } from "../language/diagnostics.ts";
import type { ArgumentContext, ArgumentValue, Parsed } from "./arguments/argumentType.ts";
import type { NameDatabases, Names } from "./arguments/names.ts";
import type { ArgumentValues } from "./arguments/parse.ts";

/** A handler's failure: the text goes to whoever called it; scripts see the status in `$?` after a write. */
export class HandlerError extends Error {
  /** -EINVAL, or what Click's handler returns instead. */
  readonly status: number;

  constructor(message: string, status = -22) {
    super(message);
    this.status = status;
  }
}

/** One handler on the host. A read may take a parameter; a write gets the text. Both throw HandlerError to fail. */
export interface HostHandler {
  /** Click's letters, as in the catalogue. */
  readonly flags: string;
  readonly documentation: string;
  readonly read?: (element: HostedElement, parameter: string) => string;
  /** May return a status, which scripts see in `$?`; nothing = 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing at all
  readonly write?: (element: HostedElement, text: string) => number | void;
}

/**
 * What a host half keeps in JavaScript about an element must follow from its configuration, and must not be addresses in the guest: from these it is made anew when
 * a saved router is restored. What handlers change lies in the guest.
 */
export interface HostHalf {
  /** When the element is configured, lower first; Click's CONFIGURE_PHASE numbers (INFO 20, DEFAULT 100, ...). Absent = 100. */
  readonly phase?: number;
  /**
   * Runs after the typed arguments were stored. Reads the others, checks, fills tables. Faults go to `element.error`, as many as there are.
   * @param values  all arguments given, by keyword
   * @param rest  the positional arguments that no other argument took, as raw text
   */
  readonly configure?: (element: HostedElement, values: ArgumentValues, rest: readonly string[]) => void;
  /** Runs when all elements are configured, before the guest's `initialize`: may look at other elements. */
  readonly initialize?: (element: HostedElement) => void;
  readonly handlers?: Readonly<Record<string, HostHandler>>;
  /**
   * Elements that touch the outside (files, time, the driver): runs in initialization order, before the guest's `initialize`. Faults go to
   * `element.error`. The driver then serves the activity until it is closed.
   */
  readonly start?: (element: HostedElement, services: HostServices) => HostActivity;
  /** A `start`ed element that goes on when the configuration is swapped for one that has it unchanged. */
  readonly goesOn?: boolean;
  /** Elements with live reconfiguration: takes new arguments while the guest runs. Present = the `config` handler is writable. */
  readonly reconfigure?: (element: HostedElement, values: ArgumentValues, rest: readonly string[]) => void;
}

/** A table of rules, as the pattern compiler has them: plain data. */
export interface TableMeaning {
  readonly rules: readonly unknown[];
  readonly coordinates: string;
}

/** What a host half sees of its element. */
export interface HostedElement {
  readonly name: string;
  readonly className: string;
  readonly nInputs: number;
  readonly nOutputs: number;
  /** Resolves names (AddressInfo, PortInfo ...) in the element's compound. */
  readonly names: Names;
  /** Where AddressInfo and its like define names. */
  readonly nameDatabases: NameDatabases;
  /** The arguments as written, or as last reconfigured. */
  readonly configuration: string;
  /** Gives the element new arguments while the guest runs. Throws HandlerError, with the old ones in place. */
  reconfigure(configuration: string): void;
  /** Where the faults of this element go, while it is configured and later. */
  readonly diagnostics: Diagnostics;
  /** Reports a configuration fault at this element's place, or at another (in a file that it reads). */
  error(message: string, landmark?: string): void;
  warning(message: string, landmark?: string): void;
  /** What messages call the element: its class, or more, such as `FromDump(FILE)` once its file is open. */
  declaration: string;
  /** A text among the messages that is neither. */
  message(message: string): void;
  /** Reads and sets a field, as a plain little-endian number; 64-bit fields are bigint. (IPv4 addresses lie in memory in network byte order.) */
  get(field: string): number | bigint;
  set(field: string, value: number | bigint | boolean): void;
  /** Puts bytes into the guest and their address into a field of type Bytes. Replaces what was there. */
  setBytes(field: string, bytes: Uint8Array): void;
  /**
   * Puts a table into the guest, 64-byte aligned, and its address into a field of type usize. Replaces (and frees) what was there.
   * @param meaning  what the linker may make code of in place of the table (elements/net/match.ts)
   */
  setTable(field: string, bytes: Uint8Array, meaning?: TableMeaning): void;
  /** The bytes behind a field of type Bytes; empty when it is not set. A view: do not keep it. */
  bytes(field: string): Uint8Array;
  /** The bytes of guest memory from `address` on. A view: do not keep it. Throws RangeError outside the memory. */
  memory(address: number, length: number): Uint8Array;
  /** Calls a `@method` (or other exported method) of the element. Addresses and small integers are numbers, 64-bit values bigint. */
  call(method: string, ...parameters: readonly (number | bigint)[]): number | bigint;
  /** Number that makes the host execute a handler call `HANDLER [VALUE]` (kernel/calls.ts `callHandler`). */
  handlerCall(text: string): number;
  /** The element of that name, seen from this one's compound; undefined if there is none. */
  find(name: string): HostedElement | undefined;
  /** Packets of that many bytes occur here: packet buffers will have room for them. During configuration only. */
  expectPacketLength(bytes: number): void;
  /** Calls a write handler of this element, whoever provides it. Throws HandlerError. */
  writeHandler(name: string, text: string): void;
  /** Reads a text as a value of an argument type ("IPAddress", "u32" ...), with the names that the element sees. */
  parse(type: string, text: string): Parsed<ArgumentValue>;
  /** An object that all elements of the router share, by key; made at the first call. */
  shared<T extends object>(key: symbol, make: () => T): T;
  /** Replaces one argument of the configuration and reconfigures the element, as Click's keyword handlers do. Throws HandlerError. */
  reconfigureArgument(keyword: string, text: string): void;
  /** Address of the element in guest memory: for fields that refer to another element. Do not keep it. */
  readonly address: number;
  /** Whether the element is of that class or made from it. */
  isA(className: string): boolean;
}

/** What an element does on the host while the guest runs. All members are called between two runs of the guest. */
export interface HostActivity {
  /** All elements are initialized: handlers may be called. Faults reported here make the router fail. */
  readonly initialized?: (messages: Diagnostics) => void;
  /** Moves data between streams and the outside. @returns whether there was anything to do */
  readonly service?: () => boolean;
  /** When `wake` wants to be called, in nanoseconds since 1970; undefined = not. */
  readonly wakeTime?: () => bigint | undefined;
  readonly wake?: () => void;
  /** Handlers that exist only while the element lives, such as a script's exported variables. Asked before all others. */
  readonly findHandler?: (name: string) => HostHandler | undefined;
  /** Lists them for the `handlers` handler. */
  readonly handlerNames?: () => readonly string[];
  /** The driver is about to stop. @returns whether it shall go on, because the element used up the stop (a DRIVER script) */
  readonly driverStops?: () => boolean;
  /**
   * The guest's memory was put back to another moment, in which the element may lie elsewhere: takes from it anew what it keeps of it. What has no such method,
   * and serves or wakes or keeps the driver going, cannot be saved.
   */
  readonly restored?: () => void;
  /** Releases what it holds outside. Called once. */
  readonly close?: () => void;
}

/** A byte stream between this element's guest half and its host half. */
export interface HostStream {
  /** Takes all that the guest wrote; empty when there was nothing. */
  read(): Uint8Array;
  /** Bytes that a write would take now. */
  readonly room: number;
  /** Hands what the guest wrote to `take` in place, in at most two pieces that are valid during the call. @returns how many bytes */
  drain(take: (bytes: Uint8Array) => void): number;
  /** Lets `read` fill the free room in place, in at most two pieces; it returns how many bytes it put there. @returns how many bytes in all */
  fill(read: (into: Uint8Array) => number): number;
  /** Gives the guest as many bytes as there is room for. @returns how many */
  write(bytes: Uint8Array): number;
  /** Nothing more will be written. */
  close(): void;
  /** Bytes that the guest wanted to write and that found no room. */
  readonly lost: number;
}

/** A handler that was found and allows the access it was looked up for. */
export interface FoundHandler {
  /** `ELEMENT.HANDLER`, or `HANDLER` for a global one. */
  readonly name: string;
  readonly flags: string;
  readonly takesParameter: boolean;
  /** Both throw HandlerError. A write returns its status, mostly 0. */
  read(parameter: string): string;
  /** @param messages  receives warnings of a write that succeeds */
  write(text: string, messages?: Diagnostics): number;
}

/** What the router offers to elements that are active on the host. */
export interface HostServices {
  /** Time as the guest sees it. */
  now(): bigint;
  /** Text for standard output, and for standard error. One character a byte. */
  print(text: string): void;
  printMessage(text: string): void;
  /** The driver stops when this count falls to zero. */
  runCount(): number;
  adjustRunCount(delta: number): void;
  /** Makes a stream of `size` bytes (a power of two) and puts its address into a field of type Stream. */
  makeStream(field: string, size: number): HostStream;
  /** Something happened outside (a signal, a socket): a sleeping driver looks again. */
  noteActivity(): void;
  /** The process sent itself a signal: it is to arrive before anything else happens. */
  awaitEvents(): void;
  /** Wakes the element's task, if it has one. */
  wakeTask(): void;
  /**
   * Looks a handler up as Click does: from this element's compound outward, `.HANDLER` globally, a bare name here and then globally.
   * @returns the handler, or Click's message, such as `no element named 'X'`
   */
  findHandler(name: string, access: "read" | "write"): FoundHandler | string;
  /** Where runtime faults are reported; also the context for argument types. */
  readonly diagnostics: Diagnostics;
  readonly context: ArgumentContext;
}
