/** A table that is refreshed in place on a terminal, and printed once, at the end, where there is none. */

export interface Screen {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Lines and columns of the terminal. */
  readonly rows: number;
  readonly columns: number;
}

/** The least time between two refreshes, in milliseconds. */
const REFRESH_INTERVAL = 100;

export class LiveTable {
  readonly #screen: Screen;
  readonly #now: () => number;
  #linesShown = 0;
  #shownAt = Number.NEGATIVE_INFINITY;

  /** @param now  milliseconds, from any point on */
  constructor(screen: Screen, now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#now = now;
  }

  /** Shows the table, if it is a terminal and the last refresh is some time ago. */
  refresh(text: () => string): void {
    if (!this.#screen.isTerminal || this.#now() - this.#shownAt < REFRESH_INTERVAL) return;
    this.#shownAt = this.#now();
    const lines = this.#fit(text());
    this.#screen.write(`${this.#back()}${lines.join("\n")}\n`);
    this.#linesShown = lines.length;
  }

  /** Shows the table for good, whole. */
  finish(text: string): void {
    this.#screen.write(`${this.#back()}${text}`);
    this.#linesShown = 0;
  }

  /** To the beginning of what is shown, which is wiped. */
  #back(): string {
    return this.#linesShown === 0 ? "" : `\x1b[${this.#linesShown}A\x1b[J`;
  }

  /** What has room: the cursor cannot go back to lines that have scrolled out, and wrapped lines would count double. */
  #fit(text: string): string[] {
    const lines = text.trimEnd().split("\n");
    const room = this.#screen.rows - 2;
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `... ${lines.length - room + 1} more`];
    return shown.map((line) => line.slice(0, this.#screen.columns - 1));
  }
}
