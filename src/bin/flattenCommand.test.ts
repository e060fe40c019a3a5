import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { runFlatten } from "./flattenCommand.ts";

/** Runs the command in this process. */
function flatten(words: readonly string[], stdin = ""): { status: number; out: string; messages: string } {
  const result = { status: 0, out: "", messages: "" };
  result.status = runFlatten(words, {
    readStandardInput: () => Buffer.from(stdin),
    print: (text) => {
      result.out += text;
    },
    printMessage: (text) => {
      result.messages += text;
    },
  });
  return result;
}

const USAGE = "Usage: click-flatten [OPTION]... [ROUTERFILE]\nTry 'click-flatten --help' for more information.\n";

describe("click-flatten", () => {
  it("prints a configuration without compounds, whatever its classes are", () => {
    const text = "elementclass C { $a | input -> X($a) -> output } i :: Idle -> c :: C(3) -> [1] d[2] -> Y(1, 2);";
    assert.deepEqual(flatten([], text), {
      status: 0,
      out: "i :: Idle;\nd@3 :: d;\nY@4 :: Y(1, 2);\nc/X@1 :: X(3);\n\nd@3 [2] -> Y@4;\ni -> c/X@1\n    -> [1] d@3;\n",
      messages: "",
    });
  });

  it("lists classes, names and declarations in order", () => {
    const text = "b :: Idle -> a :: Discard; Idle -> a;";
    assert.equal(flatten(["-c", "-e", text]).out, "Discard\nIdle\n");
    assert.equal(flatten(["--names", "--expression", text]).out, "Idle@3\na\nb\n");
    assert.equal(flatten(["-d", "-e", text]).out, "Idle@3 :: Idle\na :: Discard\nb :: Idle\n");
  });

  it("takes a name that was used as an element for no class, and the other way round", () => {
    const { status, messages } = flatten(["-e", "A -> B;\nA :: Idle;\nC :: C;\nD :: Idle;\nx :: D;"]);
    assert.equal(status, 1);
    assert.equal(
      messages,
      "config:2: class 'A' used as element name\nconfig:3: class 'C' used as element name\nconfig:5: 'D' was previously used as an element name\n",
    );
  });

  it("writes to a file, and defines parameters", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "flatten-"));
    try {
      const file = path.join(folder, "out");
      assert.equal(flatten([`-o${file}`, "n=3", "-e", "define($n 1); Idle($n)"]).status, 0);
      assert.equal(readFileSync(file, "latin1"), "Idle@1 :: Idle(3);\n\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("explains what is wrong with its command line", () => {
    assert.deepEqual(flatten(["--bad"]), {
      status: 1,
      out: "",
      messages: `click-flatten: unrecognized option '--bad'\n${USAGE}`,
    });
    assert.equal(flatten(["-f"]).messages, `click-flatten: '-f' requires an argument\n${USAGE}`);
    assert.equal(flatten(["a", "b"]).messages, `click-flatten: router configuration specified twice\n${USAGE}`);
    assert.equal(flatten(["/nonexistent"]).messages, "/nonexistent: No such file or directory\n");
    assert.equal(flatten(["-o", "/nonexistent/x", "-e", "Idle"]).status, 1);
  });
});
