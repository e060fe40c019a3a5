/** Packets that are not what their headers say: nothing may trap, or stop those that follow. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runClick } from "../../src/bin/clickCommand.ts";

/** Elements that look into packets. */
const ELEMENTS: readonly string[] = [
  "CheckIPHeader",
  "CheckIPHeader(OFFSET 3, CHECKSUM false)",
  "DecIPTTL",
  "SetIPChecksum",
  "FixIPSrc(1.2.3.4)",
  "GetIPAddress(16)",
  "GetIPAddress(IP dst)",
  "StoreIPAddress(1.2.3.4, 3)",
  "StoreIPAddress(1.2.3.4, dst)",
  "IPGWOptions(1.2.3.4)",
  "IPFragmenter(28)",
  "IPPrint(PAYLOAD hex)",
  "IPMirror",
  "IPReassembler",
  "TruncateIPPayload(4)",
  "StripIPHeader",
  "StripIPHeader -> UnstripIPHeader",
  "SetIPDSCP(3)",
  "MarkIPCE(true)",
  "ICMPError(9.9.9.9, parameterproblem)",
  "ICMPPingResponder",
  "CheckICMPHeader",
  "CheckUDPHeader",
  "CheckTCPHeader",
  "SetUDPChecksum",
  "SetTCPChecksum(true)",
];

/** The start of an IPv4 header often enough, then anything. */
const packets = fc
  .tuple(
    fc.constantFrom("", "45", "46", "4f", "40", "60"),
    fc.constantFrom("", "000028", "00ffff", "000000"),
    fc.uint8Array({ minLength: 1, maxLength: 90 }),
  )
  .map(([version, length, rest]) => version + (version && length) + Buffer.from(rest).toString("hex"));

async function run(configuration: string): Promise<{ status: number; output: string }> {
  let output = "";
  const status = await runClick(["--simtime", "--link=off", "-e", configuration], {
    readStandardInput: () => Buffer.alloc(0),
    print: (text) => {
      output += text;
    },
    printMessage: () => undefined,
  });
  return { status, output };
}

describe("packets that lie", () => {
  for (const element of ELEMENTS)
    it(`do no harm to ${element}`, () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(packets, { minLength: 1, maxLength: 12 }),
          fc.constantFrom(
            "",
            "MarkIPHeader ->",
            "MarkIPHeader(4) ->",
            "MarkIPHeader(1000000000) ->",
            "MarkIPHeader(-70) ->",
          ),
          async (data, mark) => {
            const sources = data.map((hex) => `InfiniteSource(DATA \\<${hex}>, LIMIT 1) -> in;`);
            const { status, output } = await run(`in :: Counter -> ${mark} ${element} -> Discard;
              ${sources.join("\n")}
              DriverManager(wait 1s, print in.count, stop)`);
            assert.deepEqual({ status, output }, { status: 0, output: `${data.length}\n` });
          },
        ),
        { numRuns: 8 },
      ));
});
