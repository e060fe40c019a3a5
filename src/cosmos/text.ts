/** Text of guests and people: guests' strings have one character a byte, and may hold anything. */
import { type Output, write } from "./terminal.ts";

/** One line that a terminal shows as it is: control characters (escape sequences among them) as `\xHH`. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, escaped);
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** What was typed, as the bytes of its UTF-8 form, one character a byte. */
export function typedBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/**
 * A printer of a guest's bytes: as they are to files and pipes; on a terminal, a guest must not be able to move the cursor or to
 * answer for the user, so that only line ends and tabs pass.
 */
export function guestPrinter(output: Output): (text: string) => Promise<void> {
  if (!output.isTTY) return (text) => write(output, Buffer.from(text, "latin1"));
  const decoder = new TextDecoder();
  return (text) => {
    const decoded = decoder.decode(Buffer.from(text, "latin1"), { stream: true });
    return write(output, decoded.replace(/[^\n\t\P{Cc}]/gu, escaped));
  };
}
