/** Layout of packet rings in guests' memories (elements/kernel/ring.ts): producer at 0, then these. A slot is { data u32, length u16, flags u16 }. */
export const CONSUMER: u32 = 64;
export const SLOTS: u32 = 192;
