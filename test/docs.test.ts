/** The element reference is generated: here it is held against its source. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { allHandlers } from "../src/docs/elementPage.ts";
import { elementPages } from "../src/docs/elementPages.ts";
import { loadLibrary } from "../src/library/library.ts";

const DIRECTORY = new URL("../docs/elements/", import.meta.url);

describe("docs/elements", () => {
  const library = loadLibrary();
  const pages = elementPages(library);

  it("has a current page for every element", () => {
    for (const [file, text] of pages)
      assert.equal(readFileSync(new URL(file, DIRECTORY), "utf8"), text, `${file}: run \`npm run docs\``);
  });

  it("has no page for what is no element", () => {
    assert.deepEqual(readdirSync(DIRECTORY).toSorted(), [...pages.keys()].toSorted());
  });

  it("says of every element what it does, and of every argument and handler what it means", () => {
    const silent = Object.values(library.catalogue.classes).flatMap((element) => [
      ...(element.documentation.summary === "" ? [element.name] : []),
      ...element.arguments
        .filter(({ documentation }) => documentation === "")
        .map(({ keyword }) => `${element.name} ${keyword}`),
      ...allHandlers(element, library.hostHalf(element))
        .filter(({ documentation }) => documentation === "")
        .map(({ name }) => `${element.name}.${name}`),
    ]);
    assert.deepEqual(silent, []);
  });
});
