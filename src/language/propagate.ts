/**
 * Spreads push and pull over ports that are open to both.
 *
 * Click goes over all wires again and again until nothing changes, and which wire it blames for a clash depends on that
 * order. Here only wires whose ends have changed are visited, but in the same order: by round, then by position.
 */
import type { Processing } from "./ports.ts";

/** A connection, or a way through an element seen backwards: an output port and an input port that must agree. */
export interface Wire {
  readonly from: number;
  readonly to: number;
}

type Open = Processing | "agnostic";

/**
 * Gives open ports the processing of the ports they are wired to.
 *
 * @param outputs  of each output port; changed in place
 * @param inputs  of each input port; changed in place
 * @param clash  called with the position of each wire whose ends disagree
 */
export function propagate(
  wires: readonly Wire[],
  outputs: Open[],
  inputs: Open[],
  clash: (wire: number) => void,
): void {
  const atOutput = wiresByPort(outputs.length, wires, "from");
  const atInput = wiresByPort(inputs.length, wires, "to");
  const clashed = new Uint8Array(wires.length);
  const agenda = new Agenda(wires.length);
  for (let turn = agenda.next(); turn !== undefined; turn = agenda.next()) {
    if (clashed[turn]) continue;
    const { from, to } = wires[turn]!;
    const output = outputs[from]!;
    const input = inputs[to]!;
    if (output === input) continue;
    if (input === "agnostic") {
      inputs[to] = output;
      agenda.revisit(atInput[to]!);
    } else if (output === "agnostic") {
      outputs[from] = input;
      agenda.revisit(atOutput[from]!);
    } else {
      clashed[turn] = 1;
      clash(turn);
    }
  }
}

/** For each port, the positions of the wires that end there. */
function wiresByPort(ports: number, wires: readonly Wire[], end: keyof Wire): readonly (readonly number[])[] {
  const result: number[][] = Array.from({ length: ports }, () => []);
  for (const [position, wire] of wires.entries()) result[wire[end]]!.push(position);
  return result;
}

/** Which wire to visit next: all of them in the first round, then, round by round, those asked for. */
class Agenda {
  readonly #length: number;
  /** Turns, counted through all rounds: a heap with the earliest first. */
  readonly #heap: number[] = [];
  #turn = -1;

  constructor(length: number) {
    this.#length = length;
  }

  /** The position of the next wire, or undefined at the end. */
  next(): number | undefined {
    if (this.#turn < this.#length - 1) return ++this.#turn;
    const turn = this.#pop();
    if (turn === undefined) return undefined;
    this.#turn = turn;
    return turn % this.#length;
  }

  /** Asks for wires to be visited again: later in this round where they are still ahead, else in the next. */
  revisit(positions: readonly number[]): void {
    const now = this.#turn % this.#length;
    for (const position of positions) {
      const turn = this.#turn + position - now + (position > now ? 0 : this.#length);
      if (position !== now && turn >= this.#length) this.#push(turn);
    }
  }

  #push(turn: number): void {
    const heap = this.#heap;
    let hole = heap.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (heap[parent]! <= turn) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = turn;
  }

  #pop(): number | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let hole = 0;
    for (let child = 1; child < heap.length; child = 2 * hole + 1) {
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= last) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = last;
    return first;
  }
}
