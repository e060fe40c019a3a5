/** One test of an IP pattern: its parts as written, the checks that they go together, and its condition. */
import { type ConditionBuilder, MAC_BASE, NETWORK_BASE, TRANSPORT_BASE } from "./condition.ts";
import {
  type Direction,
  fieldBitLength,
  fieldBitOffset,
  fieldProtocol,
  isField,
  Kind,
  NO_PROTOCOL,
  protocolText,
  subjectText,
  TOS,
} from "./ipSubject.ts";
import { PROTOCOL_DCCP, PROTOCOL_TCP, PROTOCOL_TCP_OR_UDP, PROTOCOL_UDP } from "./protocols.ts";

const PROTOCOL_WORD = NETWORK_BASE + 8;
const FRAGMENT_WORD = NETWORK_BASE + 4;
const FRAGMENT_OFFSET = 0x1fff;
const FRAGMENT_OFFSET_AND_MORE = 0x3fff;
const SOURCE_ADDRESS = NETWORK_BASE + 12;
const DESTINATION_ADDRESS = NETWORK_BASE + 16;
const TCP_FLAGS_WORD = TRANSPORT_BASE + 12;
const ECN_BITS = 3;

export interface Reporter {
  error(text: string): void;
  warning(text: string): void;
}

/** A mask given with `&`. */
export interface Mask {
  readonly kind: typeof Kind.NUMBER | typeof Kind.HOST | typeof Kind.ETHER;
  readonly bits: number;
  readonly bytes: readonly number[];
}

const VALID = true;
const INVALID = false;

export class IpTest {
  kind: number = Kind.NONE;
  /** What the value is, when there is one. */
  valueKind: number = Kind.NONE;
  operator: "=" | ">" | "<" = "=";
  negated = false;
  direction: Direction | undefined;
  protocol = NO_PROTOCOL;
  value = 0;
  mask = 0;
  bytes: readonly number[] = [];
  byteMask: readonly number[] = [];

  setKind(kind: number, report: Reporter): void {
    if (this.kind !== Kind.NONE) report.error("type specified twice");
    this.kind = kind;
  }

  setDirection(direction: Direction, report: Reporter): void {
    if (this.direction !== undefined) report.error("'src' or 'dst' specified twice");
    this.direction = direction;
  }

  setProtocol(protocol: number, report: Reporter): void {
    if (this.protocol !== NO_PROTOCOL && this.protocol !== protocol) report.error("transport protocol specified twice");
    this.protocol = protocol;
  }

  /**
   * Completes the test with what it inherits from the one before, and checks it.
   *
   * @returns whether the test is usable; if not, the reason has been reported
   */
  check(before: IpTest, layer: "ip" | "ether" | undefined, mask: Mask | undefined, report: Reporter): boolean {
    const written = this.direction;
    if (this.kind < 0) return INVALID;
    if (this.kind === Kind.NONE && !this.inherit(before, report)) return INVALID;
    const ether = layer === "ether" || (layer === undefined && this.valueKind === Kind.ETHER);
    if (ether && this.kind === Kind.HOST) this.kind = Kind.ETHER;
    if (!this.checkValue(ether, mask, report)) return INVALID;

    if (this.kind === Kind.HOST || this.kind === Kind.PORT || this.kind === Kind.ETHER) this.direction ??= "src or dst";
    else if (written !== undefined) report.warning(`'${this.subject()}': 'src' or 'dst' ignored`);
    return VALID;
  }

  private inherit(before: IpTest, report: Reporter): boolean {
    if (this.valueKind === Kind.NUMBER) {
      if (!isField(before.kind) && before.kind !== Kind.PROTOCOL && before.kind !== Kind.PORT) {
        report.error("specify header field or 'port'");
        return INVALID;
      }
      this.valueKind = before.kind;
    }
    switch (this.valueKind) {
      case Kind.PORT:
        if (this.protocol === NO_PROTOCOL) this.protocol = before.protocol;
        break;
      case Kind.HOST:
      case Kind.NET:
      case Kind.TCP_FLAG:
      case Kind.ETHER:
        break;
      case Kind.PROTOCOL:
        this.kind = Kind.PROTOCOL;
        return VALID;
      case Kind.NONE:
        if (this.protocol === NO_PROTOCOL) {
          report.error("partial directive");
          return INVALID;
        }
        this.kind = Kind.PROTOCOL;
        return VALID;
      default:
        this.kind = this.valueKind;
        if (fieldProtocol(this.kind) !== 0 && this.protocol === NO_PROTOCOL) this.protocol = fieldProtocol(this.kind);
        return VALID;
    }
    this.kind = this.valueKind;
    this.direction ??= before.direction;
    return VALID;
  }

