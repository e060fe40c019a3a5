/** Sends and receives frames at the other end of a link, in a namespace: a program of its own that shares no code with the devices under test. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Namespace } from "./namespaces.ts";

const PROGRAM = fileURLToPath(new URL("framePeer.py", import.meta.url));

export class FramePeer {
  readonly #input: Writable;
  readonly #lines: AsyncIterator<string>;

  private constructor(input: Writable, lines: AsyncIterator<string>) {
    this.#input = input;
    this.#lines = lines;
  }

  /** @param interfaceName  in the namespace; the peer ends with that */
  static async start(namespace: Namespace, interfaceName: string): Promise<FramePeer> {
    const child = namespace.start("python3", [PROGRAM, interfaceName], { stdio: ["pipe", "pipe", "inherit"] });
    const { stdin, stdout } = child as { stdin: Writable; stdout: Readable }; // both are pipes
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    const peer = new FramePeer(stdin, lines);
    const first = await peer.#next();
    if (first !== "ready") throw new Error(`unexpected '${first}' from the peer`);
    return peer;
  }

  async send(frames: readonly Uint8Array[]): Promise<void> {
    const text = frames.map((frame) => `${Buffer.from(frame).toString("hex")}\n`).join("");
    if (!this.#input.write(text)) await once(this.#input, "drain");
  }

  /** Waits for the next `count` frames of those for which `wanted` holds. */
  async receive(count: number, wanted: (frame: Buffer) => boolean): Promise<Buffer[]> {
    const frames: Buffer[] = [];
    while (frames.length < count) {
      const frame = Buffer.from(await this.#next(), "hex");
      if (wanted(frame)) frames.push(frame);
    }
    return frames;
  }

  async #next(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error("the peer has ended");
    return value;
  }
}
