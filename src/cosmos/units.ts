/** Numbers as people read them: three digits that count, and a unit. */
import { formatNumber } from "../report/index.ts";

const DECIMAL = ["", "k", "M", "G", "T"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `0`, `950`, `12.3k`, `14.9M`. */
export function formatCount(value: number): string {
  return value < 1000 ? formatSmall(value) : scale(value, 1000, DECIMAL).join("");
}

/** Zero and whole numbers have no decimals. */
function formatSmall(value: number): string {
  return Number.isInteger(value) ? String(value) : formatNumber(value);
}

/** `512 B`, `2.50 MiB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : scale(bytes, 1024, BINARY).join(" ");
}

function scale(value: number, base: number, units: readonly string[]): [string, string] {
  const exponent = Math.min(Math.floor(Math.log(value) / Math.log(base)), units.length - 1);
  return [formatNumber(value / base ** exponent), units[exponent] ?? ""];
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The two largest units: `12s`, `3m12s`, `5h2m`, `3d4h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m${whole % MINUTE}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h${Math.floor((whole % HOUR) / MINUTE)}m`;
  return `${Math.floor(whole / DAY)}d${Math.floor((whole % DAY) / HOUR)}h`;
}