  private checkValue(ether: boolean, mask: Mask | undefined, report: Reporter): boolean {
    const fail = (problem: string): boolean => {
      report.error(`'${this.subject()}': ${problem}`);
      return INVALID;
    };
    const numberMask = mask === undefined || mask.kind === Kind.NUMBER;
    const bits = mask === undefined ? 0 : maskInMemory(mask);

    if (this.kind === Kind.HOST || this.kind === Kind.NET) {
      if (ether || this.valueKind !== this.kind) return fail("address missing");
      if (this.operator !== "=") return fail("operator not supported");
      if (this.kind === Kind.HOST) this.mask = 0xffffffff;
      this.kind = Kind.HOST;
      if (mask?.kind === Kind.ETHER) return fail("bad mask");
      // a plain number is taken as the address's bytes in memory, the lowest first
      if (mask !== undefined) this.mask = mask.kind === Kind.NUMBER ? reversedBytes(mask.bits) : mask.bits;
      return VALID;
    }
    if (this.kind === Kind.ETHER) {
      if (!ether || this.valueKind !== Kind.ETHER) return fail("address missing");
      if (this.operator !== "=") return fail("operator not supported");
      if (mask !== undefined && mask.kind !== Kind.ETHER) return fail("bad mask");
      this.byteMask = mask?.bytes ?? [255, 255, 255, 255, 255, 255];
      return VALID;
    }
    if (ether) return fail("ip only");

    switch (this.kind) {
      case Kind.PROTOCOL: {
        if (this.valueKind === Kind.NUMBER || this.valueKind === Kind.PROTOCOL) {
          if (this.protocol !== NO_PROTOCOL && this.protocol !== this.value) return fail("specified twice");
          this.valueKind = Kind.NONE;
        } else this.value = this.protocol;
        this.protocol = NO_PROTOCOL;
        if (this.valueKind !== Kind.NONE || this.value === NO_PROTOCOL) return fail("value missing");
        if (this.value >= 256) {
          if (this.operator !== "=" || mask !== undefined) {
            report.error(`'${protocolText(this.value)}': operator or mask not supported`);
            return INVALID;
          }
          this.mask = 0xff;
        } else if (!numberMask) return fail("bad mask");
        else if (!this.setMask(0xff, bits, report)) return INVALID;
        if (this.operator === "=" && this.mask === 0xff && !this.negated) this.protocol = this.value;
        return VALID;
      }
      case Kind.PORT:
        if (this.valueKind === Kind.NUMBER) this.valueKind = Kind.PORT;
        if (this.valueKind !== Kind.PORT) return fail("value missing");
        if (this.protocol === NO_PROTOCOL) this.protocol = PROTOCOL_TCP_OR_UDP;
        else if (!PROTOCOLS_WITH_PORTS.has(this.protocol)) {
          report.error(`'port': bad protocol ${this.protocol}`);
          return INVALID;
        } else if (!numberMask) return fail("bad mask");
        return this.setMask(0xffff, bits, report);
      case Kind.TCP_FLAG:
        if (this.valueKind === Kind.NUMBER) this.valueKind = Kind.TCP_FLAG;
        if (this.valueKind !== Kind.TCP_FLAG) return fail("value missing");
        if (this.protocol === NO_PROTOCOL) this.protocol = PROTOCOL_TCP;
        else if (this.protocol !== PROTOCOL_TCP) {
          report.error(`'tcp opt': bad protocol ${this.protocol}`);
          return INVALID;
        }
        if (this.operator !== "=" || this.negated || mask !== undefined) return fail("operator or mask not supported");
        if (this.value < 0 || this.value > 255) {
          report.error(`'tcp opt': value ${this.value} out of range`);
          return INVALID;
        }
        this.mask = this.value;
        return VALID;
      case Kind.ECN:
        if (this.valueKind !== Kind.NONE && this.valueKind !== Kind.NUMBER) return fail("value missing");
        if (this.valueKind === Kind.NONE) {
          this.value = 0;
          this.negated = true;
        } else if (!numberMask) return fail("bad mask");
        if (!this.setMask(ECN_BITS, bits, report)) return INVALID;
        this.kind = TOS;
        return VALID;
      case Kind.CONGESTED:
        if (this.valueKind !== Kind.NONE || mask !== undefined) return fail("value not supported");
        this.mask = ECN_BITS;
        this.value = ECN_BITS;
        this.kind = TOS;
        return VALID;
      case Kind.FRAGMENT:
      case Kind.UNFRAGMENTED:
        if (this.valueKind !== Kind.NONE || mask !== undefined) return fail("value not supported");
        if (this.kind === Kind.UNFRAGMENTED) this.negated = true;
        this.kind = Kind.FRAGMENT;
        return VALID;
      default: {
        if (this.valueKind !== Kind.NUMBER && this.valueKind !== this.kind) return fail("value missing");
        if (!numberMask) return fail("bad mask");
        const length = fieldBitLength(this.kind);
        return this.setMask(length === 32 ? 0xffffffff : 2 ** length - 1, bits, report);
      }
    }
  }

