/**
 * Diagrams as WebAssembly code: a function from a packet's address to its output port.
 *
 * The graph becomes straight code. A node that several others lead to ends a block, and a branch out of that block goes
 * there, so nothing is emitted twice. Words of the packet are loaded where they are first needed and kept in locals.
 */
import type binaryen from "binaryen";
import type { Diagram, Leaf, Split } from "./diagram.ts";
import { Base, type Field, type ValueRange } from "./fields.ts";
import type { Forest, Grove } from "./forest.ts";
import type { PredicateRules } from "./lengths.ts";

type Expression = binaryen.ExpressionRef;

/** Offsets of `Packet`'s fields in guest memory. */
const DATA = 0;
const LENGTH = 4;
const NETWORK_HEADER = 8;
const TRANSPORT_HEADER = 12;
const MAC_HEADER = 16;

/** Value types as binaryen numbers them; this module does not load it. */
const I32 = 2;

/** Local variables of the function; those for fields follow. */
const PACKET = 0;
const HEADERS: Record<Base, number> = {
  [Base.DATA]: 1,
  [Base.NETWORK]: 1,
  [Base.TRANSPORT]: 2,
  [Base.MAC]: 3,
  [Base.LENGTHS]: 5,
};
const END = 4;
const COUNTS = HEADERS[Base.LENGTHS];
const FIRST_FIELD = 6;

/**
 * Adds the matcher for `forest`, which must have one tree each for long and short packets, to a module whose memory is the
 * guest's. It takes a packet's address and returns an output port, or -1 to drop.
 */
export function emitMatcher(module: binaryen.Module, name: string, forest: Forest): void {
  const long = onlyTree(forest.long);
  const short = onlyTree(forest.short);
  if (long === undefined || short === undefined) throw new Error("code needs one diagram for each kind of packet");
  const shortName = `${name}$short`;
  new MatcherEmitter(module, forest, "long").emitLong(name, long, shortName);
  new MatcherEmitter(module, forest, "short").emitShort(shortName, short);
}

/** The diagram of a grove that has one tree for all rules. */
export function onlyTree(grove: Grove | undefined): Diagram | undefined {
  return grove?.results === "outputs" ? grove.trees[0]?.diagram : undefined;
}

class MatcherEmitter {
  private readonly module: binaryen.Module;
  private readonly packets: "long" | "short";
  private readonly rules: PredicateRules;
  private readonly fields: readonly Field[];
  /** How many places lead to a node. */
  private readonly references = new Map<Diagram, number>();
  /** Nodes in an order in which each comes before those it leads to. */
  private readonly order: Diagram[] = [];
  /** Fields whose locals are set whenever a node is reached. */
  private readonly available = new Map<Diagram, ReadonlySet<number>>();
  private readonly labels = new Map<Diagram, string>();

  constructor(module: binaryen.Module, { rules }: Forest, packets: "long" | "short") {
    this.module = module;
    this.packets = packets;
    this.rules = rules;
    this.fields = rules.fields;
  }

  emitLong(name: string, root: Diagram, shortName: string): void {
    const { module } = this;
    const body = this.loadHeaders();
    const short = this.tooShort();
    if (short !== undefined)
      body.push(module.if(short, module.return(module.call(shortName, [this.local(PACKET)], I32))));
    this.addFunction(name, [...body, ...this.graph(root)]);
  }

  /** The matcher for packets that are not long: counts the lengths that they reach first. */
  emitShort(name: string, root: Diagram): void {
    const { module } = this;
    const body = this.loadHeaders();
    let counts = module.i32.const(0);
    for (const { base, lengths, field } of this.rules.thresholds)
      for (const length of lengths) {
        const reached = module.i32.ge_s(this.lengthOf(base), module.i32.const(length));
        const { shift } = this.fields[field]!;
        counts = module.i32.add(counts, module.i32.shl(reached, module.i32.const(shift)));
      }
    body.push(module.local.set(COUNTS, counts));
    this.addFunction(name, [...body, ...this.graph(root)]);
  }

  private addFunction(name: string, body: Expression[]): void {
    const { module } = this;
    const locals = new Array<number>(FIRST_FIELD - 1 + this.fields.length).fill(I32);
    // binaryen's number for "no value follows" (unreachable) is 1
    module.addFunction(name, I32, I32, locals, module.block(null, [...body, module.unreachable()]));
  }

  private local(index: number): Expression {
    return this.module.local.get(index, I32);
  }

