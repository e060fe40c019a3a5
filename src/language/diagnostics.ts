/**
 * Messages about a configuration, in the format in which Click prints them: `LANDMARK: TEXT`, one line each.
 */

/** Called with each line as it is reported, without its newline. */
export type DiagnosticListener = (line: string) => void;

/**
 * Collects the messages of one run, in order.
 *
 * A landmark says where the fault is (`router.click:12`); the empty landmark prints no prefix. A text of several lines
 * becomes several lines with the same landmark.
 */
export class Diagnostics {
  readonly #listener: DiagnosticListener | undefined;
  readonly #lines: string[] = [];
  #parent: Diagnostics | undefined;
  #heading: { readonly landmark: string; readonly text: string | (() => string) } | undefined;
  #errorCount = 0;

  /** @param listener  called with each line at once, so that a driver prints messages as they come */
  constructor(listener?: DiagnosticListener) {
    this.#listener = listener;
  }

  /** Errors reported so far, those inside {@link within} included. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** The formatted lines so far, in order; of a block, only its own. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Reports a fault that makes the configuration unusable. */
  error(landmark: string, text: string): void {
    for (let each: Diagnostics | undefined = this; each; each = each.#parent) each.#errorCount++;
    this.#report(landmark, text);
  }

  /** Reports something doubtful; the line reads `LANDMARK: warning: TEXT`. */
  warning(landmark: string, text: string): void {
    this.#report(landmark, `warning: ${text}`);
  }

  /** Reports a line that is neither an error nor a warning. */
  message(landmark: string, text: string): void {
    this.#report(landmark, text);
  }

  /**
   * Opens a block of messages under a heading, such as `router.click:3: While configuring 'fw :: IPFilter':`.
   *
   * The heading is printed before the first message, and not at all if there is none. Messages of the block are indented
   * by two spaces more than their surroundings. A function is asked for the heading when the first message comes. A heading without a landmark takes that of the first message.
   */
  within(landmark: string, heading: string | (() => string)): Diagnostics {
    const block = new Diagnostics();
    block.#parent = this;
    block.#heading = { landmark, text: heading };
    return block;
  }

  #report(landmark: string, text: string): void {
    const lines = text.split("\n");
    if (lines.length > 1 && lines.at(-1) === "") lines.pop();
    for (const line of lines) this.#print(landmark, line);
  }

  #print(landmark: string, text: string): string {
    const heading = this.#heading;
    if (heading && this.#parent) {
      this.#heading = undefined;
      this.#lines.push(
        this.#parent.#print(
          heading.landmark || landmark,
          typeof heading.text === "string" ? heading.text : heading.text(),
        ),
      );
    }
    const line = this.#parent ? this.#parent.#print(landmark, `  ${text}`) : landmarkPrefix(landmark) + text;
    this.#listener?.(line);
    this.#lines.push(line);
    return line;
  }
}

/** `LANDMARK: `, whatever space or colon the landmark itself ends with; nothing for an empty one. */
function landmarkPrefix(landmark: string): string {
  const bare = landmark.trimEnd().replace(/:$/, "");
  return bare === "" ? "" : `${bare}: `;
}
