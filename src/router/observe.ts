/**
 * Looking at packets inside a running router: a trace follows packets from element to element to their end, a capture copies what leaves an output port.
 * Whoever drives the router polls between slices; meanwhile it runs with dynamic dispatch.
 */
import { ETHERNET, RAW_IP } from "../host/capture/linkTypes.ts";
import { findNetworkHeader, summarizePacket } from "../host/capture/packetSummary.ts";
import { formatFileHeader, formatRecordHeader, MAXIMUM_CAPTURE } from "../host/capture/pcap.ts";
import { Diagnostics } from "../language/index.ts";
import { structureOffset } from "../library/catalogue.ts";
import { GuestTrap } from "../machine/guest.ts";
import { compileIpFilter, PROGRAM, withKind } from "../pattern/index.ts";
import {
  type Format,
  Observation,
  ObservationError,
  observePorts,
  releasePorts,
  type Sighting,
} from "./observation.ts";
import type { Router } from "./router.ts";

export interface TraceRequest {
  /** A filter in the language of IPClassifier; absent = all packets. */
  readonly filter?: string | undefined;
  /** Packets to follow. */
  readonly count: number;
}

/** One step of a packet on its way. */
export interface TraceStep {
  /** Number of the packet within the trace. */
  readonly packet: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly element: string;
  readonly class: string;
  /** Output port; -1 = the packet ended here. */
  readonly port: number;
  readonly event: "emitted" | "dropped" | "kept" | "consumed";
  readonly length: number;
  /** What the packet is, in words. */
  readonly summary: string;
}

export interface CaptureLimits {
  /** Packets to capture, at most; absent = until it is aborted. */
  readonly count?: number | undefined;
  /** Bytes of each packet. */
  readonly snapLength?: number | undefined;
}

/** What leaves an element is to be copied to a capture. */
export interface ElementCaptureRequest extends CaptureLimits {
  readonly element: string;
  /** Output port of the element. */
  readonly port: number;
  readonly vif?: undefined;
}

/** What 32 bits count to: more packets than anybody waits for. */
const MOST_PACKETS = 2 ** 32 - 1;
const NANOSECONDS_PER_SECOND = 1e9;

/**
 * Follows packets from where they appear. Clones are followed, too, under the number of the original.
 * @throws ObservationError when the filter has a fault, or another trace is on
 */
export function startTrace(router: Router, { filter, count }: TraceRequest): Observation<TraceStep> {
  checkRange("number of packets", count, 1, MOST_PACKETS);
  const { guest, library } = router.world;
  if (guest.view.getUint32(router.kernelField("trace"), true) !== 0)
    throw new ObservationError("WRONG_STATE", ["the packets of this router are being traced already"]);
  const table = filter === undefined ? new Uint8Array(0) : compileFilter(router, filter);
  const start = (): number => {
    const address = Number(guest.call("startTrace", count, table.length)) >>> 0;
    const place = guest.view.getUint32(address + structureOffset(library.catalogue, "Trace", "filter"), true);
    guest.bytes.set(table, place);
    return address;
  };
  return observe(router, "Trace", start, (sightings) => sightings.map(traceStep));
}

/**
 * Copies what leaves an output port to a capture in pcap format. Its link type is that of the first packet: Ethernet, or IP where link headers are
 * stripped.
 * @throws ObservationError when there is no such port
 */
export function startCapture(router: Router, request: ElementCaptureRequest): Observation<Uint8Array> {
  const { element: name, port } = request;
  const { count, snapLength } = captureLimits(request);
  const element = router.element(name);
  if (!element) throw new ObservationError("NOT_FOUND", [`no element named '${name}'`]);
  if (element.nOutputs === 0) throw new ObservationError("NOT_FOUND", [`element '${name}' has no output ports`]);
  checkRange(`output port of '${name}'`, port, 0, element.nOutputs - 1);
  const { guest } = router.world;
  const start = (): number => Number(guest.call("startCapture", element.address, port, count, snapLength)) >>> 0;
  return observe(router, "Capture", start, captureFormat(snapLength));
}

/**
 * How many packets, and how much of each.
 * @throws ObservationError when the request says what cannot be
 */
export function captureLimits({ count = MOST_PACKETS, snapLength = MAXIMUM_CAPTURE }: CaptureLimits): {
  readonly count: number;
  readonly snapLength: number;
} {
  checkRange("number of packets", count, 1, MOST_PACKETS);
  checkRange("number of bytes of a packet", snapLength, 1, MAXIMUM_CAPTURE);
  return { count, snapLength };
}

function checkRange(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ObservationError("INVALID", [`${what}: expected a whole number from ${least} to ${most}, got ${value}`]);
}

/** @returns a table of rules whose output is 0 for packets that the filter accepts */
function compileFilter(router: Router, filter: string): Uint8Array {
  const diagnostics = new Diagnostics();
  const names = router.nameDatabases.namesFor("");
  const pattern = compileIpFilter([`0 ${filter}`], { outputs: 1, names, diagnostics, landmark: "filter" });
  // There is but one pattern: its number tells nothing.
  if (!pattern)
    throw new ObservationError(
      "INVALID",
      diagnostics.lines.map((line) => line.replace("pattern 0: ", "")),
    );
  return withKind(PROGRAM, pattern.programTable());
}

function observe<T>(
  router: Router,
  structure: "Trace" | "Capture",
  start: () => number,
  format: Format<T>,
): Observation<T> {
  try {
    if (!router.isObserved) observePorts(router);
    return new Observation(router, structure, start(), format);
  } catch (error) {
    if (!router.isObserved) releasePorts(router);
    // A guest that answers with an address outside of its memory gives a RangeError.
    if (!(error instanceof GuestTrap || error instanceof RangeError)) throw error;
    const message = `packets cannot be observed, the guest may have no memory left for it: ${error.message}`;
    throw new ObservationError("UNAVAILABLE", [message], error);
  }
}

function traceStep({ at, number, time, port, event, length, data, networkOffset }: Sighting): TraceStep {
  return {
    packet: number,
    time: Number(time) / NANOSECONDS_PER_SECOND,
    element: at.name,
    class: at.className,
    port: event === "emitted" ? port : -1,
    event,
    length,
    summary: summarizePacket(data, length, networkOffset),
  };
}

/** The file's header comes with the first packet, or when none has come by the end. */
function captureFormat(snapLength: number): Format<Uint8Array> {
  let hasHeader = false;
  return (sightings, isLast) => {
    const pieces = sightings.flatMap(({ time, data, length }) => [
      formatRecordHeader(time, { captured: data.length, length }),
      data,
    ]);
    if (hasHeader || (sightings.length === 0 && !isLast)) return pieces;
    hasHeader = true;
    return [formatFileHeader({ nanoseconds: true, snapLength, linkType: linkTypeOf(sightings[0]) }), ...pieces];
  };
}

function linkTypeOf(sighting: Sighting | undefined): number {
  const header = sighting && findNetworkHeader(sighting.data, sighting.networkOffset);
  return header?.offset === 0 ? RAW_IP : ETHERNET;
}
