/** The thread that a hypervisor has for itself: carries out what its user asks for. */
import { parentPort, workerData } from "node:worker_threads";
import { ToolstackError } from "../domain/toolstack.ts";
import { LocalHypervisor } from "./localHypervisor.ts";
import {
  type Fault,
  type FromThread,
  STREAM_WINDOW,
  type StreamName,
  type ThreadData,
  type ToThread,
} from "./messages.ts";

/** A stream that is being sent. */
interface Sending {
  readonly abort: AbortController;
  /** Items that may still be sent before one is acknowledged. */
  credit: number;
  go: () => void;
}

const port = parentPort;
if (!port) throw new Error("this is a thread's program");
const say = (message: FromThread): void => port.postMessage(message);

const { options, sent } = workerData as ThreadData; // threadHypervisor.ts gives it
/** Messages that have arrived. */
let heard = 0;

const hypervisor = new LocalHypervisor(
  { ...options, isWanted: () => Atomics.load(sent, 0) !== heard, notice: (text) => say({ kind: "notice", text }) },
  {
    onConsole: (id, text) => say({ kind: "console", id, text }),
    onStopped: (id, why) => say({ kind: "stopped", id, ...why }),
  },
);
const streams = new Map<number, Sending>();

port.on("message", (message: ToThread) => {
  heard = (heard + 1) | 0;
  if (message.kind === "call") void answer(message);
  else if (message.kind === "open") void send(message);
  else if (message.kind === "abort") streams.get(message.number)?.abort.abort();
  else taken(message.number);
});

async function answer({ number, name, parameters }: Extract<ToThread, { kind: "call" }>): Promise<void> {
  try {
    const call = hypervisor[name] as (...parameters: unknown[]) => Promise<unknown>; // the parameters of that call
    say({ kind: "answer", number, result: await call.apply(hypervisor, [...parameters]) });
    if (name === "close") port?.close();
  } catch (error) {
    say({ kind: "fault", number, fault: faultOf(error) });
  }
}

async function send({ number, name, parameters }: Extract<ToThread, { kind: "open" }>): Promise<void> {
  const sending: Sending = { abort: new AbortController(), credit: STREAM_WINDOW, go: () => undefined };
  streams.set(number, sending);
  try {
    for await (const item of open(name, parameters, sending.abort.signal)) {
      if (sending.credit === 0 && !sending.abort.signal.aborted)
        await new Promise<void>((resolve) => {
          sending.go = resolve;
          sending.abort.signal.addEventListener("abort", () => resolve(), { once: true });
        });
      if (sending.abort.signal.aborted) break;
      sending.credit--;
      say({ kind: "item", number, item });
    }
    say({ kind: "end", number });
  } catch (error) {
    say({ kind: "fault", number, fault: faultOf(error) });
  } finally {
    streams.delete(number);
  }
}

function open(name: StreamName, parameters: readonly unknown[], signal: AbortSignal): AsyncIterable<unknown> {
  const stream = hypervisor[name] as (...parameters: unknown[]) => AsyncIterable<unknown>; // the parameters of that stream
  return stream.apply(hypervisor, [...parameters, signal]);
}

function taken(number: number): void {
  const sending = streams.get(number);
  if (!sending) return;
  sending.credit++;
  sending.go();
}

function faultOf(error: unknown): Fault {
  if (error instanceof ToolstackError) return { message: error.message, code: error.code, messages: error.messages };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
