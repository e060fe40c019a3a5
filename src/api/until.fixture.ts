/** Waits in tests for what another process or the event loop does. */
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds after which a test is given up; what is waited for takes some hundred, at most. */
const PATIENCE = 20_000;

/** @throws Error when the condition does not come true */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`gave up waiting for: ${condition}`);
    await delay(5);
  }
}
