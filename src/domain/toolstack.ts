/**
 * What can be done with domains: the interface of the embeddable library, which the daemon's API, the command line and programs share. A domain is named by
 * its name or by its number, written in decimal.
 */
import type { CaptureLimits, ElementCaptureRequest, TraceRequest } from "../router/observe.ts";
import type { ChainDescription, ChainInformation } from "./chain.ts";
import type { DomainDescription, NetworkDescription, VifDescription } from "./description.ts";
import type {
  DomainEvent,
  DomainInformation,
  DomainStatistics,
  HandlerInformation,
  NetworkInformation,
  TraceStep,
} from "./information.ts";

export type { ElementCaptureRequest, TraceRequest };

/** Why something could not be done; programs test the code. */
export type ToolstackErrorCode =
  /** No such domain, network, chain, element or handler. */
  | "NOT_FOUND"
  /** The name is taken. */
  | "EXISTS"
  /** The description, configuration or value has a fault; `messages` has each with its place (`file:line: message`). */
  | "INVALID"
  /** Not in this state (a stopped domain has no handlers). */
  | "WRONG_STATE"
  /** The host lacks something: rights, a device, memory. */
  | "UNAVAILABLE"
  /** The daemon does not answer: only clients say this. */
  | "UNREACHABLE";

export class ToolstackError extends Error {
  readonly code: ToolstackErrorCode;
  /** One line each. */
  readonly messages: readonly string[];

  constructor(code: ToolstackErrorCode, messages: string | readonly string[]) {
    const lines = typeof messages === "string" ? [messages] : messages;
    super(lines.join("\n"));
    this.code = code;
    this.messages = lines;
  }
}

/** Where a domain goes when it migrates. */
export interface MigrationTarget {
  /** `unix:PATH` or `http(s)://HOST:PORT` of the other daemon. */
  readonly url: string;
  readonly token?: string | undefined;
}

/** What passes an interface, both ways, is to be copied to a capture. */
export interface VifCaptureRequest extends CaptureLimits {
  /** Name or number. */
  readonly vif: string;
  readonly element?: undefined;
  readonly port?: undefined;
}

export type CaptureRequest = ElementCaptureRequest | VifCaptureRequest;

/** Methods throw ToolstackError. What they leave undone they undo. */
export interface Toolstack {
  /** @param options  `paused`: booted, but not run */
  create(description: DomainDescription, options?: { readonly paused?: boolean }): Promise<DomainInformation>;
  list(): Promise<readonly DomainInformation[]>;
  information(domain: string): Promise<DomainInformation>;
  /** Boots a stopped or crashed domain, or one without configuration; a running one gets the configuration by hot swap. */
  start(domain: string, configuration?: { readonly text: string; readonly file?: string }): Promise<DomainInformation>;
  stop(domain: string): Promise<DomainInformation>;
  pause(domain: string): Promise<DomainInformation>;
  unpause(domain: string): Promise<DomainInformation>;
  reboot(domain: string): Promise<DomainInformation>;
  destroy(domain: string): Promise<void>;
  /** Replaces the configuration of a running domain; state of elements with the same name and class is kept. */
  swap(
    domain: string,
    configuration: {
      readonly text: string;
      readonly file?: string;
      readonly parameters?: Readonly<Record<string, string>>;
    },
  ): Promise<DomainInformation>;

  attachVif(domain: string, vif: VifDescription): Promise<DomainInformation>;
  /** @param vif  name or number */
  detachVif(domain: string, vif: string): Promise<DomainInformation>;

  handlers(domain: string): Promise<readonly HandlerInformation[]>;
  /** @param handler  `ELEMENT.HANDLER`, or a global one; with a parameter behind a space */
  readHandler(domain: string, handler: string): Promise<string>;
  writeHandler(domain: string, handler: string, value: string): Promise<void>;

  /** What the guest has said so far, as much as is kept (64 KiB). One character a byte. */
  console(domain: string): Promise<string>;
  /** What it says from now on. */
  followConsole(domain: string, signal: AbortSignal): AsyncIterable<string>;

  /** A file that `restore` takes, here or elsewhere; the domain goes on. */
  save(domain: string): Promise<Uint8Array>;
  /** @param options  `name`: another than it had */
  restore(
    file: Uint8Array,
    options?: { readonly name?: string; readonly paused?: boolean },
  ): Promise<DomainInformation>;
  /** Pauses the domain, restores it at the target, and destroys it here; on a failure it goes on here. */
  migrate(domain: string, target: MigrationTarget): Promise<void>;

  statistics(): Promise<readonly DomainStatistics[]>;
  trace(domain: string, request: TraceRequest, signal: AbortSignal): AsyncIterable<TraceStep>;
  /** Bytes of a pcap file: its header first, then records. */
  capture(domain: string, request: CaptureRequest, signal: AbortSignal): AsyncIterable<Uint8Array>;

  networks(): Promise<readonly NetworkInformation[]>;
  /** Makes a switch, or changes one. Switches that are only named by vifs exist as long as they are used. */
  defineNetwork(description: NetworkDescription): Promise<NetworkInformation>;
  removeNetwork(name: string): Promise<void>;

  chainUp(description: ChainDescription): Promise<ChainInformation>;
  chainDown(name: string): Promise<void>;
  chains(): Promise<readonly ChainInformation[]>;

  /** Events that are kept (the newest 1000), oldest first. */
  recentEvents(): Promise<readonly DomainEvent[]>;
  /** Events that are kept, then those to come. @param after  only those with a higher sequence number */
  events(signal: AbortSignal, after?: number): AsyncIterable<DomainEvent>;
  close(): Promise<void>;
}
