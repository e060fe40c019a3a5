/**
 * Guests' memories, beside the switch's own: one that frames come from, and one that they go to. The build replaces these functions by instructions on those
 * memories (src/plane/build.ts). An access outside of the memory traps: check before.
 */

@external("from", "size") export declare function fromPages(): u32;
@external("from", "load16") export declare function fromLoad16(address: u32): u32;
@external("from", "load32") export declare function fromLoad32(address: u32): u32;
@external("from", "load64") export declare function fromLoad64(address: u32): u64;
@external("from", "loadVector") export declare function fromLoadVector(address: u32): v128;
@external("from", "store32") export declare function fromStore32(address: u32, value: u32): void;

@external("to", "size") export declare function toPages(): u32;
@external("to", "load32") export declare function toLoad32(address: u32): u32;
@external("to", "store8") export declare function toStore8(address: u32, value: u32): void;
@external("to", "store32") export declare function toStore32(address: u32, value: u32): void;
@external("to", "store64") export declare function toStore64(address: u32, value: u64): void;
@external("to", "storeVector") export declare function toStoreVector(address: u32, value: v128): void;
@external("from", "load8") export declare function fromLoad8(address: u32): u32;
