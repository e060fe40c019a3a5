/** A screen that keeps what is shown. */
import type { Screen } from "./liveTable.ts";

export interface KeptScreen extends Screen {
  readonly said: () => string;
  /** Ends when this has been said. */
  readonly hasSaid: (words: string) => Promise<void>;
}

/** @param isTerminal  else it is a pipe */
export function keepScreen(isTerminal = false): KeptScreen {
  let said = "";
  const waiting = new Map<string, () => void>();
  return {
    write: (text) => {
      said += text;
      for (const [words, resolve] of waiting) if (said.includes(words)) resolve();
    },
    isTerminal,
    rows: 24,
    columns: 80,
    said: () => said,
    hasSaid: (words) => new Promise((resolve) => waiting.set(words, resolve)),
  };
}
