/** OUTFILE of elements that print lines: opens the file and moves what the guest writes into its stream `file`. */
import { closeSync, openSync, writeSync } from "node:fs";
import type { HostActivity, HostedElement, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";

/** Bytes of lines on their way to the file: several of the longest. */
const STREAM_SIZE = 1 << 18;
/** A Bytes structure starts with its length (elements/kernel/bytes.ts). */
const LENGTH_WORD = 4;

/** Opens the file that the field `outfile` names, if it names one. A fault goes to the element. */
export function startOutfile(element: HostedElement, services: HostServices): HostActivity {
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
