/**
 * The second tier: while the guest runs with dynamic dispatch, its configuration is linked elsewhere, and the linked code takes its place on the
 * live memory. When something changes that linked code takes for constant, the guest goes back to dynamic dispatch at once, and is linked anew; when packets
 * are to be observed, it goes back for as long as that lasts.
 */
import { cacheKey, LinkCache } from "../image/cache.ts";
import type { LinkDescription } from "../image/description.ts";
import { LinkError, Linker } from "../image/linker.ts";
import type { BetterTable } from "../image/patternTables.ts";
import type { Driver } from "./driver.ts";
import { describeForLinking, exchangeTables } from "./linkDescription.ts";
import type { Router } from "./router.ts";

export class LinkedTier {
  readonly #driver: Driver;
  readonly #linker: Linker;
  readonly #ownsLinker: boolean;
  readonly #cache: LinkCache;
  readonly #counters: number | undefined;
  /** Counts changes of what code is linked from: an answer to an older question is of no use. */
  #generation = 0;
  /** The running configuration is to be linked when the guest has run long enough to show that it is worth it. */
  #wanted = false;

  /**
   * @param driver  whose guest is to run linked code
   * @param cache  where linked code is kept between runs
   * @param counters  for profiling: see LinkDescription
   * @param linker  for many guests of the same library; absent = one of its own
   */
  constructor(driver: Driver, cache = new LinkCache(), counters?: number, linker?: Linker) {
    this.#driver = driver;
    this.#counters = counters;
    this.#linker = linker ?? new Linker(driver.router.world.library.body());
    this.#ownsLinker = linker === undefined;
    this.#cache = cache;
    this.#follow(driver.router);
    driver.onSwap = (router) => this.#follow(router);
    driver.onPause = () => {
      if (this.#wanted && !this.#driver.router.isObserved) void this.#link("background");
    };
  }

  /**
   * Starts with linked code if it is in the cache.
   * @param mode  whether to wait for the linker when it is not ("eager"), or to let the guest run meanwhile
   */
  async start(mode: "background" | "eager"): Promise<void> {
    if (mode === "eager") await this.#link("awaited");
    else if (!this.#useCached()) this.#wanted = true;
  }

  /** Ends the linker's thread; the guest keeps the code that it has. */
  close(): void {
    this.#wanted = false;
    this.#generation++;
    if (this.#ownsLinker) this.#linker.close();
  }

  /** Watches a router that runs from now on. */
  #follow(router: Router): void {
    router.onConstantsChanged = () => this.#unlink();
    this.#wanted = true;
  }

  #unlink(): void {
    this.#generation++;
    this.#wanted = true;
    const { guest } = this.#driver.router.world;
    if (!guest.isReplaced) return;
    guest.restoreCode();
    this.#driver.codeReplaced();
  }

  #describe(): LinkDescription {
    return describeForLinking(this.#driver.router, this.#counters);
  }

  /** @returns whether linked code runs now */
  #useCached(): boolean {
    const result = this.#cache.get(cacheKey(this.#linker.library, this.#describe()));
    if (!result) return false;
    if ("code" in result) return this.#use(result.code);
    exchangeTables(this.#driver.router, result.tables);
    return this.#useCached();
  }

  /** Links what runs now, and lets it run when it is still that. */
  async #link(importance: "awaited" | "background"): Promise<void> {
    this.#wanted = false;
    if (this.#useCached()) return;
    const generation = this.#generation;
    const description = this.#describe();
    try {
      const result = await this.#linker.link(description, importance);
      this.#cache.put(cacheKey(this.#linker.library, description), result);
      if (generation !== this.#generation) return;
      if ("code" in result) this.#use(result.code);
      else await this.#exchange(result.tables, importance);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      if (generation === this.#generation) this.#complain(error.message);
    }
  }

  async #exchange(tables: readonly BetterTable[], importance: "awaited" | "background"): Promise<void> {
    exchangeTables(this.#driver.router, tables);
    await this.#link(importance);
  }

  /** @returns whether the code fits the guest */
  #use(code: Uint8Array<ArrayBuffer>): boolean {
    try {
      this.#driver.router.world.guest.replaceCode(new WebAssembly.Module(code));
    } catch (error) {
      if (!(error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)) throw error;
      this.#complain(error.message);
      return false;
    }
    this.#driver.codeReplaced();
    this.#wanted = false;
    return true;
  }

  #complain(reason: string): void {
    this.#driver.router.options.diagnostics.warning("", `not linked, running with dynamic dispatch: ${reason}`);
  }
}
