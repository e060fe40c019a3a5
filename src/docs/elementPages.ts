/** All pages of the element reference. */
import type { Library } from "../library/library.ts";
import { elementIndex, elementPage } from "./elementPage.ts";

/** @returns text by file name: one page an element, and README.md, the list of all */
export function elementPages(library: Library): ReadonlyMap<string, string> {
  const elements = Object.values(library.catalogue.classes);
  const pages = new Map(
    elements.map((element) => [`${element.name}.md`, elementPage(element, library.hostHalf(element))]),
  );
  return pages.set("README.md", elementIndex(elements));
}
