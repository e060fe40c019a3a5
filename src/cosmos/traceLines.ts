/** A packet's way through a configuration, for people. */
import type { TraceStep } from "../domain/information.ts";
import { visible } from "./text.ts";

const ENDS: Readonly<Record<Exclude<TraceStep["event"], "emitted">, string>> = {
  dropped: "dropped",
  kept: "kept here",
  consumed: "consumed",
};

/**
 * Tells steps as they come: a headline where a packet first appears or goes on after another one, then a line an element, and a
 * line with the packet where an element has changed it.
 */
export class TraceLines {
  /** What was last told of each packet. */
  readonly #summaries = new Map<number, string>();
  #current: number | undefined;

  /** @returns lines with their ends */
  lines(step: TraceStep): string {
    return [...this.#headline(step), wayLine(step), ...this.#change(step)].map((line) => `${line}\n`).join("");
  }

  #headline({ packet, time, length, summary }: TraceStep): string[] {
    if (packet === this.#current) return [];
    const blank = this.#current === undefined ? [] : [""];
    this.#current = packet;
    if (this.#summaries.has(packet)) return [...blank, `packet ${packet}  goes on`];
    this.#summaries.set(packet, summary);
    return [...blank, `packet ${packet}  ${clock(time)}  ${length} bytes  ${visible(summary)}`];
  }

  /** A summary that is empty or as before tells nothing new. */
  #change({ packet, summary }: TraceStep): string[] {
    if (summary === "" || summary === this.#summaries.get(packet)) return [];
    this.#summaries.set(packet, summary);
    return [`      ${visible(summary)}`];
  }
}

function wayLine({ element, class: className, port, event }: TraceStep): string {
  const place = `  ${visible(element)} :: ${visible(className)}`;
  return event === "emitted" ? `${place} [${port}]` : `${place}  ${ENDS[event]}`;
}

/** Local time of day with microseconds. @param time  seconds since 1970 */
function clock(time: number): string {
  const date = new Date(time * 1000);
  const microseconds = Math.floor((time % 1) * 1e6);
  return `${date.toTimeString().slice(0, 8)}.${String(microseconds).padStart(6, "0")}`;
}
