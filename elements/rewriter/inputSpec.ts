/**
 * What rewriters do with packets of flows that they do not know: one input specification for each input, and the
 * patterns and mappers that specifications refer to. The host writes these records (records.host.ts knows their
 * layout).
 */
import { fold } from "../net/checksum";
import { randomBetween } from "../kernel/random";
import { Flow, Lifetimes } from "./flow";
import { FlowTable } from "./flowTable";
import { wordChange } from "./rewrite";

/** Kinds of specification. */
export const INPUT_DROP: u32 = 0;
export const INPUT_PASS: u32 = 1;
export const INPUT_KEEP: u32 = 2;
export const INPUT_PATTERN: u32 = 3;
export const INPUT_MAPPER: u32 = 4;

/**
 * Flags of a pattern: its range is one of ports, not of addresses; it is gone through in order; the packet's own port
 * is tried first.
 */
const PATTERN_PORTS: u32 = 1;
const PATTERN_SEQUENTIAL: u32 = 2;
const PATTERN_SAME_FIRST: u32 = 4;

/** Which identifiers a rewriter has: what may change in them. */
export const SHAPE_PORTS: u32 = 0;
/** Addresses only; the ports are zero. */
export const SHAPE_PAIR: u32 = 1;
/** The source address only; all else is zero. */
export const SHAPE_SOURCE: u32 = 2;
/**
 * The source port is an ICMP identifier, the destination port the number after it (in memory order): requests and
 * replies differ so.
 */
export const SHAPE_PING: u32 = 3;

/** Bytes of a specification. */
export const INPUT_SPEC_SIZE: usize = 64;

/** A rewritten identifier. */
@unmanaged
class Identifier {
  addresses: u64;
  ports: u32;
}
const rewritten: Identifier = changetype<Identifier>(memory.data(16, 8));

/** One specification, with its pattern. Addresses and ports of patterns are in memory order, 0 = keep the packet's. */
@unmanaged
export class InputSpec {
  kind: u32;
  output: i32;
  replyOutput: i32;
  /** Flows that it made and that still exist, and attempts that failed. */
  count: u32;
  failures: u32;
  /** Number of the input. */
  input: u32;
  /** Mapper record. */
  mapper: usize;
  /** Two records: for flows of the rewriter's first and second map. */
  private lifetimes: usize;
  private patternFlags: u32;
  private patternSource: u32;
  private patternDestination: u32;
  private patternSourcePort: u16;
  private patternDestinationPort: u16;
  /** Size of the range less one, and where the search starts next. */
  private variationTop: u32;
  private nextVariation: u32;
  private reserved: u64;

  @inline lifetimesOf(map: u16): Lifetimes {
    return changetype<Lifetimes>(this.lifetimes + <usize>(map & 1) * offsetof<Lifetimes>());
  }

  setLifetimes(records: usize): void {
    this.lifetimes = records;
  }

  /** Whether another specification means the same. */
  isLike(other: InputSpec): bool {
    return (
      this.kind == other.kind &&
      this.output == other.output &&
      this.replyOutput == other.replyOutput &&
      this.mapper == other.mapper &&
      this.patternFlags == other.patternFlags &&
      this.patternSource == other.patternSource &&
      this.patternDestination == other.patternDestination &&
      this.patternSourcePort == other.patternSourcePort &&
      this.patternDestinationPort == other.patternDestinationPort &&
      this.variationTop == other.variationTop
    );
  }

  /** Goes on in the range where another specification was. */
  continueFrom(other: InputSpec): void {
    this.nextVariation = other.nextVariation;
  }

  /**
   * Rewrites an identifier by the pattern, so that replies cannot be mistaken for those of another flow.
   * @returns false when all of the range is taken
   */
  applyPattern(table: FlowTable, map: u32, shape: u32, addresses: u64, ports: u32): bool {
    const source = this.patternSource ? this.patternSource : <u32>addresses;
    const destination = this.patternDestination ? this.patternDestination : <u32>(addresses >> 32);
    const sourcePort: u32 = this.patternSourcePort ? this.patternSourcePort : ports & 0xffff;
    const destinationPort: u32 = this.patternDestinationPort ? this.patternDestinationPort : ports >> 16;
    setRewritten(source, destination, sourcePort, destinationPort, shape);
    return this.variationTop == 0 || this.vary(table, map, shape, ports & 0xffff);
  }

