/** Elements with a rate: the size of their token bucket, and a handler that changes the rate. */
import { type ArgumentValues, formatHandlerValue } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf } from "../../src/library/hostHalf.ts";

const UINT32_MAX = 2 ** 32 - 1;
const MILLISECONDS_PER_SECOND = 1000;
/** As BYTE_THRESHOLD in tokenBucket.ts: a bucket of bytes holds so much more. */
const BYTE_THRESHOLD = 131072;

/** How rates are written, and the argument that sets the size of the bucket. */
interface RateKind {
  readonly type: "u32" | "bandwidth";
  readonly sizeKeyword: "BURST_SIZE" | "BURST_BYTES";
}

const PACKETS: RateKind = { type: "u32", sizeKeyword: "BURST_SIZE" };
const BYTES: RateKind = { type: "bandwidth", sizeKeyword: "BURST_BYTES" };

/** Handlers `rate` and `config`: both read as the current rate; writing `rate` changes that argument alone. */
export function rateHandlers(type: RateKind["type"], currentRate: (element: HostedElement) => number) {
  const read = (element: HostedElement) => formatHandlerValue(type, currentRate(element));
  return {
    rate: {
      flags: "rw",
      documentation: type === "bandwidth" ? "Bytes a second." : "Packets a second.",
      read,
      write: (element: HostedElement, text: string) => element.reconfigureArgument("RATE", text),
    },
    config: { flags: "r", documentation: "The rate.", read },
  };
}

function bucketHalf(kind: RateKind): HostHalf {
  const configure = (element: HostedElement, values: ArgumentValues) => configureBucket(element, values, kind);
  return {
    configure,
    reconfigure: configure,
    handlers: rateHandlers(kind.type, (element) => Number(element.call("currentRate")) >>> 0),
  };
}

function configureBucket(element: HostedElement, values: ArgumentValues, { type, sizeKeyword }: RateKind): void {
  const size = values.get(sizeKeyword);
  if (size !== undefined && values.has("BURST_DURATION")) {
    element.error("cannot specify both BURST_DURATION and BURST_SIZE");
    return;
  }
  const rate = Number(element.get("configuredRate"));
  const tokens =
    size === undefined
      ? Math.floor((rate * Number(element.get("burstDuration"))) / MILLISECONDS_PER_SECOND)
      : Number(size);
  const capacity = type === "bandwidth" ? tokens + BYTE_THRESHOLD : Math.max(tokens, 1);
  element.call("assignBucket", rate, Math.min(capacity, UINT32_MAX));
}

export const packetRateHalf = bucketHalf(PACKETS);
export const byteRateHalf = bucketHalf(BYTES);
