import { now, recentNow, SECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";
import { Text } from "../kernel/text";
import { Timer } from "../kernel/timer";
import { hasIp4Header, ip4, transportBytes } from "../net/ip4";
import { Flow, Lifetimes } from "./flow";
import { expiryOf, FlowTable } from "./flowTable";
import { INPUT_PASS, INPUT_SPEC_SIZE, InputSpec } from "./inputSpec";

/** Flows in the table when MAPPING_CAPACITY does not say: of transport protocols, and of hosts. A flow takes 100 bytes. */
export const DEFAULT_FLOWS: u32 = 16384;
export const DEFAULT_HOST_FLOWS: u32 = 4096;
/** MAPPING_CAPACITY does not say. */
const NO_CAPACITY: u32 = u32.MAX_VALUE;
/** Flows that the collector looks at before it lets packets go on, and the pause until it continues. */
const REAP_STEPS: u32 = 1024;
const REAP_PAUSE: u64 = 1_000_000;

/** What all rewriters have: input specifications, a table of flows, a collector of old ones, and handlers. */
export abstract class IPRewriterBase extends Element {
  /** Remove flows that have expired every so many seconds; 0 = only when the table is full. */
  @arg("REAP_INTERVAL seconds") @arg("REAP_TIME seconds deprecated") reapInterval: u32 = 900;

  /** The table; the host puts another rewriter's here. */
  @constant table: FlowTable = new FlowTable();
  @constant sharesTable: bool = false;
  /** MAPPING_CAPACITY, if it is a number. */
  @constant capacity: u32 = NO_CAPACITY;
  /** Input specifications, one an input. */
  @constant inputs: usize = 0;
  /** What annotations to set (rewrite.ts). */
  @constant annotations: u32 = 0;
  /** Number of this rewriter's first map; even. */
  @constant map: u32 = 0;
  @constant lifetimes: usize = 0;
  protected timer: Timer = new Timer(this);

  /** Sets the table up; `setLifetimes` follows. @returns the number of this rewriter's first map */
  protected start(defaultCapacity: u32): u32 {
    if (!this.sharesTable) this.table.reserve(this.capacity == NO_CAPACITY ? defaultCapacity : this.capacity);
    this.lifetimes = allocate(2 * offsetof<Lifetimes>());
    for (let i = 0; i < this.nInputs; i++) this.inputAt(i).setLifetimes(this.lifetimes);
    if (this.reapInterval) this.timer.scheduleAfter(<u64>this.reapInterval * SECOND);
    return this.table.join();
  }

  /** How long flows of the first (0) or second (1) map live, in seconds. */
  protected setLifetimes(second: usize, guarantee: u32, idle: u32, established: u32, done: u32): void {
    const lifetimes = changetype<Lifetimes>(this.lifetimes + second * offsetof<Lifetimes>());
    lifetimes.guarantee = <u64>guarantee * SECOND;
    lifetimes.idle = <u64>idle * SECOND;
    lifetimes.established = <u64>established * SECOND;
    lifetimes.done = <u64>done * SECOND;
  }

  cleanup(): void {
    if (this.lifetimes == 0) return;
    this.table.leave(this.map);
    release(this.lifetimes, 2 * offsetof<Lifetimes>());
    this.lifetimes = 0;
  }

  /** Takes over the flows of an old instance whose inputs have not changed. */
  protected adoptFlows(old: IPRewriterBase): void {
    const inputs = min(this.nInputs, old.nInputs);
    for (let i = 0; i < inputs; i++) {
      if (this.inputAt(i).isLike(old.inputAt(i))) this.inputAt(i).continueFrom(old.inputAt(i));
    }
    const time = now();
    for (let at = old.table.firstFlow(); at != 0; at = old.table.flowAfter(at)) {
      const flow = changetype<Flow>(at);
      const input = changetype<InputSpec>(flow.input);
      if ((<u32>flow.map & ~1) != old.map || <i32>input.input >= inputs) continue;
      const mine = this.inputAt(input.input);
      if (!mine.isLike(input)) continue;
      this.table.move(old.table, flow, <u16>(this.map | (<u32>flow.map & 1)), changetype<usize>(mine), time);
    }
  }

  @inline
  protected inputAt(port: i32): InputSpec {
    return changetype<InputSpec>(this.inputs + <usize>port * INPUT_SPEC_SIZE);
  }

  /** Where a packet goes that is not rewritten: the output of a `pass` input; -1 = drop it. */
  @inline
  protected passOutput(port: i32): i32 {
    const input = this.inputAt(port);
    return input.kind == INPUT_PASS ? input.output : -1;
  }

  /** Removes old flows, a part at a time. */
  onTimer(timer: Timer): void {
    if (!this.table.reap(recentNow(), REAP_STEPS)) timer.scheduleAfter(REAP_PAUSE);
    else if (this.reapInterval) timer.scheduleAfter(<u64>this.reapInterval * SECOND);
  }

  /** The sum of one count over all inputs. */
  private total(offset: usize): u32 {
    let sum: u32 = 0;
    for (let i = 0; i < this.nInputs; i++) sum += load<u32>(changetype<usize>(this.inputAt(i)) + offset);
    return sum;
  }

  /** Flows that this rewriter made. */
  @read("table_size")
  tableSize(out: Text): void {
    out.unsigned(this.total(offsetof<InputSpec>("count")));
  }

  /** Old name of `table_size`. */
  @read("nmappings", "D")
  nmappings(out: Text): void {
    this.tableSize(out);
  }

  /** Packets dropped because no flow could be made for them: the range was exhausted or the table full. */
  @read("mapping_failures")
  mappingFailures(out: Text): void {
    out.unsigned(this.total(offsetof<InputSpec>("failures")));
  }

  /** Flows in the table, which several rewriters may share. */
  @read("size")
  size(out: Text): void {
    out.unsigned(this.table.size);
  }

  /** `capacity`, with the text already read. */
  @method
  setCapacity(capacity: u32): void {
    this.table.setCapacity(capacity, now());
  }

  @method
  tableCapacity(): u32 {
    return this.table.capacity;
  }

  /** Removes all flows from the table. */
  @write("clear")
  clear(): void {
    this.table.clear();
  }

  /** Removes the flows that an input made. The host calls it before it writes another specification. */
  @method
  removeFlowsOf(port: i32): void {
    this.table.removeFlowsOf(changetype<usize>(this.inputAt(port)));
  }

  /** Puts into a new specification what the host does not know. */
  @method
  inputReplaced(port: i32): void {
    this.inputAt(port).setLifetimes(this.lifetimes);
  }

  /** Looks an identifier up. @returns address of the flow plus direction; 0 = none */
  @method
  lookUp(addresses: u64, ports: u32, second: u32): usize {
    return this.table.find(addresses, ports, this.map + second);
  }

  /** A line for each direction of each flow of a map, in `form`. */
  protected printMap(out: Text, second: u32, form: u32): void {
    const time = now();
    for (let at = this.table.firstFlow(); at != 0; at = this.table.flowAfter(at)) {
      const flow = changetype<Flow>(at);
      if (<u32>flow.map != this.map + second) continue;
      for (let direction: usize = 0; direction < 2; direction++) {
        if (!this.table.hasDirection(flow, direction)) continue;
        printIdentifiers(out, flow, direction, form);
        printPorts(out, flow, direction, time);
      }
    }
  }
}

/** How `printMap` writes identifiers: with ports, addresses only, source address only, or with the ICMP identifier. */
export const FORM_PORTS: u32 = 0;
export const FORM_PAIR: u32 = 1;
export const FORM_SOURCE: u32 = 2;
export const FORM_PING: u32 = 3;

function printIdentifiers(out: Text, flow: Flow, direction: usize, form: u32): void {
  if (form == FORM_SOURCE) {
    out.ipAddress(<u32>flow.addressesOf(direction)).put(" => ").ipAddress(<u32>flow.newAddressesOf(direction));
    return;
  }
  printIdentifier(out, flow.addressesOf(direction), flow.portsOf(direction), form);
  out.put(" => ");
  printIdentifier(out, flow.newAddressesOf(direction), flow.newPortsOf(direction), form);
}

function printIdentifier(out: Text, addresses: u64, ports: u32, form: u32): void {
  out.byte(0x28).ipAddress(<u32>addresses);
  if (form == FORM_PORTS) out.put(", ").unsigned(bswap<u16>(<u16>ports));
  out.put(", ").ipAddress(<u32>(addresses >> 32));
  if (form == FORM_PORTS) out.put(", ").unsigned(bswap<u16>(<u16>(ports >> 16)));
  if (form == FORM_PING) out.put(", ").unsigned(bswap<u16>(<u16>ports));
  out.byte(0x29);
}

/** ` [*OUT REPLYOUT] iINPUT expSECONDS`, the star at this direction's output. */
function printPorts(out: Text, flow: Flow, direction: usize, time: u64): void {
  out.put(direction ? " [" : " [*").unsigned(flow.output).put(direction ? " *" : " ").unsigned(flow.replyOutput);
  out.put("] i").unsigned(changetype<InputSpec>(flow.input).input).put(" exp");
  // Rounded to seconds; time since the end counts as in 32 bits of milliseconds.
  const left = <u32>(expiryOf(flow) / 1_000_000 + 500 - time / 1_000_000);
  out.unsigned(left / 1000).newline();
}

/** Whether a packet is the first fragment of an IPv4 packet with at least `bytes` of its transport header. */
@inline
export function isFirstFragmentWith(p: Packet, bytes: u32): bool {
  return hasIp4Header(p) && ip4(p).isFirstFragment && transportBytes(p) >= bytes;
}
