/** OUTFILE of elements that print lines: opens the file and moves what the guest writes into its stream `file`. */
import { closeSync, openSync, writeSync } from "node:fs";
import { hostAccess } from "../../src/host/hostAccess.ts";
import type { HostActivity, HostedElement, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";

/** Bytes of lines on their way to the file: several of the longest. */
const STREAM_SIZE = 1 << 18;

/** Opens the file that the field `outfile` names, if it names one. A fault goes to the element. */
export function startOutfile(element: HostedElement, services: HostServices): HostActivity {
  const path = Buffer.from(element.bytes("outfile"));
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

function open(element: HostedElement, path: Buffer): number | undefined {
  try {
    return openSync(hostAccess(element).file(path.toString()), "w");
  } catch (error) {
    element.error(`${path.toString("latin1")}: ${systemErrorText(error)}`);
    return undefined;
  }
}
