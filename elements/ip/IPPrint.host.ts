/** IPPrint: what CONTENTS and PAYLOAD mean, and the file that receives the lines. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";
import { startOutfile } from "../net/outfile.host.ts";

/** As in the guest. */
const CONTENTS: Readonly<Record<string, number>> = { NONE: 0, HEX: 1, ASCII: 2 };
const PAYLOAD: Readonly<Record<string, number>> = { NO: 0, FALSE: 0, YES: 1, TRUE: 1, HEX: 1, ASCII: 2 };
/** Click reads CONTENTS as a boolean first, as it is written. */
const BOOLEANS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(["0", "n", "f", "no", "false"].map((word) => [word, 0])),
  ...Object.fromEntries(["1", "y", "t", "yes", "true"].map((word) => [word, 1])),
};
export const hostHalf: HostHalf = { configure, start: startOutfile };

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
