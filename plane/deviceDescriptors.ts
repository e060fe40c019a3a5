/** Frames as descriptors of AF_XDP sockets (struct xdp_desc, linux/if_xdp.h): rings of places in a UMEM, which is a part of the switch's memory. */
import { ENTRY_SIZE, Entry } from "./entry";
import { finishChecksum } from "./deviceChecksum";

/** struct xdp_desc. Addresses count from the start of the UMEM, which is smaller than 4 GiB. */
@unmanaged
class Descriptor {
  address: u32;
  private addressHigh: u32;
  length: u32;
  private options: u32;
}

@inline
function descriptorAt(ring: usize, mask: u32, index: u32): Descriptor {
  return changetype<Descriptor>(ring + (index & mask) * offsetof<Descriptor>());
}

/** Fill and completion rings have addresses only, 64 bits each. */
@inline
function addressAt(ring: usize, mask: u32, index: u32): usize {
  return ring + (((index & mask) as usize) << 3);
}

/** Writes the addresses of `count` chunks into a ring of addresses, from its first slot on. */
export function listChunks(ring: usize, first: u32, chunk: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u64>(ring + ((i as usize) << 3), <u64>(first + i * chunk));
}

/** Makes entries of `count` received descriptors from `consumer` on; a checksum that the sender left to its device is completed. */
export function takeDescriptors(table: usize, ring: usize, mask: u32, consumer: u32, count: u32, umem: u32): void {
  let entry = changetype<Entry>(table);
  for (let i: u32 = 0; i < count; i++) {
    const descriptor = descriptorAt(ring, mask, consumer + i);
    entry.setFrame(umem + descriptor.address, descriptor.length);
    finishChecksum(entry);
    entry = entry.at(1);
  }
}

/** Gives the chunks of `count` received descriptors back, to be filled again. */
export function fillFrom(ring: usize, mask: u32, consumer: u32, count: u32, fill: usize, producer: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(addressAt(fill, mask, producer + i), descriptorAt(ring, mask, consumer + i).address);
  }
}

/**
 * Copies frames into chunks of the UMEM and describes them, from `producer` on. The chunk for descriptor i is the one in slot i of the completion ring.
 * @param count  as many as there are free descriptors at most
 * @param chunk  bytes of a chunk; longer frames are left out
 * @returns how many descriptors there are
 */
export function writeDescriptors(table: usize, count: u32, ring: usize, mask: u32, producer: u32, completion: usize, umem: u32, chunk: u32): u32 {
  let entry = changetype<Entry>(table);
  let written: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (entry.length <= chunk) {
      const address = load<u32>(addressAt(completion, mask, producer + written));
      memory.copy(umem + address, entry.data, entry.length);
      const descriptor = descriptorAt(ring, mask, producer + written);
      descriptor.address = address;
      descriptor.length = entry.length;
      written++;
    }
    entry = entry.at(1);
  }
  return written;
}
