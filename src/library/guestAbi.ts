/** What the host and every guest module agree on beyond the layouts in the catalogue. */

/** Exported mutable globals are named so, followed by their name: their values move to the code that takes over. */
export const GLOBAL_PREFIX = "$g:";

/** Functions of the library that others call without the host: these are exports. All others stand in its table, at the places that a section tells as JSON. */
export const DIRECT_EXPORTS: ReadonlySet<string> = new Set(["run", "nextExpiry", "kernelAddress"]);
export const FUNCTIONS_SECTION = "functions";
export const TABLE_EXPORT = "functions";

/** Bits of what `run` returns (elements/kernel/scheduler.ts): tasks are pending; an element asked for the host. There are more, for the fabric's scheduler. */
export const RUN_PENDING = 1;
export const RUN_YIELDED = 2;

/** `nextExpiry` when no timer is pending. */
export const NEVER = 0xffff_ffff_ffff_ffffn;

/** Bytes of handler text that fit the guest's buffer at once (elements/kernel/text.ts). */
export const TEXT_WINDOW = 65536;

/** Bytes in front of a packet's data in its buffer: header and default headroom (elements/kernel/packet.ts). */
export const PACKET_OVERHEAD = 194;
/** Distance of packet buffers: 2046 data bytes behind the overhead. 35 cache lines, an odd number, so that buffers spread over all sets of the L1 cache. */
export const BUFFER_STRIDE = 2240;
