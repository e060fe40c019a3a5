/** An interface of a guest: its port on the fabric, and the rings of FromDevice and ToDevice that lead there. */
import type { VifInformation } from "../domain/information.ts";
import { ToolstackError, type VifCaptureRequest } from "../domain/toolstack.ts";
import type { Fabric, FabricGuest } from "../fabric/fabric.ts";
import type { Lane, Port } from "../fabric/port.ts";
import type { PacketDevice, RingEnd } from "../host/capture/devices.ts";
import { ETHERNET } from "../host/capture/linkTypes.ts";
import { ObservationError } from "../router/observation.ts";
import { asToolstackError, Feed } from "./feed.ts";
import { VifCapture } from "./vifCapture.ts";

/** Slots of each ring: large enough for a turn's packets, small enough that the buffers of many guests stay in the L2 cache (measured: bench/fabric). */
export const RING_SLOTS = 64;

/** Pieces of a capture that may wait for a slow reader. */
const WAITING_PIECES = 64;

/** A ring that an element has opened and that may not be connected yet: it has its address only when the guest is initialized. */
interface Opening {
  readonly receives: boolean;
  readonly ring: () => RingEnd;
  lane: Lane | undefined;
}

export interface VifPlace {
  readonly index: number;
  readonly name: string;
  readonly mac: string;
}

export class Vif {
  readonly index: number;
  readonly name: string;
  readonly mac: string;
  readonly port: Port;
  attach = "";
  readonly #slots: number;
  readonly #openings = new Set<Opening>();
  #capture: Feed<Uint8Array> | undefined;

  constructor(fabric: Fabric, { index, name, mac }: VifPlace, slots: number) {
    this.index = index;
    this.name = name;
    this.mac = mac;
    this.#slots = slots;
    this.port = fabric.addGuestPort();
    this.port.isUp = false;
  }

  /** @param connect  gives the ring, once the guest has it */
  open(receives: boolean, connect: () => RingEnd): PacketDevice {
    const opening: Opening = { receives, ring: connect, lane: undefined };
    this.#openings.add(opening);
    return {
      linkType: ETHERNET,
      slots: this.#slots,
      close: () => {
        this.#openings.delete(opening);
        if (opening.lane) this.port.removeLane(opening.lane);
      },
    };
  }

  /** Connects the rings that elements have opened since the last time. */
  connect(guest: FabricGuest): void {
    for (const opening of this.#openings) opening.lane ??= this.port.addLane(guest, opening.receives, opening.ring());
  }

  /** Copies what passes. @throws ToolstackError when that is being done already, or cannot be */
  startCapture(request: VifCaptureRequest): Feed<Uint8Array> {
    if (this.#capture)
      throw new ToolstackError("WRONG_STATE", `the packets of interface '${this.name}' are being captured already`);
    try {
      this.#capture = new Feed(new VifCapture(this.port, request), WAITING_PIECES);
    } catch (error) {
      throw error instanceof ObservationError ? asToolstackError(error) : error;
    }
    return this.#capture;
  }

  get isCaptured(): boolean {
    return this.#capture !== undefined;
  }

  /** Moves the capture on. To be called every few milliseconds. */
  pollCapture(): void {
    this.#capture?.poll();
  }

  /** Ends the capture with what has come by now. @param capture  not another one that was begun since */
  endCapture(capture = this.#capture): void {
    if (capture !== this.#capture) return;
    capture?.poll();
    capture?.end();
    this.#capture = undefined;
  }

  get information(): VifInformation {
    const { index, name, mac, attach } = this;
    const traffic = this.port.traffic;
    return { index, name, mac, attach, received: traffic.out, sent: traffic.in };
  }
}