  private loadHeaders(): Expression[] {
    const { module } = this;
    const load = (offset: number): Expression => module.i32.load(offset, 4, this.local(PACKET));
    const set = module.local.set;
    const used = new Set(this.rules.thresholds.map(({ base }) => base));
    const body = [set(END, module.i32.add(load(DATA), load(LENGTH)))];
    if (used.has(Base.DATA)) body.push(set(HEADERS[Base.DATA], load(DATA)));
    if (used.has(Base.NETWORK)) body.push(set(HEADERS[Base.NETWORK], load(NETWORK_HEADER)));
    if (used.has(Base.TRANSPORT)) body.push(set(HEADERS[Base.TRANSPORT], load(TRANSPORT_HEADER)));
    if (used.has(Base.MAC)) body.push(set(HEADERS[Base.MAC], load(MAC_HEADER)));
    return body;
  }

  /** Bytes from a header to the packet's end, 0 if it is not set; for the MAC header whether it is set. */
  private lengthOf(base: Base): Expression {
    const { module } = this;
    const header = () => this.local(HEADERS[base]);
    if (base === Base.MAC) return module.i32.ne(header(), module.i32.const(0));
    const length = module.i32.sub(this.local(END), header());
    return base === Base.DATA ? length : module.select(header(), length, module.i32.const(0));
  }

  private tooShort(): Expression | undefined {
    const { module } = this;
    let short: Expression | undefined;
    for (const { base, lengths } of this.rules.thresholds) {
      const one = module.i32.lt_s(this.lengthOf(base), module.i32.const(lengths[lengths.length - 1]!));
      short = short === undefined ? one : module.i32.or(short, one);
    }
    return short;
  }

  /** Orders the nodes, counts what leads to each and finds which fields are loaded by then. */
  private analyze(root: Diagram): void {
    const finished: Diagram[] = [];
    const seen = new Set<Diagram>();
    const visit = (node: Diagram): void => {
      this.references.set(node, (this.references.get(node) ?? 0) + 1);
      if (seen.has(node)) return;
      seen.add(node);
      if (node.kind === "split") node.children.forEach(visit);
      finished.push(node);
    };
    visit(root);
    this.order.push(...finished.reverse());
    this.available.set(root, new Set());
    for (const node of this.order) {
      if (node.kind !== "split") continue;
      const then = new Set(this.available.get(node)).add(node.field);
      for (const child of node.children) {
        const before = this.available.get(child);
        this.available.set(
          child,
          before === undefined ? then : new Set([...before].filter((field) => then.has(field))),
        );
      }
    }
  }

  /** The code of the root, followed by that of each node with a label, inside the blocks that end before them. */
  private graph(root: Diagram): Expression[] {
    this.analyze(root);
    const shared = this.order.filter((node) => node.kind !== "result" && this.references.get(node)! > 1);
    shared.forEach((node, i) => {
      this.labels.set(node, `n${i}`);
    });
    let code = this.emit(root);
    for (const node of shared) code = [this.module.block(this.labels.get(node)!, code), ...this.emit(node)];
    return code;
  }

  /** Code that continues at `node`. */
  private go(node: Diagram): Expression {
    const label = this.labels.get(node);
    if (label !== undefined) return this.module.br(label);
    const code = this.emit(node);
    const [only, second] = code;
    return second === undefined ? only! : this.module.block(null, code);
  }

  private emit(node: Diagram): Expression[] {
    if (node.kind === "result") return [this.return(node.output)];
    return node.kind === "leaf" ? this.leaf(node) : this.split(node);
  }

  private return(output: number): Expression {
    return this.module.return(this.module.i32.const(output));
  }

  private split(node: Split): Expression[] {
    const code = this.available.get(node)!.has(node.field) ? [] : this.load(node.field);
    code.push(this.search(node, 0, node.children.length));
    return code;
  }

  /** Finds the child among `from` to `to - 1` by halving. */
  private search(node: Split, from: number, to: number): Expression {
    const { module } = this;
    if (to - from === 1) return this.go(node.children[from]!);
    const [below, at, above] = node.children.slice(from, to);
    // one value apart from all others around it: a test for equality is enough
    if (to - from === 3 && below === above && node.starts[from + 2]! - node.starts[from + 1]! === 1) {
      const equal = module.i32.eq(this.word(node.field), this.value(node.field, node.starts[from + 1]!));
      return module.if(equal, this.go(at!), this.go(below!));
    }
    const middle = (from + to) >> 1;
    const less = module.i32.lt_u(this.word(node.field), this.value(node.field, node.starts[middle]!));
    return module.if(less, this.search(node, from, middle), this.search(node, middle, to));
  }

  private leaf(leaf: Leaf): Expression[] {
    const loaded = new Set(this.available.get(leaf));
    const code: Expression[] = [];
    for (const { output, predicate } of leaf.entries) {
      const ranges = this.rangesOf(predicate, loaded);
      let test = this.return(output);
      for (let i = ranges.length - 1; i >= 0; i--) {
        const range = ranges[i]!;
        test = this.module.if(this.inRange(range), test);
        if (loaded.has(range.field)) continue;
        if (i > 0) test = this.module.block(null, [...this.load(range.field), test]);
        else code.push(...this.load(range.field));
      }
      // what the rule's first test loads is there for the rules after it; the rest may have been skipped
      if (ranges.length > 0) loaded.add(ranges[0]!.field);
      code.push(test);
    }
    code.push(this.return(leaf.otherwise));
    return code;
  }

