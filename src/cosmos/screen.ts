/** The whole terminal as a page that is drawn again and again, and gone at the end, as `less` and `htop` do it. */
import { type Terminal, write } from "./terminal.ts";

// Control sequences of xterm, which all terminals of today understand.
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** What terminals without a size are taken for. */
const DEFAULT_SIZE = { rows: 24, columns: 80 };

const CONTROL_C = "\x03";

/** Shows pages while the work goes on; `q` and Ctrl-C abort it. */
export async function onScreen(
  { input, output }: Terminal,
  stop: AbortController,
  work: (show: (page: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const onKey = (keys: Buffer): void => {
    if (/^[qQ]/.test(keys.toString()) || keys.includes(CONTROL_C)) stop.abort();
  };
  await write(output, ENTER);
  input.setRawMode?.(true);
  input.on("data", onKey);
  try {
    await work((page) => write(output, frame(page, output)));
  } finally {
    input.off("data", onKey);
    input.pause();
    input.setRawMode?.(false);
    await write(output, LEAVE);
  }
}

/** Lines that have room; a longer one would wrap and push others out. */
function frame(page: string, { rows, columns }: Terminal["output"]): string {
  const lines = page.split("\n").slice(0, rows || DEFAULT_SIZE.rows);
  return HOME + lines.map((line) => cut(line, columns || DEFAULT_SIZE.columns) + CLEAR_LINE).join("\r\n") + CLEAR_BELOW;
}

/** Colours take no room. */
function cut(line: string, columns: number): string {
  let room = columns;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
  return line.replace(/\x1b\[[\d;]*m|[^\x1b]/gu, (part) => {
    if (part.startsWith("\x1b")) return part;
    return room-- > 0 ? part : "";
  });
}
