/**
 * The fabric: switches and wires between guests and devices. What happens to a frame happens in the data plane (`plane/`); this makes and changes its
 * structures, and lets it step. One fabric lives in one thread.
 */
import { type Device, type DeviceMemory, ENTRY_SIZE } from "../device/device.ts";
import { createDeviceMemory } from "../device/memory.ts";
import { PLANE_DATA, PLANE_MODULES, planeModule } from "../plane/modules.ts";
import type { FabricExports, MoverExports, WireExports } from "./exports.ts";
import { OWNER_DEVICE, OWNER_DEVICE_OFFLOADS, OWNER_GUEST, Port } from "./port.ts";
import { type LearnedAddress, learnedAddresses, Segment } from "./segment.ts";

export interface FabricOptions {
  /** Guests at once, at most. Default 16384: more memories than that do not fit a process's address space. */
  readonly guests?: number;
}

/** Guests that fit: V8 reserves 8 GiB of address space for each memory. */
const MOST_GUESTS = 16_384;
/** The switch's memory, in pages of 64 KiB: pages that are not used cost nothing. */
const MEMORY_PAGES = 16_384;
/** Frames and bytes that are taken in between two forwardings: more than the scheduler's thresholds by what one turn can bring. */
const FRAMES = 2048;
const POOL_BYTES = 8 << 20;
/** Descriptions for floods and segments. */
const COPIES = 16_384;
/** A frame of 64 KiB is cut into 46 pieces of 1460 bytes; smaller ones are rare. */
const SEGMENTS = 1024;
/** Learned addresses: four times as many places as there may be guests. */
const ADDRESSES = 65_536;
const CACHE_LINE = 64;
/** Places of the function table that the compiler may use itself, and by how many the table grows. */
const OWN_FUNCTIONS = 64;
const TABLE_GROWTH = 256;

/** A guest as the fabric runs it. */
export interface FabricGuest {
  readonly number: number;
  /** Address of the plane's structure. */
  readonly address: number;
  readonly memory: WebAssembly.Memory;
  /** Places in the function table: run, nextExpiry, pull, push. */
  readonly functions: readonly [number, number, number, number];
}

/** Functions of a guest that the scheduler calls directly. */
export interface GuestFunctions {
  readonly run: WebAssembly.ExportValue;
  readonly nextExpiry: WebAssembly.ExportValue;
}

export class Fabric {
  readonly memory: DeviceMemory;
  readonly plane: FabricExports;
  readonly #table: WebAssembly.Table;
  readonly #view: DataView;
  readonly #guests = new Map<number, FabricGuest>();
  readonly #freeNumbers: number[] = [];
  #nextNumber = 0;
  readonly #freePlaces: number[] = [];
  #nextPlace = OWN_FUNCTIONS;
  readonly #devices = new Map<number, { readonly device: Device; readonly port: Port }>();
  #nextDevice = 1;
  #nextPort = 1;
  #nextSegment = 1;
  readonly #mostGuests: number;
  readonly #addresses: number;
  readonly #epoch: bigint;
  /** Called when the set of devices has changed, before one that is gone is closed. */
  onDevices: () => void = () => undefined;
  /** Milliseconds of performance.now() at the epoch of the plane's clock. */
  readonly #start = performance.now();