  /** The ranges of a conjunction: fields at hand first, then those that let least through. */
  private rangesOf(predicate: number, loaded: ReadonlySet<number>): ValueRange[] {
    const { predicates } = this.rules;
    const whole = predicates.get(predicate);
    const terms = whole.kind === "and" ? whole.terms.map((term) => predicates.get(term)) : [whole];
    const ranges = terms.map((term): ValueRange => {
      if (term.kind !== "values" || term.ranges.length !== 2)
        throw new Error("a leaf holds conjunctions of ranges only");
      return { field: term.field, low: term.ranges[0]!, high: term.ranges[1]! };
    });
    const share = ({ field, low, high }: ValueRange): number => (high - low + 1) / (predicates.maximum(field) + 1);
    const rank = (range: ValueRange): number => share(range) + (loaded.has(range.field) ? 0 : 1);
    return ranges.sort((a, b) => rank(a) - rank(b));
  }

  private inRange({ field, low, high }: ValueRange): Expression {
    const { i32 } = this.module;
    if (low === high) return i32.eq(this.word(field), this.value(field, low));
    if (low === 0) return i32.le_u(this.word(field), this.value(field, high));
    if (high === this.rules.predicates.maximum(field)) return i32.ge_u(this.word(field), this.value(field, low));
    return i32.le_u(i32.sub(this.word(field), this.value(field, low)), this.value(field, high - low));
  }

  private word(field: number): Expression {
    return this.local(FIRST_FIELD + field);
  }

  /** A field's value as its local holds it. */
  private value(field: number, value: number): Expression {
    const { shift } = narrowest(this.fields[field]!);
    return this.module.i32.const((value << shift) | 0);
  }

  /** Loads the bytes that a field's mask touches, and sets its local. */
  private load(index: number): Expression[] {
    const { module } = this;
    const { i32 } = module;
    const field = this.fields[index]!;
    const local = FIRST_FIELD + index;
    if (field.base === Base.LENGTHS)
      return [module.local.set(local, i32.and(this.local(COUNTS), i32.const(field.mask | 0)))];
    const { bytes, first, mask } = narrowest(field);
    const word = (): Expression => this.local(local);
    const offset = field.offset + first;
    const header = (): Expression => this.local(HEADERS[field.base]);
    const address = (): Expression => (offset < 0 ? i32.add(header(), i32.const(offset)) : header());
    const at = Math.max(offset, 0);
    /** In a short packet the bytes may lie outside of the memory; then they decide nothing. */
    const guarded = (load: Expression): Expression => {
      if (this.packets === "long") return load;
      const last = i32.sub(i32.shl(module.memory.size(), i32.const(16)), i32.const(4));
      return module.if(i32.le_u(i32.add(header(), i32.const(offset)), last), load, i32.const(0));
    };
    const masked = (value: Expression, all: number): Expression =>
      mask === all ? value : i32.and(value, i32.const(mask | 0));
    if (bytes === 1) return [module.local.set(local, masked(guarded(i32.load8_u(at, 1, address())), 0xff))];
    if (bytes === 2) {
      const swapped = i32.or(i32.shl(i32.and(word(), i32.const(0xff)), i32.const(8)), i32.shr_u(word(), i32.const(8)));
      return [
        module.local.set(local, guarded(i32.load16_u(at, 1, address()))),
        module.local.set(local, masked(swapped, 0xffff)),
      ];
    }
    const swapped = i32.or(
      i32.and(i32.rotl(word(), i32.const(8)), i32.const(0x00ff00ff)),
      i32.and(i32.rotl(word(), i32.const(24)), i32.const(0xff00ff00 | 0)),
    );
    return [
      module.local.set(local, guarded(i32.load(at, 1, address()))),
      module.local.set(local, masked(swapped, 0xffffffff)),
    ];
  }
}

/** The least that has to be loaded for a field: one byte, an aligned pair, or the whole word. */
function narrowest({ base, mask, shift }: Field): { bytes: 1 | 2 | 4; first: number; mask: number; shift: number } {
  if (base === Base.LENGTHS) return { bytes: 4, first: 0, mask, shift };
  for (let first = 0; first < 4; first++) {
    const right = 24 - 8 * first;
    if ((mask & ~(0xff << right)) === 0) return { bytes: 1, first, mask: mask >>> right, shift: shift - right };
  }
  if ((mask & 0xffff) === 0) return { bytes: 2, first: 0, mask: mask >>> 16, shift: shift - 16 };
  if ((mask & 0xffff0000) === 0) return { bytes: 2, first: 2, mask, shift };
  return { bytes: 4, first: 0, mask, shift };
}
