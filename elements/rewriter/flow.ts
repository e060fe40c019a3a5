/** One flow of a rewriter: what its packets look like in both directions, and how they are changed. */

/** State of a flow. A TCP flow is done, and has carried data, when both of its directions have. */
export const FLOW_FORWARD_DONE: u8 = 1;
export const FLOW_BOTH_DONE: u8 = 3;
export const FLOW_FORWARD_DATA: u8 = 4;
export const FLOW_ESTABLISHED: u8 = 12;
/** UDP flows count their first three packets here, and note whether there was a reply. */
export const FLOW_PACKET: u8 = 0x10;
export const FLOW_THREE_PACKETS: u8 = 0x30;
export const FLOW_REPLY: u8 = 0x40;

/** How long flows of one kind live after their last packet, in nanoseconds. */
@unmanaged
export class Lifetimes {
  /** So long nothing may push the flow out of a full table. */
  guarantee: u64;
  /** While data was not seen in both directions. */
  idle: u64;
  /** After that. */
  established: u64;
  /** After both ends have closed. */
  done: u64;
}

/** Bytes of a flow: one cache line, so that a packet touches no other. */
export const FLOW_SIZE: usize = 64;

/**
 * Fields for a direction stand side by side, forward first. An identifier is the addresses (source low, destination
 * high, as they lie in an IP header) and the ports (likewise); packets that match that of one direction get the reverse
 * of the other's.
 */
@unmanaged
export class Flow {
  addresses: u64;
  replyAddresses: u64;
  ports: u32;
  replyPorts: u32;
  /** Which rewriter, and which of its maps, it belongs to. */
  map: u16;
  protocol: u8;
  state: u8;
  /** What is added to the complement of the IP and the transport checksum; 0 = nothing changes. */
  ipDelta: u16;
  transportDelta: u16;
  replyIpDelta: u16;
  replyTransportDelta: u16;
  output: u16;
  replyOutput: u16;
  /** Time of the last packet. */
  lastUsed: u64;
  /** Address of the input specification that made it. */
  input: usize;
  /** Where it stands in its heap, and in which. */
  place: u32;
  guaranteed: bool;
  /** The annotation byte of the first packet, for replies. */
  replyAnnotation: u8;
  private reserved: u16;
  /** The next one of the free flows. */
  nextFree: usize;

  @inline
  addressesOf(direction: usize): u64 {
    return load<u64>(changetype<usize>(this) + (direction << 3), offsetof<Flow>("addresses"));
  }
  @inline
  portsOf(direction: usize): u32 {
    return load<u32>(changetype<usize>(this) + (direction << 2), offsetof<Flow>("ports"));
  }
  @inline
  ipDeltaOf(direction: usize): u32 {
    return load<u16>(changetype<usize>(this) + (direction << 2), offsetof<Flow>("ipDelta"));
  }
  @inline
  transportDeltaOf(direction: usize): u32 {
    return load<u16>(changetype<usize>(this) + (direction << 2), offsetof<Flow>("transportDelta"));
  }
  @inline
  outputOf(direction: usize): i32 {
    return load<u16>(changetype<usize>(this) + (direction << 1), offsetof<Flow>("output"));
  }

  /** The addresses and ports that packets of a direction get. */
  @inline newAddressesOf(direction: usize): u64 { return rotl<u64>(this.addressesOf(direction ^ 1), 32); }
  @inline newPortsOf(direction: usize): u32 { return rotl<u32>(this.portsOf(direction ^ 1), 16); }
}
