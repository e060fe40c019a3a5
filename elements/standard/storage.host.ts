/** What all queues do on the host: a capacity that memory can hold, and one that can be changed. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

/** More packets than a guest's memory can hold in buffers of 2 KiB. */
const MAXIMUM_CAPACITY = 2 ** 21;

export const storageHalf: HostHalf = {
  configure(element) {
    element.setBytes("label", Buffer.from(`${element.name} :: ${classNameShown(element)}`, "latin1"));
    checkCapacity(element);
  },
  reconfigure(element) {
    if (checkCapacity(element)) element.call("resize");
  },
  handlers: {
    capacity: {
      flags: "w",
      documentation: "Packets that fit.",
      write: (element, text) => element.reconfigureArgument("CAPACITY", text),
    },
  },
};

/** Click's FullNoteQueue goes by the name of Queue. */
function classNameShown({ className }: HostedElement): string {
  return className === "FullNoteQueue" ? "Queue" : className;
}

function checkCapacity(element: HostedElement): boolean {
  const fits = Number(element.get("capacity")) <= MAXIMUM_CAPACITY;
  if (!fits) element.error("out of memory");
  return fits;
}
