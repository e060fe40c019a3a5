/** Clears the bytes of packets that are gone, in a copy of a guest's memory: they would swell a saved state, and nobody should find them there. */
import { structureOffset } from "../library/catalogue.ts";
import { RING_CONSUMER, RING_PRODUCER, RING_SLOT_COUNT, RING_SLOT_SIZE, RING_SLOTS } from "../machine/ring.ts";
import type { GuestElement } from "./guestElement.ts";
import type { Router } from "./router.ts";

/** Bytes of the header at the start of each packet buffer (elements/kernel/packet.ts). */
const PACKET_HEADER = 96;
/** Bytes of the guest's own note of the packet that a slot names. */
const NOTE_SIZE = 4;

/** @param memory  a copy of the router's guest's; what makes no sense in it is left alone */
export function clearDeadPackets(router: Router, memory: Uint8Array): void {
  const stride = router.world.guest.view.getUint32(router.kernelField("bufferStride"), true);
  const dead = [...freePackets(router), ...router.elements.flatMap((element) => [...ringPackets(router, element)])];
  for (const packet of dead)
    if (packet !== 0 && packet + stride <= memory.length) memory.fill(0, packet + PACKET_HEADER, packet + stride);
}

/** The pool is a list through the buffers' headers. */
function* freePackets(router: Router): Generator<number> {
  const { view } = router.world.guest;
  const next = structureOffset(router.world.library.catalogue, "Packet", "next");
  const count = view.getUint32(router.kernelField("packetsFree"), true);
  let packet = view.getUint32(router.kernelField("freePackets"), true);
  for (let left = count; left > 0 && packet !== 0 && packet + PACKET_HEADER <= view.byteLength; left--) {
    yield packet;
    packet = view.getUint32(packet + next, true);
  }
}

/** Slots in which no packet waits name empty buffers, or packets that were sent. The guest notes which behind the slots (elements/kernel/ring.ts). */
function* ringPackets(router: Router, element: GuestElement): Generator<number> {
  if (element.elementClass.fields.ring?.type !== "Ring") return;
  const { view } = router.world.guest;
  const ring = Number(element.get("ring"));
  if (ring === 0 || ring + RING_SLOTS > view.byteLength) return;
  const slots = view.getUint32(ring + RING_SLOT_COUNT, true);
  const notes = ring + RING_SLOTS + slots * RING_SLOT_SIZE;
  if (notes + slots * NOTE_SIZE > view.byteLength) return;
  const consumer = view.getUint32(ring + RING_CONSUMER, true);
  const waiting = (view.getUint32(ring + RING_PRODUCER, true) - consumer) >>> 0;
  for (let index = waiting; index < slots; index++)
    yield view.getUint32(notes + ((consumer + index) & (slots - 1)) * NOTE_SIZE, true);
}