  /** Sets the mask, and rewrites a relation so that only `=` and `>` remain. */
  private setMask(full: number, given: number, report: Reporter): boolean {
    const mask = given === 0 ? full : given;
    const value = this.value >>> 0;
    if ((mask & ~full) !== 0) {
      report.error(`'${this.subject()}': mask out of range, bound 0x${full.toString(16).toUpperCase()}`);
      return INVALID;
    }
    if (this.operator === "=") {
      if (value > full) {
        report.error(`'${this.subject()}': out of range, bound ${full}`);
        return INVALID;
      }
      this.mask = mask;
      return VALID;
    }
    const beyond = this.operator === "<" && value > mask;
    if (beyond || (this.operator === "<" ? value === 0 : value >= mask)) {
      const holds = beyond ? !this.negated : this.negated;
      report.warning(`relation '${this.relation()} ${value}' is always ${holds} (range 0-${mask})`);
      this.value = 0;
      this.mask = 0;
      this.negated = !holds;
      this.operator = "=";
      return VALID;
    }
    // x < N is not x > N - 1
    if (this.operator === "<") {
      this.negated = !this.negated;
      this.operator = ">";
      this.value = value - 1;
    }
    this.mask = mask;
    this.value = this.boundWithinMask(this.value >>> 0, full);
    return VALID;
  }

  /** The bound in the mask's bits only: `x & 5 > 2` is `x & 5 > 1`. */
  private boundWithinMask(bound: number, full: number): number {
    const missing = (bound & ~this.mask & full) >>> 0;
    if (missing === 0) return bound & this.mask;
    // with only the lowest bit missing the shift is by 32, which leaves all bits set, here as in Click on x86
    const lower = 0xffffffff >>> (Math.clz32(missing) + 1);
    return ((bound | lower) & this.mask) >>> 0;
  }

  private relation(): string {
    if (this.operator === ">") return this.negated ? "<=" : ">";
    return this.negated ? ">=" : "<";
  }

  private subject(): string {
    return subjectText(this.direction, this.kind);
  }

  /** Adds the test's condition to `builder`. */
  addTo(builder: ConditionBuilder): void {
    builder.open();
    if (this.protocol !== NO_PROTOCOL) addProtocol(builder, this.protocol);
    // the transport header is in the first fragment only
    if (
      this.kind === Kind.PORT ||
      this.kind === Kind.TCP_FLAG ||
      (isField(this.kind) && fieldProtocol(this.kind) !== 0)
    )
      builder.compare(FRAGMENT_WORD, FRAGMENT_OFFSET, 0);

    switch (this.kind) {
      case Kind.HOST:
        this.addEnds(builder, (end) => {
          builder.compare(end === "src" ? SOURCE_ADDRESS : DESTINATION_ADDRESS, this.mask, this.value);
        });
        break;
      case Kind.ETHER:
        this.addEnds(builder, (end) => this.addEther(builder, end));
        break;
      case Kind.PORT:
        this.addEnds(builder, (end) => this.addRelation(builder, TRANSPORT_BASE, end === "src" ? 16 : 0));
        break;
      case Kind.PROTOCOL:
        if (this.protocol < 256) {
          this.addRelation(builder, PROTOCOL_WORD, 16);
          if (this.negated) builder.negateLast("keep");
        }
        break;
      case Kind.FRAGMENT:
        builder.compare(FRAGMENT_WORD, FRAGMENT_OFFSET_AND_MORE, 0);
        if (!this.negated) builder.negateLast("keep");
        break;
      case Kind.TCP_FLAG:
        builder.compare(TCP_FLAGS_WORD, this.mask << 16, this.value << 16);
        break;
      default: {
        const offset = fieldBitOffset(this.kind);
        const base = fieldProtocol(this.kind) === 0 ? NETWORK_BASE : TRANSPORT_BASE;
        this.addRelation(builder, base + ((offset >> 3) & ~3), 32 - ((offset & 31) + fieldBitLength(this.kind)));
        if (this.negated) builder.negateLast("keep");
      }
    }
    builder.close("and");
  }

