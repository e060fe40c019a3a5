import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ToolstackError } from "../domain/toolstack.ts";
import { parseAddress } from "./address.ts";

describe("addresses of daemons", () => {
  it("are sockets' paths, or URLs of hosts", () => {
    assert.deepEqual(parseAddress("unix:/run/a b.sock"), { kind: "unix", path: "/run/a b.sock" });
    assert.deepEqual(parseAddress("unix:relative"), { kind: "unix", path: "relative" });
    assert.deepEqual(parseAddress("unix:///run/a"), { kind: "unix", path: "/run/a" });
    const address = parseAddress("https://[::1]:8443");
    assert.equal(address.kind === "tcp" && address.url.host, "[::1]:8443");
  });

  it("are nothing else", () => {
    const others = [
      "",
      "unix:",
      "/run/a",
      "ftp://host",
      "host:80",
      "http://host/path",
      "http://u:p@host",
      "http://h?x",
    ];
    for (const text of others)
      assert.throws(
        () => parseAddress(text),
        (error) => error instanceof ToolstackError && error.code === "INVALID" && error.message.startsWith(`'${text}'`),
        text,
      );
  });
});
