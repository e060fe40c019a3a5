import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findLibrary, libraryReader } from "./clickPath.ts";
import { read } from "./fixtures.ts";

describe("libraries", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "clickpath-"));
    for (const sub of ["here", "path/conf"]) mkdirSync(join(folder, sub), { recursive: true });
    writeFileSync(join(folder, "here/near.click"), "elementclass Near { Idle }");
    writeFileSync(join(folder, "path/conf/far.click"), "require(library far.click) elementclass Far { Idle }");
    writeFileSync(join(folder, "path/plain.click"), "x ->");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are found next to the file that asks", () => {
    const asking = join(folder, "here/main.click");
    assert.equal(findLibrary("near.click", asking, undefined), `${folder}/here/near.click`);
    assert.equal(findLibrary("near.click", asking, `${folder}/path:`), `${folder}/here/near.click`);
    assert.equal(findLibrary("near.click", asking, `${folder}/path`), undefined);
  });

  it("are found on CLICKPATH, in conf first", () => {
    assert.equal(findLibrary("far.click", "main.click", `/nowhere:${folder}/path`), `${folder}/path/conf/far.click`);
    assert.equal(findLibrary("plain.click", "main.click", `${folder}/path`), `${folder}/path/plain.click`);
    assert.equal(findLibrary("conf", "main.click", `${folder}/path`), undefined);
  });

  it("are read once, even if they require themselves, and define classes for the file", () => {
    const readLibrary = libraryReader(`${folder}/path`);
    const { flat } = read("require(library far.click, library far.click) Far", { readLibrary });
    assert.equal(flat, "Far@1/Idle@1 :: Idle;\n\n");
  });

  it("have their own landmarks", () => {
    const { messages } = read("require(library plain.click)\ny", { readLibrary: libraryReader(`${folder}/path`) });
    const file = `${folder}/path/plain.click`;
    assert.equal(
      messages,
      [`${file}:1: undeclared element 'x'`, `${file}:1: syntax error near ''`, "config:2: undeclared element 'y'"].join(
        "\n",
      ),
    );
  });
});
