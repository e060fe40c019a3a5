import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { loadLibrary } from "../library/library.ts";
import { openRouter } from "../router/open.ts";
import { confinedTo, HOST_ACCESS, unrestricted } from "./hostAccess.ts";

const base = realpathSync(mkdtempSync(path.join(tmpdir(), "clickos-access-")));
after(() => rmSync(base, { recursive: true }));
const place = (name: string): string => path.join(base, name);
for (const folder of ["open", "open/sub", "closed", "opened"]) mkdirSync(place(folder));
for (const file of ["open/file", "open/sub/file", "closed/secret", "opened/secret"])
  writeFileSync(place(file), "secret");
symlinkSync(place("closed"), place("open/folder"));
symlinkSync(place("closed/secret"), place("open/link"));
symlinkSync(place("closed/made"), place("open/dangling"));
symlinkSync("sub/file", place("open/inside"));
symlinkSync("loop", place("open/loop"));
symlinkSync(place("open"), place("other-name"));
execFileSync("mkfifo", [place("open/pipe")]);

describe("configurations that are confined to a folder", () => {
  const access = confinedTo([place("open")]);

  it("get what lies below it, by its true name", () => {
    for (const [name, file] of [
      ["file", "open/file"],
      ["./sub/../file", "open/file"],
      [place("open/sub/file"), "open/sub/file"],
      ["inside", "open/sub/file"],
      ["new", "open/new"],
      ["sub/new", "open/sub/new"],
    ] as const)
      assert.equal(access.file(name), place(file));
  });

  it("get nothing else, and do not learn what is there", () => {
    const outside = /may only open files below/;
    for (const name of ["../closed/secret", "..", ".", "/etc/passwd", "/nosuch/file", "/", place("opened/secret")])
      assert.throws(() => access.file(name), outside);
    for (const name of ["link", "folder/secret", "folder/new", "sub/../folder/secret"])
      assert.throws(() => access.file(name), outside);
  });

  it("make no file through a link that leads to nothing, and wait for no pipe", () => {
    assert.throws(() => access.file("dangling"), { code: "ENOENT" });
    assert.throws(() => access.file("loop"), { code: "ELOOP" });
    for (const name of ["pipe", "sub"]) assert.throws(() => access.file(name), /not a regular file/);
    assert.throws(() => access.file("nosuch/file"), { code: "ENOENT" });
  });

  it("have no standard input, and no signals", () => {
    for (const name of ["", "-"]) assert.throws(() => access.file(name), /no standard input/);
    assert.throws(() => access.signals(), /signals/);
  });

  it("may know the folder by another name", () => {
    const other = confinedTo([place("other-name"), place("closed")]);
    for (const name of ["file", place("other-name/file"), place("open/file")])
      assert.equal(other.file(name), place("open/file"));
    assert.equal(other.file("folder/secret"), place("closed/secret"));
  });

  it("never get out, whatever they write", () => {
    const step = fc.constantFrom(
      "..",
      ".",
      "",
      "sub",
      "folder",
      "link",
      "inside",
      "file",
      "closed",
      "secret",
      "open",
      base,
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        try {
          const file = access.file(steps.join("/"));
          assert.ok(file.startsWith(`${place("open")}/`), file);
          assert.equal(path.dirname(file), realpathSync(path.dirname(file)));
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
        }
      }),
    );
  });
});

describe("configurations that may open no files", () => {
  const library = loadLibrary();
  const secret = place("closed/secret");
  const target = place("closed/target");

  /** @returns whether the configuration could be opened, and all that was said */
  function open(configuration: string, access = confinedTo([])): { readonly opened: boolean; readonly said: string } {
    let said = "";
    const say = (text: string): void => {
      said += text;
    };
    const driver = openRouter(
      { text: Buffer.from(configuration), file: "test" },
      {
        library,
        parameters: new Map(),
        clickPath: undefined,
        seed: 1n,
        print: say,
        printMessage: say,
        allowReconfigure: false,
        shared: new Map([[HOST_ACCESS, access]]),
      },
    );
    driver?.attend();
    driver?.router.close();
    return { opened: driver !== undefined, said };
  }

  const elements = [
    `FromDump(${secret}) -> Discard`,
    "FromDump(-) -> Discard",
    `Idle -> ToDump(${target})`,
    `FromIPSummaryDump(${secret}) -> Discard`,
    `Idle -> ToIPSummaryDump(${target})`,
    `Idle -> AggregateIPFlows(TRACEINFO ${target}) -> Discard`,
    `Idle -> IPPrint(OUTFILE ${target}) -> Discard`,
    `Idle -> ARPPrint(OUTFILE ${target}) -> Discard`,
    `FromDevice(pcap:${secret}) -> Discard`,
    `Idle -> ToDevice(pcap:${target})`,
  ];
  for (const configuration of elements)
    it(`are refused: ${configuration.replaceAll(base, "")}`, () => {
      const { opened, said } = open(configuration);
      assert.equal(opened, false);
      assert.match(said, /his machine's configurations may not open files \(allow it with `--files DIRECTORY`\)/);
    });

  it("are refused when they await signals, and cannot send any", () => {
    assert.match(open("Script(TYPE SIGNAL USR1, stop)").said, /may not send or await signals/);
    assert.match(open("Script(print $(kill 0 0), stop)").said, /may not send or await signals/);
  });

  it("cannot read or write by scripts, nor have text of files in messages", () => {
    assert.match(open(`Script(print $(cat ${secret}), stop)`).said, /may not open files/);
    assert.match(open(`Script(print >${target} written, stop)`).said, /may not open files/);
    const { opened, said } = open(`require(library ${secret}); Idle -> Discard`);
    assert.deepEqual([opened, said.includes(`${secret}:`)], [false, false]);
  });

  it("made no files by all that", () => assert.throws(() => readFileSync(target), { code: "ENOENT" }));

  it("may do all of it where there are no limits", () => {
    assert.equal(open(`Script(print $(cat ${secret}), stop)`, unrestricted).said, "secret\n");
    assert.equal(open(`Idle -> ToDump(${place("open/dump")})`, confinedTo([place("open")])).opened, true);
  });
});