  private addEnds(builder: ConditionBuilder, add: (end: "src" | "dst") => void): void {
    builder.open();
    if (this.direction !== "dst") add("src");
    if (this.direction !== "src") add("dst");
    builder.close(this.direction === "src or dst" ? "or" : "and");
    if (this.negated) builder.negateLast("keep");
  }

  private addEther(builder: ConditionBuilder, end: "src" | "dst"): void {
    // the header starts at 2, so the destination takes bytes 2 to 7 and the source 8 to 13
    const first = MAC_BASE + (end === "src" ? 8 : 2);
    builder.open();
    for (let word = first & ~3; word < first + 6; word += 4) {
      const at = (bytes: readonly number[]): number =>
        [0, 1, 2, 3].reduce((bits, i) => (bits << 8) | (bytes[word + i - first] ?? 0), 0);
      builder.compare(word, at(this.byteMask), at(this.bytes));
    }
    builder.close("and");
  }

  /** Adds `field = value` or `field > value`, without the test's own negation. */
  private addRelation(builder: ConditionBuilder, offset: number, shift: number): void {
    if (this.operator === "=") builder.compare(offset, this.mask << shift, this.value << shift);
    else addGreater(builder, offset, shift, this.mask >>> 0, (this.value & this.mask) >>> 0);
  }
}

const PROTOCOLS_WITH_PORTS = new Set([PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_TCP_OR_UDP, PROTOCOL_DCCP]);

function addProtocol(builder: ConditionBuilder, protocol: number): void {
  if (protocol < 256) builder.compare(PROTOCOL_WORD, 0xff << 16, protocol << 16);
  if (protocol !== PROTOCOL_TCP_OR_UDP) return; // the other pseudo protocols stand for any
  builder.open();
  builder.compare(PROTOCOL_WORD, 0xff << 16, PROTOCOL_TCP << 16);
  builder.compare(PROTOCOL_WORD, 0xff << 16, PROTOCOL_UDP << 16);
  builder.close("or");
}

/**
 * Adds `field & mask > bound` as comparisons with masks, from the highest bits down. Bits that are 0 at the top of the
 * bound: the field is greater if any of them is set, or else if its lower bits are greater. Bits that are 1: the field is
 * greater only if all of them are set and its lower bits are greater, counting the last one of the run as a lower bit.
 */
function addGreater(builder: ConditionBuilder, offset: number, shift: number, mask: number, bound: number): void {
  const combiners: ("and" | "or")[] = [];
  let restMask = mask;
  let rest = bound;
  while (rest < restMask) {
    const ones = rest > restMask >>> 1;
    const differing = (ones ? ~(rest + 1) & restMask : rest) >>> 0;
    const lower = differing === 0 ? 0 : 2 ** (32 - Math.clz32(differing)) - 1;
    const upper = (restMask & ~lower) >>> 0;
    builder.open();
    builder.compare(offset, upper << shift, ones ? upper << shift : 0);
    if (!ones) builder.negateLast("keep");
    combiners.push(ones ? "and" : "or");
    restMask = (restMask & ~upper) >>> 0;
    rest = (rest & restMask) >>> 0;
  }
  const greater = { offset, mask: (mask << shift) >>> 0, bound: (bound << shift) >>> 0 };
  for (let i = combiners.length - 1; i >= 0; i--) builder.close(combiners[i]!, i === 0 ? greater : undefined);
}

/** An address given as the mask of a number counts as its bytes in memory, the lowest first, as a number does for an address. */
function maskInMemory(mask: Mask): number {
  if (mask.kind === Kind.NUMBER) return mask.bits;
  if (mask.kind === Kind.HOST) return reversedBytes(mask.bits);
  return [3, 2, 1, 0].reduce((bits, i) => (bits << 8) | (mask.bytes[i] ?? 0), 0) >>> 0;
}

function reversedBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
