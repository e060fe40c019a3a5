/** Text as Click sees it: bytes. Strings in this folder hold one byte in each character. */

/** Unicode text as the bytes of its UTF-8 form, or bytes as they are, one byte in each character of the result. */
export function byteText(text: string | Uint8Array): string {
  if (typeof text !== "string") return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1");
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Shows a text in a message: control characters as `^X`, bytes beyond ASCII in octal. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 32 ? `^${String.fromCharCode(code + 64)}` : `\\${code.toString(8)}`;
  });
}
