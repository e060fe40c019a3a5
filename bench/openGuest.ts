/** Opens guests in this process. */
import type { Library } from "../src/library/library.ts";
import type { Driver } from "../src/router/driver.ts";
import { openRouter } from "../src/router/open.ts";

/** @param printMessage  receives faults, and what elements have to say */
export function openOptions(library: Library, printMessage: (text: string) => void): Parameters<typeof openRouter>[1] {
  return {
    library,
    parameters: new Map(),
    clickPath: undefined,
    seed: 1n,
    print: () => undefined,
    printMessage,
    allowReconfigure: false,
  };
}

/**
 * From text to a router that is ready to run.
 * @param shared  what it finds of the host, such as devices
 * @throws Error with the messages
 */
export function openGuest(library: Library, text: string, shared?: ReadonlyMap<symbol, object>): Driver {
  let messages = "";
  const say = (message: string): void => {
    messages += message;
  };
  const options = { ...openOptions(library, say), shared };
  const driver = openRouter({ text: Buffer.from(text), file: "bench" }, options);
  if (!driver) throw new Error(messages);
  return driver;
}
