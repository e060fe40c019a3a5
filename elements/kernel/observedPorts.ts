/**
 * Port tables that lead past an observer: while packets are observed, each entry names a function of this file, which notes the packet and then calls what
 * the entry named before. So dispatch costs nothing more while nobody looks.
 */
import { ElementHead, PortEntry } from "./dispatch";
import { noteEmission, noteReturn } from "./observe";
import { Packet } from "./packet";
import { allocate, release } from "./state";

/** What an entry of a port table was, and which connection it is of: `from`'s output port to `to`. It takes the element's place in the entry. */
@unmanaged
class Edge extends PortEntry {
  from: usize;
  fromPort: i32;
  to: usize;
}

function observedPush(address: usize, port: i32, p: Packet): void {
  const edge = changetype<Edge>(address);
  const number = noteEmission(edge.from, edge.fromPort, edge.to, p);
  call_indirect<void>(edge.method, edge.element, port, p);
  if (number != 0) noteReturn(edge.to, p, number);
}

function observedPull(address: usize, port: i32): Packet | null {
  const edge = changetype<Edge>(address);
  const p = changetype<Packet | null>(call_indirect<usize>(edge.method, edge.element, port));
  if (p) noteEmission(edge.from, edge.fromPort, edge.to, p);
  return p;
}

/** Has an element's connected ports observed. */
export function observePorts(element: usize): void {
  const head = changetype<ElementHead>(element);
  for (let port = 0; port < head.nOutputs; port++) {
    const entry = entryAt(head.outputTable, port);
    if (entry.method) observe(entry, observedPush.index, element, port, entry.element);
  }
  for (let port = 0; port < head.nInputs; port++) {
    const entry = entryAt(head.inputTable, port);
    if (entry.method) observe(entry, observedPull.index, entry.element, entry.port, element);
  }
}

/** Puts an element's port tables back to what they were. */
export function releasePorts(element: usize): void {
  const head = changetype<ElementHead>(element);
  for (let port = 0; port < head.nOutputs; port++) restore(entryAt(head.outputTable, port), observedPush.index);
  for (let port = 0; port < head.nInputs; port++) restore(entryAt(head.inputTable, port), observedPull.index);
}

@inline
function entryAt(table: usize, port: i32): PortEntry {
  return changetype<PortEntry>(table + <usize>port * offsetof<PortEntry>());
}

function observe(entry: PortEntry, method: u32, from: usize, fromPort: i32, to: usize): void {
  const edge = changetype<Edge>(allocate(offsetof<Edge>()));
  edge.method = entry.method;
  edge.element = entry.element;
  edge.port = entry.port;
  edge.from = from;
  edge.fromPort = fromPort;
  edge.to = to;
  entry.method = method;
  entry.element = changetype<usize>(edge);
}

function restore(entry: PortEntry, method: u32): void {
  if (entry.method != method) return;
  const edge = changetype<Edge>(entry.element);
  entry.method = edge.method;
  entry.element = edge.element;
  release(changetype<usize>(edge), offsetof<Edge>());
}