  /** @param epoch  nanoseconds since 1970, now */
  constructor(epoch: bigint, { guests = MOST_GUESTS }: FabricOptions = {}) {
    this.#mostGuests = guests;
    this.#epoch = epoch;
    this.memory = createDeviceMemory(MEMORY_PAGES, PLANE_DATA * (PLANE_MODULES.length + 1));
    this.#view = new DataView(this.memory.memory.buffer);
    this.#table = new WebAssembly.Table({ initial: TABLE_GROWTH, element: "anyfunc" });
    this.plane = this.#instantiate();
    const { plane } = this;
    const words = Math.ceil(guests / 32);
    plane.initialize(
      this.allocate(plane.fabricBytes()),
      this.allocate(guests * 4),
      this.allocate(words * 4),
      this.allocate(words * 4),
      this.allocate(guests * 4),
      epoch,
    );
    const frame = plane.frameBytes();
    plane.provideFrames(
      this.allocate(FRAMES * frame),
      FRAMES,
      this.allocate(COPIES * frame),
      COPIES,
      this.allocate(POOL_BYTES),
      POOL_BYTES,
    );
    this.#addresses = this.allocate(ADDRESSES * plane.addressBytes());
    plane.provideTables(this.#addresses, ADDRESSES, this.allocate(SEGMENTS * ENTRY_SIZE), SEGMENTS);
  }

  #instantiate(): FabricExports {
    const { memory } = this.memory;
    const instance = new WebAssembly.Instance(planeModule("fabric"), {
      env: { memory, table: this.#table, abort: () => undefined },
      host: {
        transmit: (device: number, count: number) => this.#devices.get(device)?.device.transmit(count) ?? 0,
        clock: () => performance.now() * 1e6,
      },
    });
    return instance.exports as unknown as FabricExports; // plane/fabric.ts declares them
  }

  /** Takes memory for a structure of the plane; whole cache lines, so that no gaps are left between them. */
  allocate(bytes: number): number {
    return this.memory.allocate(roundUp(bytes), CACHE_LINE);
  }

  release(address: number, bytes: number): void {
    this.memory.release(address, roundUp(bytes));
  }

  get view(): DataView {
    return this.#view;
  }

  /** Milliseconds since the plane's epoch. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }

  /** The addresses that a switch knows. */
  addresses(segment: Segment): LearnedAddress[] {
    const second = Number(this.#epoch / 1_000_000_000n) + Math.floor(this.elapsed / 1000);
    const table = { address: this.#addresses, places: ADDRESSES, bytes: this.plane.addressBytes() };
    return learnedAddresses(segment, this.#view, table, second);
  }

  addSegment(kind: "switch" | "wire"): Segment {
    return new Segment(this, kind, this.#nextSegment++);
  }

  /**
   * Puts a guest on the schedule, not running yet.
   * @throws Error when there is no room for another
   */
  addGuest(memory: WebAssembly.Memory, functions: GuestFunctions): FabricGuest {
    if (this.#guests.size === this.#mostGuests) throw new Error(`a fabric has room for ${this.#mostGuests} guests`);
    const mover = new WebAssembly.Instance(planeModule("mover"), {
      env: { memory: this.memory.memory, table: this.#table, abort: () => undefined },
      from: { memory },
      to: { memory },
    }).exports as unknown as MoverExports; // plane/mover.ts declares them
    const address = this.allocate(this.plane.guestBytes());
    const number = this.#freeNumbers.pop() ?? this.#nextNumber++;
    const { run, nextExpiry } = functions;
    const places = [
      this.#place(run),
      this.#place(nextExpiry),
      this.#place(mover.pull),
      this.#place(mover.push),
    ] as const;
    this.plane.makeGuest(address, number, ...places);
    const guest = { number, address, memory, functions: places };
    this.#guests.set(number, guest);
    return guest;
  }

  /** Puts a function into the table. @returns its place */
  #place(code: WebAssembly.ExportValue): number {
    const place = this.#freePlaces.pop() ?? this.#nextPlace++;
    if (this.#table.length <= place) this.#table.grow(TABLE_GROWTH);
    this.#table.set(place, code);
    return place;
  }

  #dropPlace(place: number): void {
    this.#table.set(place, null);
    this.#freePlaces.push(place);
  }

  /** The guest's code was replaced. */
  setFunctions({ functions }: FabricGuest, { run, nextExpiry }: GuestFunctions): void {
    this.#table.set(functions[0], run);
    this.#table.set(functions[1], nextExpiry);
  }

  guest(number: number): FabricGuest | undefined {
    return this.#guests.get(number);
  }

  /** Takes a guest off the schedule. Its ports must be gone. */
  removeGuest(guest: FabricGuest): void {
    this.plane.removeGuest(guest.address);
    for (const place of guest.functions) this.#dropPlace(place);
    this.release(guest.address, this.plane.guestBytes());
    this.#guests.delete(guest.number);
    this.#freeNumbers.push(guest.number);
  }

  /** A port for an interface of a guest. */
  addGuestPort(): Port {
    return new Port(this, this.#nextPort++, OWNER_GUEST);
  }

  /** A port for a device of the host; the device is closed with it. */
  addDevicePort(device: Device): Port {
    const number = this.#nextDevice++;
    const port = new Port(this, this.#nextPort++, device.offloads ? OWNER_DEVICE_OFFLOADS : OWNER_DEVICE, () => {
      this.#devices.delete(number);
      this.onDevices();
      device.close();
    });
    this.plane.setDevice(port.address, number, device.transmitTable, device.transmitSlots, device.mtu + ETHERNET_EXTRA);
    this.#devices.set(number, { device, port });
    this.onDevices();
    return port;
  }

  get devices(): Iterable<{ readonly device: Device; readonly port: Port }> {
    return this.#devices.values();
  }

  /** Places a function that moves frames from one guest to another. @returns its place in the table, for `dropWire` */
  placeWire(from: WebAssembly.Memory, to: WebAssembly.Memory): number {
    const { move } = new WebAssembly.Instance(planeModule("wire"), {
      env: { memory: this.memory.memory, table: this.#table, abort: () => undefined },
      from: { memory: from },
      to: { memory: to },
    }).exports as unknown as WireExports; // plane/wire.ts declares them
    return this.#place(move);
  }

  dropWire(place: number): void {
    this.#dropPlace(place);
  }

  /** Lets every device deliver what it received. @param now  performance.now(): asking takes as long as a frame or two @returns frames */
  receive(now = performance.now()): number {
    let received = 0;
    this.plane.beforeReceiving((now - this.#start) * 1e6);
    for (const { device, port } of this.#devices.values()) {
      const count = device.receive();
      if (count > 0) this.plane.receive(port.address, device.receiveTable, count);
      received += count;
    }
    return received;
  }

  /** One turn for each guest that has something to do. @returns how many had. @throws what a guest threw: see `takeCurrent` */
  step(now = performance.now()): number {
    return this.plane.step((now - this.#start) * 1e6);
  }

  /** The guest that was running when `step` threw; undefined = none was, the fault is the fabric's own. */
  takeCurrent(): FabricGuest | undefined {
    const address = this.plane.takeCurrent();
    return address === 0 ? undefined : this.#guests.get(this.plane.guestNumber(address));
  }

  /** Closes all devices. */
  close(): void {
    for (const { port } of [...this.#devices.values()]) port.remove();
  }
}

/** Ethernet header and two tags, on top of a device's MTU. */
const ETHERNET_EXTRA = 22;

function roundUp(bytes: number): number {
  return Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
}