  /** Finds a free place in the range. */
  private vary(table: FlowTable, map: u32, shape: u32, packetPort: u32): bool {
    const top = this.variationTop;
    if (this.patternFlags & PATTERN_SAME_FIRST && this.patternFlags & PATTERN_PORTS) {
      const own = bswap<u16>(<u16>packetPort) - <u32>bswap<u16>(this.patternSourcePort);
      if (own <= top && this.isFree(table, map, shape, own)) return true;
    }
    const sequential = (this.patternFlags & PATTERN_SEQUENTIAL) != 0;
    let place = sequential ? (this.nextVariation > top ? 0 : this.nextVariation) : randomBetween(0, top);
    for (let tried: u32 = 0; tried <= top; tried++) {
      if (this.isFree(table, map, shape, place)) return true;
      place = place == top ? 0 : place + 1;
    }
    return false;
  }

  /** Tries one place of the range; leaves the identifier rewritten to it. */
  private isFree(table: FlowTable, map: u32, shape: u32, place: u32): bool {
    if (this.patternFlags & PATTERN_PORTS) {
      const port = <u32>bswap<u16>(<u16>(<u32>bswap<u16>(this.patternSourcePort) + place));
      setRewritten(<u32>rewritten.addresses, <u32>(rewritten.addresses >> 32), port, rewritten.ports >> 16, shape);
    } else {
      const source = bswap<u32>(bswap<u32>(this.patternSource) + place);
      rewritten.addresses = (rewritten.addresses & 0xffff_ffff_0000_0000) | <u64>source;
    }
    if (table.find(rotl<u64>(rewritten.addresses, 32), rotl<u32>(rewritten.ports, 16), map) != 0) return false;
    this.nextVariation = place + 1;
    return true;
  }
}

function setRewritten(source: u32, destination: u32, sourcePort: u32, destinationPort: u32, shape: u32): void {
  rewritten.addresses = (<u64>destination << 32) | <u64>source;
  const second = shape == SHAPE_PING ? (sourcePort + 1) & 0xffff : destinationPort;
  rewritten.ports = (second << 16) | sourcePort;
}

/** A place on the ring of a mapper that hashes: it serves hashes up to `key`. */
@unmanaged
class RingEntry {
  key: u32;
  specification: u32;
}

/**
 * A mapper: several specifications, which follow the record. Without a ring they are taken in turn, `next` being the
 * next one; with one, the source address chooses. The ring's entries, in order of their keys, follow the
 * specifications; `fallback` serves hashes beyond the last.
 */
@unmanaged
export class Mapper {
  count: u32;
  private next: u32;
  private ringSize: u32;
  private fallback: u32;

  @inline specification(number: u32): InputSpec {
    return changetype<InputSpec>(changetype<usize>(this) + offsetof<Mapper>() + <usize>number * INPUT_SPEC_SIZE);
  }

  /** Chooses a specification and rewrites by it. @returns its address, 0 = the range is exhausted */
  apply(table: FlowTable, map: u32, shape: u32, addresses: u64, ports: u32): usize {
    if (this.ringSize == 0) return this.applyInTurn(table, map, shape, addresses, ports);
    const specification = this.specification(this.ringSpecification(hashSource(<u32>addresses)));
    return specification.applyPattern(table, map, shape, addresses, ports) ? changetype<usize>(specification) : 0;
  }

  /** The specification at the first place of the ring whose key is not smaller than `hash`. */
  private ringSpecification(hash: u32): u32 {
    const ring = changetype<usize>(this.specification(this.count));
    let low: u32 = 0;
    let high = this.ringSize;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changetype<RingEntry>(ring + <usize>middle * offsetof<RingEntry>()).key < hash) low = middle + 1;
      else high = middle;
    }
    if (low == this.ringSize) return this.fallback;
    return changetype<RingEntry>(ring + <usize>low * offsetof<RingEntry>()).specification;
  }

  /** Rewrites by the first specification, in turn, that can. @returns its address, 0 = none can */
  private applyInTurn(table: FlowTable, map: u32, shape: u32, addresses: u64, ports: u32): usize {
    for (let tried: u32 = 0; tried < this.count; tried++) {
      const specification = this.specification(this.next);
      this.next = this.next + 1 == this.count ? 0 : this.next + 1;
      if (specification.applyPattern(table, map, shape, addresses, ports)) return changetype<usize>(specification);
    }
    return 0;
  }
}

