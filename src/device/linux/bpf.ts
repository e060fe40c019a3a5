/** The XDP program that hands an interface's frames to AF_XDP sockets, loaded by bpf(2). */
import {
  BPF_FUNC_redirect_map,
  BPF_LINK_CREATE,
  BPF_MAP_CREATE,
  BPF_MAP_TYPE_XSKMAP,
  BPF_MAP_UPDATE_ELEM,
  BPF_PROG_LOAD,
  BPF_PROG_TYPE_XDP,
  BPF_PSEUDO_MAP_FD,
  BPF_XDP,
  EAGAIN,
  XDP_FLAGS_DRV_MODE,
  XDP_FLAGS_SKB_MODE,
  XDP_MD_RX_QUEUE_INDEX,
  XDP_PASS,
} from "./headers.ts";
import { addressOf, checked, SystemError, systemCalls } from "./system.ts";

/** Bytes of union bpf_attr (linux/bpf.h) that we pass; what its parts do not use is zero. */
const ATTRIBUTES = 128;

/**
 * Has the frames of an interface's queue go to a socket, and those of other queues to the kernel's network stack, until `resources` are disposed of or the process ends.
 * @param socket  an AF_XDP socket that is bound to the queue
 * @throws SystemError: EPERM without CAP_BPF and CAP_NET_ADMIN, EBUSY when the interface has an XDP program already
 */
export function redirect(interfaceIndex: number, queue: number, socket: number, resources: DisposableStack): void {
  const map = owned(resources, createSocketMap(queue + 1));
  setSocket(map, queue, socket);
  const program = owned(resources, loadProgram(map));
  owned(resources, attach(program, interfaceIndex));
}

function owned(resources: DisposableStack, descriptor: number): number {
  return resources.adopt(descriptor, systemCalls().close);
}

function createSocketMap(entries: number): number {
  const attributes = Buffer.alloc(ATTRIBUTES);
  attributes.writeUInt32LE(BPF_MAP_TYPE_XSKMAP, 0);
  attributes.writeUInt32LE(4, 4); // bytes of a key
  attributes.writeUInt32LE(4, 8); // bytes of a value
  attributes.writeUInt32LE(entries, 12);
  return checked("BPF_MAP_CREATE", systemCalls().bpf(BPF_MAP_CREATE, attributes));
}

function setSocket(map: number, queue: number, socket: number): void {
  const { attributes, rest, address } = attributesWith(8);
  rest.writeUInt32LE(queue, 0);
  rest.writeUInt32LE(socket, 4);
  attributes.writeUInt32LE(map, 0);
  attributes.writeBigUInt64LE(address, 8); // key
  attributes.writeBigUInt64LE(address + 4n, 16); // value
  checked("BPF_MAP_UPDATE_ELEM", systemCalls().bpf(BPF_MAP_UPDATE_ELEM, attributes));
}

/** The verifier gives up with EAGAIN when a signal comes. */
const LOAD_TRIES = 5;

function loadProgram(map: number): number {
  const code = redirectProgram(map);
  const licence = Buffer.from("Dual MIT/GPL\0");
  const { attributes, rest, address } = attributesWith(code.length + licence.length);
  code.copy(rest);
  licence.copy(rest, code.length);
  attributes.writeUInt32LE(BPF_PROG_TYPE_XDP, 0);
  attributes.writeUInt32LE(code.length / INSTRUCTION, 4);
  attributes.writeBigUInt64LE(address, 8);
  attributes.writeBigUInt64LE(address + BigInt(code.length), 16);
  const { bpf, errno } = systemCalls();
  for (let tries = 1; tries < LOAD_TRIES; tries++) {
    const program = bpf(BPF_PROG_LOAD, attributes);
    if (program >= 0) return program;
    if (errno() !== EAGAIN) break;
  }
  return checked("BPF_PROG_LOAD", bpf(BPF_PROG_LOAD, attributes));
}

/** In the driver, where it can and will (with a veth, this has the peer cut its TCP segments itself), or else where the frames leave it. */
function attach(program: number, interfaceIndex: number): number {
  try {
    return createLink(program, interfaceIndex, XDP_FLAGS_DRV_MODE);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return createLink(program, interfaceIndex, XDP_FLAGS_SKB_MODE);
  }
}

function createLink(program: number, interfaceIndex: number, flags: number): number {
  const attributes = Buffer.alloc(ATTRIBUTES);
  attributes.writeUInt32LE(program, 0);
  attributes.writeUInt32LE(interfaceIndex, 4);
  attributes.writeUInt32LE(BPF_XDP, 8);
  attributes.writeUInt32LE(flags, 12);
  return checked("BPF_LINK_CREATE", systemCalls().bpf(BPF_LINK_CREATE, attributes));
}

/** Attributes, and in the same piece of memory `bytes` that they point to, so that both live until the call is made. */
function attributesWith(bytes: number): { attributes: Buffer; rest: Buffer; address: bigint } {
  const all = Buffer.alloc(ATTRIBUTES + bytes);
  return {
    attributes: all.subarray(0, ATTRIBUTES),
    rest: all.subarray(ATTRIBUTES),
    address: BigInt(addressOf(all)) + BigInt(ATTRIBUTES),
  };
}

/** Bytes of struct bpf_insn (linux/bpf.h). */
const INSTRUCTION = 8;

/** `return bpf_redirect_map(map, context->rx_queue_index, XDP_PASS)`; opcodes as in RFC 9669 §4 and §5. */
function redirectProgram(map: number): Buffer {
  return Buffer.concat([
    instruction(0x61, 2, 1, XDP_MD_RX_QUEUE_INDEX, 0), // r2 = *(u32 *)(r1 + 16)
    instruction(0x18, 1, BPF_PSEUDO_MAP_FD, 0, map), // r1 = map, an instruction of two parts
    instruction(0, 0, 0, 0, 0),
    instruction(0xb7, 3, 0, 0, XDP_PASS), // r3 = XDP_PASS
    instruction(0x85, 0, 0, 0, BPF_FUNC_redirect_map), // r0 = call
    instruction(0x95, 0, 0, 0, 0), // exit
  ]);
}

function instruction(opcode: number, destination: number, source: number, offset: number, immediate: number): Buffer {
  const bytes = Buffer.alloc(INSTRUCTION);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(destination | (source << 4), 1);
  bytes.writeInt16LE(offset, 2);
  bytes.writeInt32LE(immediate, 4);
  return bytes;
}
