/** What `npm pack` makes installs and runs elsewhere. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

describe("the package", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "clickos-package-"));
  after(() => rmSync(folder, { recursive: true }));

  it("installs from its archive, and runs a configuration with the Node that comes with it", {
    timeout: 240_000,
  }, (test) => {
    execFileSync("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    assert.ok(archive);
    writeFileSync(path.join(folder, "package.json"), "{}");
    const install = spawnSync(
      "npm",
      ["install", `./${archive}`, "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
      { cwd: folder, encoding: "utf8" },
    );
    if (install.status !== 0 && /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(install.stderr)) {
      test.skip("skipped: the package registry cannot be reached");
      return;
    }
    assert.equal(install.status, 0, install.stderr);
    const click = path.join(folder, "node_modules", ".bin", "click");
    const configuration = "InfiniteSource(LIMIT 5, STOP true) -> Strip(14) -> c :: Counter -> Discard;";
    const { stdout, stderr } = spawnSync(click, ["-e", configuration, "-h", "c.count"], {
      cwd: "/",
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    });
    assert.equal(stderr, "");
    assert.equal(stdout, "5\n");
  });
});
