/** AggregateIPFlows: checks FRAGMENTS, and writes the descriptions of flows. */
import { hostAccess } from "../../src/host/hostAccess.ts";
import { formatIPAddress } from "../../src/library/arguments/addresses.ts";
import type { ArgumentValues, ElementReference } from "../../src/library/arguments/index.ts";
import type { HostActivity, HostedElement, HostHalf, HostServices } from "../../src/library/hostHalf.ts";
import { systemErrorText } from "../../src/library/systemError.ts";
import { setNameLabel } from "../net/headerCheck.host.ts";
import { openFile, type Sink, standardOutput } from "./summaryOutput.host.ts";

const STREAM = 1 << 18;
/** A description: a flow and its pair of hosts as they lie in the guest (ipFlows.ts). */
const FLOW_SIZE = 48;
const DESCRIPTION_SIZE = FLOW_SIZE + 32;
const NANOSECONDS = 1_000_000_000n;

interface Trace {
  readonly fileName: string;
  readonly source: string | undefined;
}

const traces = new WeakMap<HostedElement, Trace>();

export const hostHalf: HostHalf = {
  configure(element, values) {
    setNameLabel(element);
    if (values.has("FRAGMENTS")) element.set("fragmentMode", values.get("FRAGMENTS") === true ? 1 : 0);
    const trace = traceOf(values);
    if (trace) traces.set(element, trace);
  },

  start(element, services) {
    const trace = traces.get(element);
    const sink = trace && openTrace(element, services, trace);
    if (Number(element.get("fragmentMode")) === 1 && (Number(element.get("pullInputs")) & 1) !== 0)
      element.error("'FRAGMENTS true' is incompatible with pull; run this element in a push context");
    return sink ? follow(element, services, sink, trace) : {};
  },
};

function traceOf(values: ArgumentValues): Trace | undefined {
  const fileName = values.get("TRACEINFO");
  if (fileName === undefined) return undefined;
  const source = values.get("SOURCE") as ElementReference | undefined; // of type Element
  return { fileName: String(fileName), source: source?.name };
}

/** @returns undefined when a fault was reported */
function openTrace(element: HostedElement, services: HostServices, { fileName }: Trace): Sink | undefined {
  try {
    return fileName === "-" ? standardOutput(services.print) : openFile(hostAccess(element).file(fileName));
  } catch (error) {
    element.error(`${fileName}: ${systemErrorText(error)}`);
    return undefined;
  }
}

/** Writes what the guest tells about flows, to the end. */
function follow(element: HostedElement, services: HostServices, sink: Sink, { source }: Trace): HostActivity {
  const stream = services.makeStream("trace", STREAM);
  const write = (text: string): void => sink.write(Buffer.from(text, "latin1"));
  const service = (): boolean => {
    const descriptions = stream.read();
    for (let at = 0; at + DESCRIPTION_SIZE <= descriptions.length; at += DESCRIPTION_SIZE)
      write(describe(descriptions.subarray(at, at + DESCRIPTION_SIZE)));
    return descriptions.length > 0;
  };
  const handler = source === undefined ? undefined : services.findHandler(`${source}.filename`, "read");
  const file = handler === undefined || typeof handler === "string" ? "" : handler.read("").trim();
  write(`<?xml version='1.0' standalone='yes'?>\n<trace${file === "" ? "" : ` file='${file}'`}>\n`);
  return {
    service,
    close() {
      service();
      for (let next = 0; next >= 0; service()) next = Number(element.call("describeFrom", next)) | 0;
      if (sink.name !== "<stdout>") write("</trace>\n");
      sink.close();
    },
  };
}

function describe(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): number => view.getUint32(at, true);
  const isReversed = view.getUint8(17) !== 0;
  const [low, high] = [view.getUint32(FLOW_SIZE), view.getUint32(FLOW_SIZE + 4)];
  const [lowPort, highPort] = [view.getUint16(0), view.getUint16(2)];
  const [source, destination] = isReversed ? [high, low] : [low, high];
  const [sourcePort, destinationPort] = isReversed ? [highPort, lowPort] : [lowPort, highPort];
  const first = view.getBigInt64(32, true);
  const duration = view.getBigInt64(40, true) - first;
  return `<flow aggregate='${word(4)}' src='${formatIPAddress(source)}' sport='${sourcePort}' dst='${formatIPAddress(destination)}' dport='${destinationPort}' begin='${formatTime(first)}' duration='${formatTime(duration)}'>
  <stream dir='0' packets='${word(20)}' /><stream dir='1' packets='${word(24)}' />
</flow>
`;
}

/** Seconds with nine digits. */
function formatTime(time: bigint): string {
  return `${time / NANOSECONDS}.${String(time % NANOSECONDS).padStart(9, "0")}`;
}
