/** Stands in for parts of HostedElement that are to come. */
import type { HostedElement } from "../../src/library/hostHalf.ts";

interface Declaring {
  declare?(text: string): void;
  readonly declaration?: string;
  error(message: string, landmark?: string): void;
}

export function declare(element: HostedElement, text: string): void {
  (element as unknown as Declaring).declare?.(text);
}

export function declarationOf(element: HostedElement): string {
  return (element as unknown as Declaring).declaration ?? element.className;
}

export function errorAt(element: HostedElement, landmark: string, message: string): void {
  (element as unknown as Declaring).error(message, landmark);
}
