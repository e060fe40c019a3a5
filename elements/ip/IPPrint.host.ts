/** IPPrint: what CONTENTS and PAYLOAD mean, and the file that receives the lines. */
import { closeSync, openSync, writeSync } from "node:fs";
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostActivity, HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";

/** As in the guest. */
const CONTENTS: Readonly<Record<string, number>> = { NONE: 0, HEX: 1, ASCII: 2 };
const PAYLOAD: Readonly<Record<string, number>> = { NO: 0, FALSE: 0, YES: 1, TRUE: 1, HEX: 1, ASCII: 2 };
/** Click reads CONTENTS as a boolean first, as it is written. */
const BOOLEANS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(["0", "n", "f", "no", "false"].map((word) => [word, 0])),
  ...Object.fromEntries(["1", "y", "t", "yes", "true"].map((word) => [word, 1])),
};
/** Bytes of lines on their way to the file: several of the longest. */
const STREAM_SIZE = 1 << 18;

/** A Bytes structure starts with its length (elements/kernel/bytes.ts). */
const LENGTH_WORD = 4;

export const hostHalf: HostHalf = { configure, start };

function configure(element: HostedElement, values: ArgumentValues): void {
  const given = String(values.get("CONTENTS") ?? "no");
  const contents = own(BOOLEANS, given) ?? own(CONTENTS, given.toUpperCase());
  if (contents === undefined) {
    element.error(`bad contents value '${given.toUpperCase()}'; should be 'NONE', 'HEX', or 'ASCII'`);
    return;
  }
  const payload = own(PAYLOAD, String(values.get("PAYLOAD") ?? "no").toUpperCase());
  if (payload === undefined) {
    // Click shows the value of CONTENTS here.
    element.error(
      `bad payload value '${own(BOOLEANS, given) === undefined ? given.toUpperCase() : given}'; should be 'false', 'hex', or 'ascii'`,
    );
    return;
  }
  if (payload > 0 && contents > 0) {
    element.error("specify at most one of PAYLOAD and CONTENTS");
    return;
  }
  element.set("contents", Math.max(payload, contents));
  element.set("payload", payload > 0);
  const length = values.get("NBYTES");
  if (length !== undefined) element.set("maxLength", Number(length));
}

function own(table: Readonly<Record<string, number>>, word: string): number | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Opens OUTFILE, and moves lines to it. */
function start(element: HostedElement, services: HostServices): HostActivity {
  const path = outfile(element);
  const file = path.length > 0 ? open(element, path) : undefined;
  if (file === undefined) return {};
  const stream = services.makeStream("file", STREAM_SIZE);
  const move = (): boolean => {
    const bytes = stream.read();
    if (bytes.length > 0) writeSync(file, bytes);
    return bytes.length > 0;
  };
  return {
    service: move,
    close() {
      move();
      closeSync(file);
    },
  };
}

/** The file's name, which the router has put into the guest; empty when there is none. */
function outfile(element: HostedElement): Buffer {
  const address = Number(element.get("outfile"));
  if (address === 0) return Buffer.alloc(0);
  const length = Buffer.from(element.memory(address, LENGTH_WORD)).readUInt32LE();
  return Buffer.from(element.memory(address + LENGTH_WORD, length));
}

function open(element: HostedElement, path: Buffer): number | undefined {
  try {
    return openSync(path, "w");
  } catch (error) {
    element.error(`${path.toString("latin1")}: ${systemErrorText(error)}`);
    return undefined;
  }
}
