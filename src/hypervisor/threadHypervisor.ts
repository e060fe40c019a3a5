/**
 * A hypervisor in a thread of its own, so that guests have a core for themselves. When the thread fails, its guests are told as crashed, and a new thread takes
 * its place, for those that are to start again.
 */
import { Worker } from "node:worker_threads";
import type { NetworkDescription } from "../domain/description.ts";
import type {
  GuestInformation,
  GuestPlan,
  GuestStatistics,
  Hypervisor,
  HypervisorEvents,
} from "../domain/hypervisor.ts";
import type { HandlerInformation, NetworkInformation, TraceStep } from "../domain/information.ts";
import { type CaptureRequest, ToolstackError, type TraceRequest } from "../domain/toolstack.ts";
import type { HypervisorOptions } from "./localHypervisor.ts";
import type { CallName, Fault, FromThread, StreamName, ThreadData, ToThread } from "./messages.ts";

const PROGRAM = new URL(`../hypervisor/thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A stream that is being received. */
interface Receiving {
  readonly items: unknown[];
  ended: boolean;
  fault: unknown;
  news: () => void;
}

export class ThreadHypervisor implements Hypervisor {
  readonly #options: ThreadData["options"];
  readonly #notice: (text: string) => void;
  readonly #events: HypervisorEvents;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, Receiving>();
  readonly #guests = new Set<number>();
  readonly #networks = new Map<string, NetworkDescription>();
  #worker: Worker;
  #sent: Int32Array = new Int32Array(0);
  #closing = false;
  #numbers = 0;

  constructor({ notice = () => undefined, isWanted: _, ...options }: HypervisorOptions, events: HypervisorEvents) {
    this.#options = options;
    this.#notice = notice;
    this.#events = events;
    this.#worker = this.#start();
  }

  #start(): Worker {
    const sent = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const worker = new Worker(PROGRAM, { workerData: { options: this.#options, sent } satisfies ThreadData });
    this.#sent = sent;
    worker.on("message", (message: FromThread) => this.#hear(message));
    worker.on("error", (error) => this.#fail(error instanceof Error ? error.message : String(error)));
    worker.on("exit", () => {
      if (this.#worker === worker && !this.#closing) this.#fail("it ended");
    });
    return worker;
  }

  /** The thread is gone. */
  #fail(reason: string): void {
    const error = new ToolstackError("UNAVAILABLE", `the guests' thread failed: ${reason}`);
    this.#disappoint(error);
    const guests = [...this.#guests];
    this.#guests.clear();
    this.#worker = this.#start();
    this.#notice(error.message);
    for (const network of this.#networks.values()) void this.#restoreNetwork(network);
    for (const id of guests) this.#events.onStopped(id, { crashed: true, reason: error.message });
  }

  /** Whoever waits for an answer will get none. */
  #disappoint(error: ToolstackError): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    for (const stream of this.#streams.values()) {
      stream.fault = error;
      stream.news();
    }
    this.#streams.clear();
  }

  async #restoreNetwork(network: NetworkDescription): Promise<void> {
    try {
      await this.#call("defineNetwork", network);
    } catch (error) {
      this.#notice(`switch:${network.name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #hear(message: FromThread): void {
    if (message.kind === "console") this.#events.onConsole(message.id, message.text);
    else if (message.kind === "stopped")
      this.#events.onStopped(message.id, { crashed: message.crashed, reason: message.reason });
    else if (message.kind === "notice") this.#notice(message.text);
    else if (message.kind === "answer") this.#settle(message.number)?.resolve(message.result);
    else if (message.kind === "fault") this.#hearFault(message.number, errorOf(message.fault));
    else this.#hearStream(message);
  }

  #settle(number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    return pending;
  }

  #hearFault(number: number, error: unknown): void {
    const stream = this.#streams.get(number);
    if (!stream) {
      this.#settle(number)?.reject(error);
      return;
    }
    stream.fault = error;
    stream.news();
  }

  #hearStream(message: Extract<FromThread, { kind: "item" | "end" }>): void {
    const stream = this.#streams.get(message.number);
    if (!stream) return;
    if (message.kind === "item") stream.items.push(message.item);
    else stream.ended = true;
    stream.news();
  }

  #say(message: ToThread): void {
    this.#worker.postMessage(message);
    Atomics.add(this.#sent, 0, 1);
  }

  /** Calls a method of the thread's hypervisor; the types are those of the method. */
  #call<Result>(name: CallName, ...parameters: readonly unknown[]): Promise<Result> {
    if (this.#closing) return Promise.reject(closedError());
    const number = this.#numbers++;
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(number, { resolve: resolve as (result: unknown) => void, reject }); // what the method gave
      this.#say({ kind: "call", number, name, parameters });
    });
  }

  async *#stream<Item>(name: StreamName, signal: AbortSignal, ...parameters: readonly unknown[]): AsyncGenerator<Item> {
    const number = this.#numbers++;
    const stream: Receiving = { items: [], ended: false, fault: undefined, news: () => undefined };
    this.#streams.set(number, stream);
    const abort = (): void => {
      this.#say({ kind: "abort", number });
      stream.ended = true;
      stream.news();
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.#say({ kind: "open", number, name, parameters });
      for (;;) {
        while (stream.items.length > 0) {
          const item = stream.items.shift() as Item; // what the stream gave
          this.#say({ kind: "taken", number });
          yield item;
        }
        if (stream.fault !== undefined) throw stream.fault;
        if (stream.ended || signal.aborted) return;
        await new Promise<void>((resolve) => {
          stream.news = resolve;
        });
      }
    } finally {
      signal.removeEventListener("abort", abort);
      if (!stream.ended && stream.fault === undefined) this.#say({ kind: "abort", number });
      this.#streams.delete(number);
    }
  }

  async boot(plan: GuestPlan): Promise<GuestInformation> {
    const information = await this.#call<GuestInformation>("boot", plan);
    this.#guests.add(plan.id);
    return information;
  }

  information(id: number): Promise<GuestInformation> {
    return this.#call("information", id);
  }

  setPaused(id: number, paused: boolean): Promise<void> {
    return this.#call("setPaused", id, paused);
  }

  async destroy(id: number): Promise<void> {
    this.#guests.delete(id);
    await this.#call("destroy", id);
  }

  swap(
    id: number,
    configuration: GuestPlan["configuration"],
    parameters: Readonly<Record<string, string>>,
  ): Promise<GuestInformation> {
    return this.#call("swap", id, configuration, parameters);
  }

  attachVif(id: number, vif: GuestPlan["vifs"][number]): Promise<GuestInformation> {
    return this.#call("attachVif", id, vif);
  }

  detachVif(id: number, index: number): Promise<GuestInformation> {
    return this.#call("detachVif", id, index);
  }

  handlers(id: number): Promise<readonly HandlerInformation[]> {
    return this.#call("handlers", id);
  }

  readHandler(id: number, handler: string): Promise<string> {
    return this.#call("readHandler", id, handler);
  }

  writeHandler(id: number, handler: string, value: string): Promise<void> {
    return this.#call("writeHandler", id, handler, value);
  }

  save(id: number): Promise<Uint8Array> {
    return this.#call("save", id);
  }

  statistics(): Promise<ReadonlyMap<number, GuestStatistics>> {
    return this.#call("statistics");
  }

  trace(id: number, request: TraceRequest, signal: AbortSignal): AsyncIterable<TraceStep> {
    return this.#stream("trace", signal, id, request);
  }

  capture(id: number, request: CaptureRequest, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#stream("capture", signal, id, request);
  }

  networks(): Promise<readonly NetworkInformation[]> {
    return this.#call("networks");
  }

  async defineNetwork(description: NetworkDescription): Promise<void> {
    await this.#call("defineNetwork", description);
    this.#networks.set(description.name, description);
  }

  async removeNetwork(name: string): Promise<void> {
    this.#networks.delete(name);
    await this.#call("removeNetwork", name);
  }

  async close(): Promise<void> {
    const closed = this.#call("close");
    this.#closing = true;
    await closed;
    await this.#worker.terminate();
    this.#disappoint(closedError());
  }
}

function closedError(): ToolstackError {
  return new ToolstackError("UNAVAILABLE", "the guests' thread has ended");
}

function errorOf({ message, code, messages }: Fault): Error {
  return code === undefined ? new Error(message) : new ToolstackError(code, messages ?? message);
}
