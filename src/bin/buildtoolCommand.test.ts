import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runBuildtool } from "./buildtoolCommand.ts";

function run(...words: string[]): { status: number; out: string } {
  let out = "";
  const print = (text: string): void => {
    out += text;
  };
  const status = runBuildtool(words, { readStandardInput: () => Buffer.alloc(0), print, printMessage: print });
  return { status, out };
}

describe("click-buildtool", () => {
  it("says whether all of several classes and features are there", () => {
    assert.deepEqual(run("provides", "Counter", "Discard", "userlevel"), { status: 0, out: "" });
    assert.deepEqual(run("provides", "Counter", "NoSuchElement"), { status: 1, out: "" });
    assert.deepEqual(run("provides", "-l", "linuxmodule"), { status: 1, out: "0\n" });
    assert.match(run("provides", "--query").out, /^Counter$/m);
  });

  it("knows no other commands and options", () => {
    assert.equal(run("kernel").status, 1);
    assert.match(run("provides", "--bad").out, /unrecognized option '--bad'/);
    assert.equal(run("--help").status, 0);
  });
});
