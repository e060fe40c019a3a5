/** The linker's thread: reads the library once, then links one description after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { LinkDescription } from "./description.ts";
import { type LinkResult, linkStep } from "./linkedModule.ts";
import { decodeModule, type WasmModule } from "./wasm/decode.ts";

/** What the thread is started with. */
export interface LinkerData {
  readonly library: Uint8Array;
}

export interface LinkRequest {
  readonly number: number;
  readonly description: LinkDescription;
}

export type LinkAnswer =
  | { readonly number: number; readonly result: LinkResult }
  | { readonly number: number; readonly fault: string };

if (parentPort) serve(parentPort, (workerData as LinkerData).library); // the data that `Linker` starts it with

function serve(port: NonNullable<typeof parentPort>, bytes: Uint8Array): void {
  let library: WasmModule | undefined;
  port.on("message", ({ number, description }: LinkRequest) => {
    try {
      library ??= decodeModule(bytes);
      port.postMessage({ number, result: linkStep(library, description) } satisfies LinkAnswer);
    } catch (error) {
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      port.postMessage({ number, fault } satisfies LinkAnswer);
    }
  });
}
