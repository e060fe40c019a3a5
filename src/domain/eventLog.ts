/** What happened to domains: the newest 1000 events are kept. */
import { Followers } from "./followers.ts";
import type { DomainEvent } from "./information.ts";

const KEPT = 1000;

export class EventLog {
  readonly #followers = new Followers<DomainEvent>();
  readonly #events: DomainEvent[] = [];
  /** Numbers begin at the time in milliseconds, so that they go on growing when the toolstack is opened again. */
  #sequence = Date.now();

  add(event: DomainEvent["event"], { id, name }: { readonly id: number; readonly name: string }, reason = ""): void {
    const added = { sequence: ++this.#sequence, time: new Date().toISOString(), event, id, name, reason };
    this.#events.push(added);
    if (this.#events.length > KEPT) this.#events.shift();
    this.#followers.publish(added);
  }

  /** Oldest first. */
  get recent(): readonly DomainEvent[] {
    return [...this.#events];
  }

  /** @param after  only events with a higher sequence number */
  follow(signal: AbortSignal, after = 0): AsyncIterable<DomainEvent> {
    return this.#followers.follow(
      signal,
      this.#events.filter(({ sequence }) => sequence > after),
    );
  }

  end(): void {
    this.#followers.end();
  }
}
