/** Makes an image of a router that is ready to run: its linked code, its memory, and a manifest. */
import { DEVICES } from "../host/capture/devices.ts";
import { linkImage } from "../image/linkedModule.ts";
import {
  ABI_VERSION,
  type Manifest,
  type ManifestHandler,
  type ManifestRing,
  type ManifestStream,
} from "../image/manifest.ts";
import { betterTables, judgePatterns } from "../image/patternTables.ts";
import type { Range } from "../image/snapshot.ts";
import { decodeModule } from "../image/wasm/decode.ts";
import { type Const, i32, i64 } from "../image/wasm/tree.ts";
import { printConfiguration } from "../language/index.ts";
import { type ElementClass, type Handler, structureOffset } from "../library/catalogue.ts";
import { streamLayout } from "../machine/stream.ts";
import type { GuestElement } from "./guestElement.ts";
import { describeForLinking, exchangeTables } from "./linkDescription.ts";
import { RecordedDevices } from "./recordedDevices.ts";
import type { Router } from "./router.ts";
import { PORT_ENTRY_SIZE } from "./wire.ts";

const PAGE = 65536;

/**
 * @param router  initialized, and not run yet
 * @param time  whether time in the image is real (given to `run`), or simulated: advances with each query. By default as in the router.
 * @returns the image's bytes: the same for the same library, configuration, starting time and seed
 */
export function buildImage(
  router: Router,
  time: "real" | "simulated" = router.simulated ? "simulated" : "real",
): Uint8Array<ArrayBuffer> {
  const { guest, library } = router.world;
  guest.view.setUint8(router.kernelField("simulated"), time === "simulated" ? 1 : 0);
  const patterns = [...judgePatterns(describeForLinking(router)).values()];
  exchangeTables(router, betterTables(patterns));
  const replaced = patterns.filter(({ form }) => form === "code").map(({ table: { address } }) => address);
  const globals = new Map<string, Const>();
  for (const [name, value] of guest.globals) globals.set(name, typeof value === "bigint" ? i64(value) : i32(value));
  return linkImage(
    decodeModule(library.body()),
    describeForLinking(router),
    {
      memory: guest.bytes,
      globals,
      unneeded: [...dispatchTables(router), ...replaced.map((address) => tableAt(router, address))],
    },
    describeImage(router),
  );
}

/** Elements that act on the host as time goes by, or have it call handlers: an image is without their other halves. */
export function hostBound(router: Router): GuestElement[] {
  return router.elements.filter((element) => {
    const { service, wakeTime, driverStops } = element.activity ?? {};
    return service || wakeTime || driverStops || router.world.callsOf(element).length > 0;
  });
}

/** Rules that became code need no table. */
function tableAt({ world }: Router, address: number): Range {
  return { address, length: world.lengthAt(address) };
}

/** Port tables and method numbers: only dynamic dispatch reads them. */
function dispatchTables(router: Router): Range[] {
  const { catalogue } = router.world.library;
  const view = router.world.guest.view;
  const head = (field: string): number => structureOffset(catalogue, "ElementHead", field);
  const table = ({ address }: GuestElement, field: string, ports: number): Range => ({
    address: view.getUint32(address + head(field), true),
    length: ports * PORT_ENTRY_SIZE,
  });
  return router.elements.flatMap((element) => [
    table(element, "outputTable", element.nOutputs),
    table(element, "inputTable", element.nInputs),
    ...["outputTable", "inputTable", "taskMethod", "timerMethod"].map((field) => ({
      address: element.address + head(field),
      length: Uint32Array.BYTES_PER_ELEMENT,
    })),
  ]);
}

function describeImage(router: Router): Manifest {
  const { catalogue } = router.world.library;
  const { guest } = router.world;
  const classes = new Set(router.elements.map(({ elementClass }) => elementClass));
  const kernelFields = Object.entries(catalogue.structures.KernelState ?? {});
  const text = guest.view.getUint32(router.kernelField("handlerText"), true);
  return {
    abi: ABI_VERSION,
    configuration: router.options.source,
    flatConfiguration: printConfiguration(router.configuration),
    elements: router.elements.map(({ name, className, address, nInputs, nOutputs }) => ({
      name,
      class: className,
      address,
      inputs: nInputs,
      outputs: nOutputs,
    })),
    handlers: Object.fromEntries(
      [...classes].map((each) => [each.name, each.handlers.map((handler) => describeHandler(each, handler))]),
    ),
    rings: ringsOf(router),
    streams: streamsOf(router),
    stream: streamLayout(catalogue),
    timerExpiry: structureOffset(catalogue, "Timer", "expiry"),
    kernel: {
      address: catalogue.kernelAddress,
      fields: Object.fromEntries(kernelFields.map(([name, { offset }]) => [name, offset])),
    },
    textBuffer: guest.view.getUint32(text + structureOffset(catalogue, "Text", "buffer"), true),
    memoryPages: guest.memory.buffer.byteLength / PAGE,
  };
}

function describeHandler(elementClass: ElementClass, handler: Handler): ManifestHandler {
  const { name, flags, type, writeType, expectation, readMethod, writeMethod } = handler;
  const fieldOf = (field: string | undefined) => (field === undefined ? undefined : elementClass.fields[field]);
  const [field, condition] = [fieldOf(handler.field), fieldOf(handler.condition)];
  return {
    name,
    flags,
    ...(type ? { type } : {}),
    ...(writeType ? { writeType } : {}),
    ...(expectation ? { expectation } : {}),
    ...(field ? { offset: field.offset, storage: field.type } : {}),
    ...(condition ? { condition: condition.offset } : {}),
    ...(readMethod ? { readMethod: `${elementClass.name}$${readMethod}` } : {}),
    ...(writeMethod ? { writeMethod: `${elementClass.name}$${writeMethod}` } : {}),
  };
}

/** Of devices that were opened by a recorder; others cannot be there when the image runs. */
function ringsOf(router: Router): ManifestRing[] {
  const devices = router.options.shared?.get(DEVICES);
  if (!(devices instanceof RecordedDevices)) return [];
  return devices.opened.flatMap(({ name, receives, ring }) => {
    const { address, slots, capacity } = ring();
    const owner = router.elements.find((each) => each.elementClass.fields.ring && Number(each.get("ring")) === address);
    return owner ? [{ element: owner.name, device: name, receives, address, slots, capacity }] : [];
  });
}

function streamsOf(router: Router): ManifestStream[] {
  const { view } = router.world.guest;
  const kernel = ["console", "calls"].map((field) => ({
    field,
    address: view.getUint32(router.kernelField(field), true),
  }));
  const own = router.elements.flatMap((element) =>
    Object.entries(element.elementClass.fields).flatMap(([field, { type }]) =>
      type.startsWith("Stream") ? [{ element: element.name, field, address: Number(element.get(field)) }] : [],
    ),
  );
  return [...kernel, ...own.filter(({ address }) => address !== 0)];
}
