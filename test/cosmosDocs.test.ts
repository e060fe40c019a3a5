/** The manual of `cosmos` and its command line say the same. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { after, describe, it } from "node:test";
import { buildProgram } from "../src/cosmos/program.ts";
import { readChainDescription, readDomainDescription, readNetworkDescription } from "../src/domain/read.ts";

const directory = mkdtempSync(path.join(tmpdir(), "cosmos-docs-"));
after(() => rmSync(directory, { recursive: true }));

describe("docs/cosmos.md", () => {
  const text = readFileSync(new URL("../docs/cosmos.md", import.meta.url), "utf8");
  const streams = { input: new PassThrough(), output: new PassThrough(), errors: new PassThrough() };
  const never = (): Promise<never> => Promise.reject(new Error("not called"));
  const { program } = buildProgram({ terminal: streams, openToolstack: never, runImage: never, runDaemon: never });

  /** Commands that do something themselves, with their names in full. */
  function* commandsOf(command: typeof program, name: string): Generator<[string, typeof program]> {
    const shown = command.createHelp().visibleCommands(command);
    if (shown.length === 0) yield [name, command];
    for (const each of shown) if (each.name() !== "help") yield* commandsOf(each, `${name} ${each.name()}`);
  }

  function section(title: string): string {
    const [, behind] = text.split(`\n### ${title}\n`);
    assert.ok(behind !== undefined, `no section '${title}'`);
    return behind.split(/\n##+ /)[0] ?? "";
  }

  for (const [name, command] of commandsOf(program, "cosmos"))
    it(`explains ${name}, its options and arguments`, () => {
      const manual = section(name);
      for (const { long } of command.options) assert.ok(manual.includes(`\`${long}`), `no ${long}`);
      for (const argument of command.registeredArguments)
        assert.ok(manual.includes(argument.name().toUpperCase()), `no ${argument.name()}`);
    });

  it("shows descriptions that can be read", () => {
    writeFileSync(path.join(directory, "firewall.click"), "c :: Counter");
    const readers = { Domain: readDomainDescription, Network: readNetworkDescription, Chain: readChainDescription };
    for (const [title, read] of Object.entries(readers)) {
      const [, example = ""] = /```toml\n(.*?)```/s.exec(section(title)) ?? [];
      assert.doesNotThrow(() => read(example, path.join(directory, "example.toml")), title);
      assert.ok(example.length > 0, title);
    }
  });

  it("explains the options of all commands, and everything that the environment says", () => {
    const names = program.options.map(({ long }) => `\`${long}`);
    const variables = [
      "COSMOS_SOCKET",
      "COSMOS_STATE",
      "COSMOS_URL",
      "COSMOS_TOKEN",
      "COSMOS_TARGET_TOKEN",
      "NO_COLOR",
    ];
    for (const word of [...names, ...variables]) assert.ok(text.includes(word), word);
  });
});
