import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type ArchiveMember, configurationText, readArchive } from "./archive.ts";
import { Diagnostics } from "./diagnostics.ts";
import { read } from "./fixtures.ts";

function archive(...members: readonly ArchiveMember[]): string {
  const parts = members.map(({ name, data }) => {
    const fields = [name.padEnd(16), "0".padEnd(12), "0".padEnd(6), "0".padEnd(6), "644".padEnd(8)];
    const header = `${fields.join("")}${String(data.length).padEnd(10)}\`\n`;
    return header + data + (data.length % 2 === 1 ? "\n" : "");
  });
  return `!<arch>\n${parts.join("")}`;
}

describe("archives", () => {
  it("carry the configuration in the member 'config'", () => {
    const text = archive({ name: "x.cc/", data: "odd" }, { name: "config/", data: "a :: Idle" });
    assert.equal(read(text).flat, "a :: Idle;\n\n");
  });

  it("keep long names in a table, or in front of the data", () => {
    const text = archive(
      { name: "//", data: "a_rather_long_name.cc/\n" },
      { name: "/0", data: "gnu" },
      { name: "#1/20", data: `${"b".repeat(20)}bsd` },
    );
    assert.deepEqual(readArchive(text, new Diagnostics()), [
      { name: "a_rather_long_name.cc", data: "gnu" },
      { name: "b".repeat(20), data: "bsd" },
    ]);
  });

  it("without a configuration are an error that names the file", () => {
    const diagnostics = new Diagnostics();
    assert.equal(configurationText(archive({ name: "x", data: "" }), "router.click", diagnostics), undefined);
    assert.deepEqual(diagnostics.lines, ["router.click: archive has no 'config' section"]);
  });

  it("that are cut short are reported, wherever the cut is", () => {
    const whole = archive({ name: "config", data: "a :: Idle" });
    for (let length = 9; length < whole.length - 1; length++) {
      const diagnostics = new Diagnostics();
      readArchive(whole.slice(0, length), diagnostics);
      assert.ok(diagnostics.errorCount > 0, String(length));
    }
  });

  it("are read without an exception, whatever the bytes", () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        readArchive(`!<arch>\n${text}`, new Diagnostics());
      }),
    ));
});
