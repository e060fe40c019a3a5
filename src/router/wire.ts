/** Puts the graph into guest memory: the port tables that dynamic dispatch follows. The linker reads the same graph from the router. */
import { structureOffset } from "../library/catalogue.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";

/** Writes the port tables of all elements. */
export function wirePorts(router: Router): void {
  const { world, configuration, ports, elements } = router;
  const { catalogue } = world.library;
  const entry = {
    method: structureOffset(catalogue, "PortEntry", "method"),
    element: structureOffset(catalogue, "PortEntry", "element"),
    port: structureOffset(catalogue, "PortEntry", "port"),
  };
  const head = (field: string): number => structureOffset(catalogue, "ElementHead", field);
  for (const element of elements) {
    const view = world.guest.view;
    view.setUint32(element.address + head("nOutputs"), element.nOutputs, true);
    view.setUint32(element.address + head("nInputs"), element.nInputs, true);
    view.setUint32(element.address + head("id"), element.index, true);
    view.setUint32(element.address + head("taskMethod"), element.elementClass.table.runTask, true);
    view.setUint32(element.address + head("timerMethod"), element.elementClass.table.onTimer, true);
    view.setUint32(element.address + head("pullInputs"), pullBits(ports[element.index]?.inputs ?? []), true);
    view.setUint32(element.address + head("pullOutputs"), pullBits(ports[element.index]?.outputs ?? []), true);
    setTable(router, element, "outputTable", element.nOutputs);
    setTable(router, element, "inputTable", element.nInputs);
  }
  const put = (table: number, port: number, method: number, target: GuestElement, targetPort: number): void => {
    const at = table + port * PORT_ENTRY_SIZE;
    const view = world.guest.view;
    view.setUint32(at + entry.method, method, true);
    view.setUint32(at + entry.element, target.address, true);
    view.setUint32(at + entry.port, targetPort, true);
  };
  for (const { from, fromPort, to, toPort } of configuration.connections) {
    const source = elements[from];
    const target = elements[to];
    if (!source || !target) throw new Error(`a connection names element ${from} or ${to}, which does not exist`);
    const tableAt = (element: GuestElement, field: string): number =>
      world.guest.view.getUint32(element.address + head(field), true);
    if (ports[from]?.outputs[fromPort]?.processing === "push") {
      put(tableAt(source, "outputTable"), fromPort, target.elementClass.table.push, target, toPort);
    } else {
      put(tableAt(target, "inputTable"), toPort, source.elementClass.table.pull, source, fromPort);
    }
  }
}

/** The element's own view of which ports pull; it has 32 bits for that. */
function pullBits(ports: readonly { readonly processing: string }[]): number {
  return (
    ports
      .slice(0, 32)
      .reduce((bits, { processing }, port) => (processing === "pull" ? bits | (1 << port) : bits), 0) >>> 0
  );
}

/** method, element, port: three 32-bit words (elements/kernel/dispatch.ts). */
export const PORT_ENTRY_SIZE = 12;

function setTable({ world, wiring }: Router, element: GuestElement, field: string, ports: number): void {
  const at = element.address + structureOffset(world.library.catalogue, "ElementHead", field);
  const table = ports > 0 ? world.allocate(wiring, ports * PORT_ENTRY_SIZE) : 0;
  world.guest.view.setUint32(at, table, true);
}
