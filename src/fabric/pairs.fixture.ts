/** Pairs of guests that have nothing to do with each other. */
import { frameBytes, mac } from "./frames.fixture.ts";
import { TestFabric, TestGuest } from "./guest.fixture.ts";

export interface Pair {
  readonly a: TestGuest;
  readonly b: TestGuest;
  /** Numbers of the frames that the first sent to the second. */
  readonly sent: number[];
}

/** Pairs of guests, each on a wire or a switch of its own. */
export function makePairs(kind: "wire" | "switch", count: number): { test: TestFabric; pairs: Pair[] } {
  const test = new TestFabric();
  const pairs = Array.from({ length: count }, (): Pair => {
    const segment = test.fabric.addSegment(kind);
    const [a, b] = [new TestGuest(test.fabric), new TestGuest(test.fabric)];
    for (const { port } of [a, b]) segment.connect(port);
    return { a, b, sent: [] };
  });
  return { test, pairs };
}

/** Has the first of a pair send frames to the second. */
export function exchange({ a, sent }: Pair, count: number): void {
  for (let frame = 0; frame < count; frame++) {
    a.send(frameBytes({ to: mac(2), from: mac(1), number: sent.length }));
    sent.push(sent.length);
  }
}
