/** Sockets and their options. */
import {
  AF_PACKET,
  PACKET_ADD_MEMBERSHIP,
  PACKET_MR_PROMISC,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
} from "./headers.ts";
import { checked, SystemError, systemCalls } from "./system.ts";

/** Bytes that the kernel keeps for a socket, each way: some thousand frames, which come while we are not scheduled. */
const SOCKET_BUFFER = 8 << 20;

/** An option with its name, for messages. */
export interface SocketOption {
  readonly name: string;
  readonly number: number;
}

/** @returns a descriptor that is closed with `resources` @throws SystemError */
export function openSocket(resources: DisposableStack, domain: number, type: number, protocol: number): number {
  const { socket, close } = systemCalls();
  return resources.adopt(checked("socket", socket(domain, type | SOCK_CLOEXEC, protocol)), close);
}

/** @throws SystemError */
export function setSocketOption(descriptor: number, level: number, option: SocketOption, value: Uint8Array): void {
  checked(option.name, systemCalls().setsockopt(descriptor, level, option.number, value, value.length));
}

/** An int in memory, as options are passed. */
export function int(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer);
}

/** Gives a socket the largest buffers that we may: beyond the limits for all (net.core.rmem_max), or up to them without CAP_NET_ADMIN. @throws SystemError */
export function growBuffers(socket: number): void {
  growBuffer(socket, SO_RCVBUFFORCE, SO_RCVBUF);
  growBuffer(socket, SO_SNDBUFFORCE, SO_SNDBUF);
}

function growBuffer(socket: number, beyondLimit: SocketOption, upToLimit: SocketOption): void {
  try {
    setSocketOption(socket, SOL_SOCKET, beyondLimit, int(SOCKET_BUFFER));
  } catch (error) {
    if (!(error instanceof SystemError && error.code === "EPERM")) throw error;
    setSocketOption(socket, SOL_SOCKET, upToLimit, int(SOCKET_BUFFER));
  }
}

/** @returns a packet socket that receives nothing before it is bound @throws SystemError: EPERM without CAP_NET_RAW */
export function openPacketSocket(resources: DisposableStack): number {
  return openSocket(resources, AF_PACKET, SOCK_RAW, 0);
}

/** Has an interface receive frames to any address, for as long as the packet socket is open. @throws SystemError */
export function joinPromiscuous(packetSocket: number, index: number): void {
  const request = Buffer.alloc(16); // struct packet_mreq, linux/if_packet.h
  request.writeInt32LE(index, 0);
  request.writeUInt16LE(PACKET_MR_PROMISC, 4);
  setSocketOption(packetSocket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request);
}
