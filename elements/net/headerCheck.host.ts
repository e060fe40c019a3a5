/** Gives an element its own name, for the messages that it writes. */
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

/** Puts `NAME` into the element's field `label`. */
export function setNameLabel(element: HostedElement): void {
  element.setBytes("label", Buffer.from(element.name, "latin1"));
}

/** Puts `NAME :: CLASS` there. */
export function setDeclarationLabel(element: HostedElement): void {
  element.setBytes("label", Buffer.from(`${element.name} :: ${element.className}`, "latin1"));
}

/** For elements whose messages start with their declaration, and that need nothing else from the host. */
export const hostHalf: HostHalf = { configure: setDeclarationLabel };
