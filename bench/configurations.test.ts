import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Diagnostics } from "../src/language/index.ts";
import { loadLibrary } from "../src/library/library.ts";
import { loadConfiguration } from "../src/router/load.ts";
import { configurationText, FRAME_LENGTHS, isComplete, PATHS, packetsSent } from "./configurations.ts";
import { capture, flowFrames, singleFrame } from "./frames.ts";

const CAPTURE = { path: "flows.pcap", packets: 1000 };

function load(text: string) {
  const diagnostics = new Diagnostics();
  const library = loadLibrary();
  const loaded = loadConfiguration(text, "bench", {
    library,
    parameters: new Map(),
    clickPath: undefined,
    diagnostics,
  });
  assert.deepEqual(diagnostics.lines, []);
  assert.ok(loaded.ok);
  return loaded.checked.configuration;
}

describe("the paths of the benchmarks", () => {
  for (const path of PATHS) {
    it(`${path.name} is a configuration without faults, that ends in d`, () => {
      const { elements } = load(configurationText(path, 64, path.packets, CAPTURE));
      assert.ok(elements.some(({ name }) => name === "d"));
      assert.ok(elements.some(({ className }) => className === "DriverManager"));
    });
  }

  it("have names of their own", () => assert.equal(new Set(PATHS.map(({ name }) => name)).size, PATHS.length));

  it("are the same in every run", () => {
    for (const path of PATHS)
      assert.equal(configurationText(path, 64, 10, CAPTURE), configurationText(path, 64, 10, CAPTURE));
  });

  it("read a capture as often as it takes, one reader after the other", () => {
    const path = PATHS.find(({ source }) => source === "many flows");
    assert.ok(path);
    const readers = (packets: number): readonly string[] =>
      load(configurationText(path, 64, packets, CAPTURE))
        .elements.filter(({ className }) => className === "FromDump")
        .map(({ configuration }) => configuration);
    assert.equal(readers(1000).length, 1);
    const three = readers(2500);
    assert.equal(three.length, 3);
    assert.deepEqual(
      three.map((text) => /ACTIVE (\w+)/.exec(text)?.[1]),
      ["true", "false", "false"],
    );
    assert.deepEqual(
      three.map((text) => text.includes("STOP true")),
      [false, false, true],
    );
  });
});

describe("a run", () => {
  const path = PATHS[0];
  assert.ok(path);

  it("sends whole passes of a capture", () => {
    assert.equal(packetsSent(2500, CAPTURE), 3000);
    assert.equal(packetsSent(2500, undefined), 2500);
  });

  it("is complete when all packets arrived, but for those in a queue", () => {
    assert.ok(isComplete(path, 1_000_000, 1_000_000));
    assert.ok(isComplete(path, 1_000_000, 999_500));
    assert.ok(!isComplete(path, 1_000_000, 900_000));
    assert.ok(!isComplete(path, 1_000_000, 1_000_001));
    assert.ok(!isComplete(path, 100, 0));
  });

  it("may lose packets only where a queue overflows on purpose", () => {
    assert.ok(isComplete({ ...path, lossy: true }, 1_000_000, 5));
    assert.ok(!isComplete({ ...path, lossy: true }, 1_000_000, 0));
  });
});

describe("the frames of the benchmarks", () => {
  it("are as long as asked, and each flow is another", () => {
    for (const length of FRAME_LENGTHS) {
      assert.equal(singleFrame(length).length, length);
      const frames = flowFrames(length, 500).map((frame) => Buffer.from(frame).toString("hex"));
      assert.equal(new Set(frames).size, 500);
    }
  });

  it("come in turn in a capture", () => {
    const frames = flowFrames(64, 3);
    assert.deepEqual(
      [...capture(frames, 5)].map(({ data }) => frames.indexOf(data)),
      [0, 1, 2, 0, 1],
    );
  });
});
