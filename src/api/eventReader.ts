/** Reads server-sent events (WHATWG HTML, section 9.2.6) as the daemon writes them. */
import { ToolstackError } from "../domain/toolstack.ts";

export interface ReceivedEvent {
  /** `message` where the sender named none. */
  readonly name: string;
  readonly data: string;
}

/** Characters of one line, at most: statistics of ten thousand domains fit. */
const LINE_LIMIT = 256 << 20;

/**
 * @param text  the stream, decoded, cut anywhere
 * @throws ToolstackError UNREACHABLE when a line does not end
 */
export async function* readEvents(text: AsyncIterable<string>): AsyncGenerator<ReceivedEvent, void> {
  let event = emptyEvent();
  for await (const line of readLines(text)) {
    if (line !== "") {
      readField(line, event);
      continue;
    }
    if (event.data.length > 0) yield { name: event.name, data: event.data.join("\n") };
    event = emptyEvent();
  }
}

/** Looks at each piece once, so that a long line costs no more than short ones. What comes behind the last line end is not told. */
async function* readLines(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const piece of text) {
    const [first = "", ...others] = piece.split("\n");
    const lines = [rest + first, ...others];
    rest = lines.pop() ?? "";
    if (rest.length > LINE_LIMIT) throw new ToolstackError("UNREACHABLE", "the daemon sent a line without end");
    yield* lines;
  }
}

interface EventInProgress {
  name: string;
  data: string[];
}

function emptyEvent(): EventInProgress {
  return { name: "message", data: [] };
}

/** A line without a field's name is a comment. */
function readField(line: string, event: EventInProgress): void {
  const { field, value = "" } = /^(?<field>[^:]*):? ?(?<value>.*)$/s.exec(line)?.groups ?? {};
  if (field === "event") event.name = value;
  if (field === "data") event.data.push(value);
}
