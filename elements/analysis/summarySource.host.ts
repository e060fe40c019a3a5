/** What FromIPSummaryDump reads: a file, possibly compressed, standard input, a text in the configuration, or nothing. */
import { CaptureInput } from "../../src/host/capture/captureInput.ts";

/** A dump's bytes. */
export interface SummarySource {
  /** Bytes of a regular file that is open; undefined for others. */
  readonly size: number | undefined;
  /** The input when its bytes come when they come, and nothing may wait for them. */
  readonly live: CaptureInput | undefined;
  /** Fills `into` as far as the dump goes. @returns less than its length at the end only. @throws system errors */
  read(into: Uint8Array): number;
  /** Reads a regular file or a text from `position` on, without moving; nothing of others. */
  readAt(into: Uint8Array, position: number): number;
  /** May be called more than once. */
  close(): void;
}

/** @throws system errors */
export function openSource(fileName: string): SummarySource {
  const input = CaptureInput.open(fileName);
  let isOpen = true;
  return {
    size: input.size,
    live: input.live ? input : undefined,
    read: (into) => input.read(into),
    readAt: (into, position) => (input.size === undefined ? 0 : input.readAt(into, position)),
    close() {
      // The number of a closed file may be another's already.
      if (isOpen) input.close();
      isOpen = false;
    },
  };
}

/** A dump that is a text. */
export function textSource(text: string): SummarySource {
  const bytes = Buffer.from(text, "latin1");
  let at = 0;
  const readAt = (into: Uint8Array, position: number): number =>
    bytes.copy(into, 0, position, Math.min(position + into.length, bytes.length));
  return {
    size: undefined,
    live: undefined,
    read: (into) => {
      const count = readAt(into, at);
      at += count;
      return count;
    },
    readAt,
    close: () => undefined,
  };
}
