/** What the modules of the data plane export (`plane/*.ts`), as TypeScript sees it. Structures are addresses in the switch's memory. */

export interface FabricExports {
  fabricBytes(): number;
  frameBytes(): number;
  portBytes(): number;
  laneBytes(): number;
  guestBytes(): number;
  segmentBytes(): number;
  limitBytes(): number;
  tapBytes(): number;
  addressBytes(): number;
  initialize(state: number, guestTable: number, active: number, wanting: number, timers: number, epoch: bigint): void;
  provideFrames(
    frames: number,
    count: number,
    copies: number,
    copyCount: number,
    pool: number,
    poolBytes: number,
  ): void;
  provideTables(addresses: number, count: number, segments: number, segmentSlots: number): void;
  makeSegment(segment: number, isWire: boolean, number: number, ageing: number): void;
  setAgeing(segment: number, seconds: number): void;
  setVlanAware(segment: number, aware: boolean): void;
  makePort(port: number, number: number, owner: number): void;
  setDevice(port: number, device: number, table: number, slots: number, longest: number): void;
  setUp(port: number, up: boolean): void;
  setVlan(port: number, mode: number, vlan: number, allowed: number): void;
  setLimits(port: number, rateIn: number, rateOut: number, sharedIn: number, sharedOut: number, storm: number): void;
  makeLimit(limit: number, interval: bigint, burst: bigint): void;
  setTap(port: number, tap: number): void;
  makeTap(tap: number, buffer: number, size: number, snapLength: number): void;
  portCounters(port: number): number;
  connect(port: number, segment: number): void;
  disconnect(port: number): void;
  makeGuest(guest: number, number: number, run: number, nextExpiry: number, pull: number, push: number): void;
  removeGuest(guest: number): void;
  setRunnable(guest: number, runnable: boolean): void;
  setHosted(guest: number, hosted: boolean): void;
  setSlowdown(guest: number, slowdown: number): void;
  activate(guest: number): void;
  guestNanoseconds(guest: number): number;
  guestNumber(guest: number): number;
  makeLane(
    lane: number,
    port: number,
    guest: number,
    ring: number,
    slots: number,
    capacity: number,
    index: number,
  ): void;
  addReceivingLane(lane: number): void;
  addSendingLane(lane: number): void;
  removeReceivingLane(lane: number): void;
  removeSendingLane(lane: number): void;
  setWire(lane: number, receiver: number, move: number): void;
  receive(port: number, entries: number, count: number): void;
  beforeReceiving(elapsed: number): void;
  settle(): void;
  /** @param elapsed  nanoseconds since the epoch that `initialize` was given */
  step(elapsed: number): number;
  takeCurrent(): number;
  /** Nanoseconds until the next guest is due; infinity = never. */
  timeLeft(): number;
  isBusy(): number;
  takeWanting(from: number): number;
}

export interface MoverExports {
  readonly pull: WebAssembly.ExportValue;
  readonly push: WebAssembly.ExportValue;
}

export interface WireExports {
  readonly move: WebAssembly.ExportValue;
}
