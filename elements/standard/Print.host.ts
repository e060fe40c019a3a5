/** Print: what CONTENTS means, and the names that MAXLENGTH once had. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

/** As in the guest; a boolean is understood, too. */
const CONTENTS: Readonly<Record<string, number>> = { NONE: 0, HEX: 1, ASCII: 2 };
const BOOLEAN_CONTENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["0", "n", "f", "no", "false"].map((word) => [word, "NONE"])),
  ...Object.fromEntries(["1", "y", "t", "yes", "true"].map((word) => [word, "HEX"])),
};
const OLD_NAMES = ["LENGTH", "NBYTES"] as const;

export const hostHalf: HostHalf = { configure, reconfigure: configure };

function configure(element: HostedElement, values: ArgumentValues): void {
  for (const keyword of OLD_NAMES) {
    const length = values.get(keyword);
    if (length !== undefined) element.set("maxLength", Number(length));
  }
  const given = String(values.get("CONTENTS") ?? "HEX");
  const word = BOOLEAN_CONTENTS[given] ?? given.toUpperCase();
  const contents = Object.hasOwn(CONTENTS, word) ? CONTENTS[word] : undefined;
  if (contents === undefined) element.error(`bad contents value '${word}'; should be 'NONE', 'HEX', or 'ASCII'`);
  else element.set("contents", contents);
}