/** Click's hash of a source address in memory order: the first byte has some influence on all others. */
function hashSource(source: u32): u32 {
  return (source * ((source << 24) | 1)) % <u32>i32.MAX_VALUE;
}

/**
 * Makes a flow for a packet that belongs to none.
 *
 * @param input  the specification of the packet's input; a `pass` makes no flow and must not come here
 * @returns the flow's address; 0 = there is none, and the packet is to be dropped
 */
export function makeFlow(
  table: FlowTable,
  input: InputSpec,
  map: u32,
  shape: u32,
  protocol: u8,
  addresses: u64,
  ports: u32,
  time: u64,
): usize {
  const chosen = chooseRewrite(table, input, map, shape, addresses, ports);
  if (chosen == 0 || !fitsShape(shape)) return 0;
  const flow = table.take();
  flow.addresses = addresses;
  flow.ports = ports;
  flow.replyAddresses = rotl<u64>(rewritten.addresses, 32);
  flow.replyPorts = rotl<u32>(rewritten.ports, 16);
  flow.map = <u16>map;
  flow.protocol = protocol;
  flow.output = <u16>changetype<InputSpec>(chosen).output;
  flow.replyOutput = <u16>changetype<InputSpec>(chosen).replyOutput;
  flow.lastUsed = time;
  flow.input = changetype<usize>(input);
  setDeltas(flow, addresses, ports, shape);
  if (table.add(flow, time)) return changetype<usize>(flow);
  input.failures++;
  return 0;
}

/**
 * Rewrites the identifier. @returns address of the specification that says where the packets go; 0 = drop the packet
 */
function chooseRewrite(table: FlowTable, input: InputSpec, map: u32, shape: u32, addresses: u64, ports: u32): usize {
  if (input.kind == INPUT_DROP) return 0;
  let chosen = changetype<usize>(input);
  if (input.kind == INPUT_KEEP) {
    rewritten.addresses = addresses;
    rewritten.ports = ports;
  } else if (input.kind == INPUT_PATTERN) {
    if (!input.applyPattern(table, map, shape, addresses, ports)) chosen = 0;
  } else {
    chosen = changetype<Mapper>(input.mapper).apply(table, map, shape, addresses, ports);
  }
  if (chosen == 0) input.failures++;
  return chosen;
}

/** Whether a pattern left alone what this kind of rewriter cannot change. */
function fitsShape(shape: u32): bool {
  if (shape == SHAPE_PAIR) return rewritten.ports == 0;
  if (shape == SHAPE_SOURCE) return rewritten.ports == 0 && rewritten.addresses >> 32 == 0;
  return true;
}

/**
 * What checksums change by (RFC 1624): the sum of the complements of the old words and of the new words, and for
 * replies its negative.
 */
function setDeltas(flow: Flow, addresses: u64, ports: u32, shape: u32): void {
  const sourceSum = wordChange(<u32>addresses, <u32>rewritten.addresses);
  const addressSum = sourceSum + wordChange(<u32>(addresses >> 32), <u32>(rewritten.addresses >> 32));
  // The identifier is the only part of a ping that changes: its checksum does not cover the addresses.
  const portSum =
    shape == SHAPE_PING
      ? wordChange(ports & 0xffff, rewritten.ports & 0xffff)
      : wordChange(ports, rewritten.ports) + addressSum;
  flow.ipDelta = normalized(addressSum);
  flow.replyIpDelta = flow.ipDelta ? ~flow.ipDelta : 0;
  flow.transportDelta = normalized(portSum);
  flow.replyTransportDelta = flow.transportDelta ? ~flow.transportDelta : 0;
}

/** Folds a sum; both zeros of one's complement arithmetic become 0. */
function normalized(sum: u64): u16 {
  const folded = fold(sum);
  return folded == 0xffff ? 0 : folded;
}
