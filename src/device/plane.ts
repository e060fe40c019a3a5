/** The WebAssembly half of devices (plane/devices.ts), one instance for each memory. */
import { planeModule } from "../plane/modules.ts";
import type { DeviceMemory } from "./device.ts";

/** All offsets and areas are places in the memory; `address` is that of its first byte in the process. */
export interface DevicePlane {
  readonly RECEIVE_SLOTS: WebAssembly.Global<"i32">;
  readonly TRANSMIT_SLOTS: WebAssembly.Global<"i32">;
  readonly VIRTIO_HEADER: WebAssembly.Global<"i32">;
  receiveBytes(): number;
  receiveMessages(area: number): number;
  receiveVectors(area: number): number;
  transmitBytes(): number;
  transmitMessages(area: number): number;
  transmitVectors(area: number): number;
  prepareReceive(area: number, address: bigint): void;
  received(area: number, count: number): number;
  gather(area: number, count: number, address: bigint): number;
  framesIn(area: number, first: number, count: number): number;
  listChunks(ring: number, first: number, chunk: number, count: number): void;
  takeDescriptors(table: number, ring: number, mask: number, consumer: number, count: number, umem: number): void;
  fillFrom(ring: number, mask: number, consumer: number, count: number, fill: number, producer: number): void;
  writeDescriptors(
    table: number,
    count: number,
    ring: number,
    mask: number,
    producer: number,
    completion: number,
    umem: number,
    chunk: number,
  ): number;
}

const planes = new WeakMap<DeviceMemory, DevicePlane>();

/** @throws Error with the way to build it when it is missing */
export function devicePlane(memory: DeviceMemory): DevicePlane {
  const existing = planes.get(memory);
  if (existing) return existing;
  const { exports } = new WebAssembly.Instance(planeModule("devices"), {
    env: {
      memory: memory.memory,
      table: new WebAssembly.Table({ initial: 1, element: "anyfunc" }),
      abort: () => {
        throw new Error("the devices' plane has aborted");
      },
    },
  });
  const plane = exports as unknown as DevicePlane; // the exports of plane/devices.ts
  planes.set(memory, plane);
  return plane;
}
