/**
 * What a rule set decides, worked out straight from its conditions, one packet at a time. Nothing of the compiler is used
 * here: this is what the tables and the code are tested against.
 */
import { type Condition, NETWORK_BASE, TRANSPORT_BASE } from "./condition.ts";
import { type Coordinates, DROPPED, type Rule } from "./rules.ts";

/** A packet as the elements see it; header positions count from the first byte of `bytes`, undefined if not set. */
export interface ExamplePacket {
  /** The buffer around the packet: a header may lie before the data. */
  readonly bytes: Uint8Array;
  /** Where the data starts, and where it ends. */
  readonly start: number;
  readonly end: number;
  readonly networkHeader?: number | undefined;
  readonly transportHeader?: number | undefined;
  readonly macHeader?: number | undefined;
}

/** The output of the first rule that the packet meets; {@link DROPPED} if there is none. */
export function evaluate(rules: readonly Rule[], coordinates: Coordinates, packet: ExamplePacket): number {
  for (const { output, condition } of rules) {
    if (condition === undefined) return DROPPED;
    if (holds(condition, coordinates, packet)) return output;
  }
  return DROPPED;
}

function holds(condition: Condition, coordinates: Coordinates, packet: ExamplePacket): boolean {
  switch (condition.kind) {
    case "not":
      return !holds(condition.term, coordinates, packet);
    case "and":
      return condition.terms.every((term) => holds(term, coordinates, packet));
    case "or":
      return condition.terms.some((term) => holds(term, coordinates, packet));
    case "choose": {
      const { terms } = condition;
      for (let i = 0; i + 1 < terms.length; i += 2)
        if (holds(terms[i]!, coordinates, packet)) return holds(terms[i + 1]!, coordinates, packet);
      return terms.length % 2 === 1 && holds(terms[terms.length - 1]!, coordinates, packet);
    }
    case "compare": {
      if (condition.mask === 0) return true;
      const { start, end } = window(condition.offset, coordinates, packet);
      for (let i = 0; i < 4; i++) {
        const mask = (condition.mask >>> (24 - 8 * i)) & 0xff;
        if (mask !== 0 && start + i >= end) return condition.whenMissing;
      }
      for (let i = 0; i < 4; i++) {
        const shift = 24 - 8 * i;
        const mask = (condition.mask >>> shift) & 0xff;
        if (mask !== 0 && (packet.bytes[start + i]! & mask) !== ((condition.value >>> shift) & 0xff)) return false;
      }
      return true;
    }
  }
}

/** Where the word at `offset` starts, and where the bytes that are known end. */
function window(offset: number, coordinates: Coordinates, packet: ExamplePacket): { start: number; end: number } {
  if (coordinates === "classifier") return { start: packet.start + offset, end: packet.end };
  const signed = offset >= 0x8000 ? offset - 0x10000 : offset;
  if (signed >= TRANSPORT_BASE) {
    if (packet.transportHeader === undefined) return { start: 0, end: 0 };
    return { start: packet.transportHeader + signed - TRANSPORT_BASE, end: packet.end };
  }
  if (signed >= NETWORK_BASE) {
    if (packet.networkHeader === undefined) return { start: 0, end: 0 };
    return { start: packet.networkHeader + signed - NETWORK_BASE, end: packet.end };
  }
  // the length of a link header is not known, but once its place is known it is there
  if (packet.macHeader === undefined) return { start: 0, end: 0 };
  return { start: packet.macHeader - 2 + signed, end: Number.POSITIVE_INFINITY };
}
