/**
 * Dynamic dispatch, for a guest that is not linked yet: `emit` and `fetch` find the neighbour in the element's port tables, tasks and
 * timers their element's method in its class. Slower than a linked image, but ready at once.
 */
import { kill, Packet } from "./packet";

/** One entry of a port table: the function's place in the module's table, the neighbour, and its port. */
@unmanaged
export class PortEntry {
  method: u32;
  element: usize;
  port: i32;
}

/** The first words of every element; see Element. */
@unmanaged
export class ElementHead {
  outputTable: usize;
  inputTable: usize;
  nOutputs: i32;
  nInputs: i32;
  id: i32;
  taskMethod: u32;
  timerMethod: u32;
  pullInputs: u32;
  pullOutputs: u32;
}

export function dispatchEmit(element: usize, port: i32, p: Packet): void {
  const head = changetype<ElementHead>(element);
  if (<u32>port >= <u32>head.nOutputs) {
    kill(p);
    return;
  }
  const entry = changetype<PortEntry>(head.outputTable + <usize>port * offsetof<PortEntry>());
  if (entry.method == 0) {
    kill(p);
    return;
  }
  call_indirect<void>(entry.method, entry.element, entry.port, p);
}

export function dispatchFetch(element: usize, port: i32): Packet | null {
  const head = changetype<ElementHead>(element);
  if (<u32>port >= <u32>head.nInputs) return null;
  const entry = changetype<PortEntry>(head.inputTable + <usize>port * offsetof<PortEntry>());
  if (entry.method == 0) return null;
  return changetype<Packet | null>(call_indirect<usize>(entry.method, entry.element, entry.port));
}

export function dispatchRunTask(element: usize): bool {
  return call_indirect<bool>(changetype<ElementHead>(element).taskMethod, element);
}

export function dispatchOnTimer(element: usize, timer: usize): void {
  call_indirect<void>(changetype<ElementHead>(element).timerMethod, element, timer);
}
