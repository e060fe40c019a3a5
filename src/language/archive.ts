/** Configurations in `ar` archives: the text is the member `config`, next to what else the configuration needs. */
import { byteText } from "./bytes.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** One file of an archive; its data with one byte in each character. */
export interface ArchiveMember {
  readonly name: string;
  readonly data: string;
}

const MAGIC = "!<arch>\n";
const HEADER_LENGTH = 60;

/** Whether a configuration is an archive and not plain text. */
export function isArchive(text: string): boolean {
  return text.startsWith("!");
}

/**
 * The configuration text of a file: the file itself, or, if it starts with `!`, the member `config` of that archive.
 *
 * @returns undefined if there is no such member, which is reported
 */
export function configurationText(
  file: string | Uint8Array,
  fileName: string,
  diagnostics: Diagnostics,
): string | Uint8Array | undefined {
  const text = byteText(file);
  if (!isArchive(text)) return file;
  const member = readArchive(text, diagnostics).find(({ name }) => name === "config");
  if (member) return Buffer.from(member.data, "latin1");
  diagnostics.error("", `${fileName}: archive has no 'config' section`);
  return undefined;
}

/**
 * The members of an archive, in order.
 *
 * @returns as many as could be read; what is wrong is reported
 */
export function readArchive(text: string, diagnostics: Diagnostics): ArchiveMember[] {
  const members: ArchiveMember[] = [];
  if (!text.startsWith(MAGIC) || text.length === MAGIC.length) {
    diagnostics.error("", "not an archive");
    return members;
  }
  let longNames = "";
  let at = MAGIC.length;
  while (at + HEADER_LENGTH <= text.length) {
    const header = text.slice(at, at + HEADER_LENGTH);
    if (!header.endsWith("`\n")) {
      diagnostics.error("", "bad archive: missing header magic number");
      return members;
    }
    const start = at + HEADER_LENGTH;
    const size = readSize(header);
    if (size === undefined || start + size > text.length) {
      const short = size === undefined ? "" : `, ${start + size - text.length} bytes short`;
      diagnostics.error("", `truncated archive${short}`);
      return members;
    }
    const data = text.slice(start, start + size);
    if (/^\/\/\s/.test(header)) longNames = data;
    else members.push(memberOf(header, data, longNames));
    at = start + size + (size % 2);
  }
  if (at < text.length) diagnostics.error("", "truncated archive");
  return members;
}

function readSize(header: string): number | undefined {
  const digits = /^\d+(?=\s|$)/.exec(header.slice(48, 58))?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** GNU archives keep long names in a table (`/OFFSET`), those of BSD in front of the data (`#1/LENGTH`). */
function memberOf(header: string, data: string, longNames: string): ArchiveMember {
  const field = header.slice(0, 16);
  const offset = /^\/(\d+)/.exec(field)?.[1];
  if (offset !== undefined) return { name: shortName(longNames.slice(Number(offset))), data };
  const length = Number(/^#1\/(\d+)/.exec(field)?.[1] ?? 0);
  if (length > 0) return { name: data.slice(0, length), data: data.slice(length) };
  return { name: shortName(field), data };
}

function shortName(text: string): string {
  return /^[^/\s]*/.exec(text)![0];
}
