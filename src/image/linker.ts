/** The linker as its users see it: a thread of its own, started when it is first needed, so that guests beside it keep their speed. */
import { Worker } from "node:worker_threads";
import type { LinkDescription } from "./description.ts";
import type { LinkResult } from "./linkedModule.ts";
import type { LinkAnswer, LinkerData, LinkRequest } from "./linkerWorker.ts";

/** Linking failed; the guest goes on as it is. */
export class LinkError extends Error {}

/** Milliseconds that one link may take: a large router needs some 100, the diagrams of ten thousand rules 6000 (FINDINGS of the pattern compiler). */
const TIME_LIMIT = 30_000;

const WORKER = new URL(`../image/linkerWorker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

interface Pending {
  readonly resolve: (result: LinkResult) => void;
  readonly reject: (error: LinkError) => void;
  readonly timer: NodeJS.Timeout;
}

export class Linker {
  readonly library: Uint8Array;
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #requests = 0;

  /** @param library  the compiled library, `Library.body()` */
  constructor(library: Uint8Array) {
    this.library = library;
  }

  /**
   * Links a description.
   * @param importance  whether the process stays alive to wait for it
   * @returns the module's bytes, or tables to exchange first
   * @throws LinkError when it fails or takes too long, or the linker is closed meanwhile
   */
  link(description: LinkDescription, importance: "awaited" | "background"): Promise<LinkResult> {
    const worker = this.#start();
    if (importance === "awaited") worker.ref();
    const number = this.#requests++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail("the linker takes too long"), TIME_LIMIT).unref();
      this.#pending.set(number, { resolve, reject, timer });
      worker.postMessage({ number, description } satisfies LinkRequest);
    });
  }

  /** Ends the thread; links that are under way fail. */
  close(): void {
    this.#fail("the linker was closed");
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(WORKER, { workerData: { library: this.library } satisfies LinkerData });
    worker.unref();
    worker.on("message", (answer: LinkAnswer) => this.#settle(answer));
    worker.on("error", (error) => this.#fail(error instanceof Error ? error.message : String(error)));
    this.#worker = worker;
    return worker;
  }

  #settle(answer: LinkAnswer): void {
    const pending = this.#pending.get(answer.number);
    if (!pending) return;
    this.#pending.delete(answer.number);
    if (this.#pending.size === 0) this.#worker?.unref();
    clearTimeout(pending.timer);
    if ("result" in answer) pending.resolve(answer.result);
    else pending.reject(new LinkError(answer.fault));
  }

  /** A thread that does not answer, or is not wanted any more, is ended. */
  #fail(reason: string): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new LinkError(reason));
    }
    this.#pending.clear();
  }
}
