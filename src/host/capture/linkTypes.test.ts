import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatLinkType, mayHoldIp, parseLinkType } from "./linkTypes.ts";

describe("link types", () => {
  it("print as a text that is read as the same type", () =>
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0x7fff_fffe })), (linkType) => {
        assert.equal(parseLinkType(formatLinkType(linkType)), linkType);
      }),
    ));

  it("have Click's names", () => {
    assert.equal(formatLinkType(1), "ETHER");
    assert.equal(formatLinkType(105), "802_11");
    assert.equal(formatLinkType(147), "#147");
    assert.equal(formatLinkType(0xffff_ffff), "<none>");
    assert.equal(parseLinkType("802.11"), 105);
    assert.equal(parseLinkType("RFC1483"), 100);
  });

  it("are no other texts", () => {
    for (const text of ["", "ether", "#", "#-1", "#x", "1", "#4294967295"])
      assert.equal(parseLinkType(text), undefined);
  });

  it("that FORCE_IP understands are thirteen (raw IP has one number in a file that was read)", () => {
    const understood = Array.from({ length: 300 }, (_, linkType) => linkType).filter(mayHoldIp);
    assert.deepEqual(understood, [0, 1, 9, 10, 50, 100, 101, 104, 105, 113, 119, 123, 127]);
  });
});
