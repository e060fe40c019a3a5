/** System calls, made through the C library by koffi, which is loaded with the first one: that takes several milliseconds. */
import { createRequire } from "node:module";
import { getSystemErrorMap } from "node:util";
import { SYS_BPF } from "./headers.ts";

/** Calls as the C library has them: they return -1 for a fault. Addresses are numbers, so that memory of the switch can be named without a view of it. */
interface SystemCalls {
  open(path: string, flags: number): number;
  close(descriptor: number): number;
  socket(domain: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Uint8Array, length: number): number;
  setsockopt(descriptor: number, level: number, name: number, value: Uint8Array, length: number): number;
  getsockopt(descriptor: number, level: number, name: number, value: Uint8Array, length: Uint8Array): number;
  ioctl(descriptor: number, request: number, argument: Uint8Array): number;
  ioctlNumber(descriptor: number, request: number, argument: number): number;
  recvmmsg(descriptor: number, messages: number, count: number, flags: number, timeout: number): number;
  sendmmsg(descriptor: number, messages: number, count: number, flags: number): number;
  sendto(descriptor: number, data: number, length: number, flags: number, to: number, toLength: number): number;
  readv(descriptor: number, vectors: number, count: number): number;
  writev(descriptor: number, vectors: number, count: number): number;
  read(descriptor: number, data: Uint8Array, length: number): number;
  write(descriptor: number, data: Uint8Array, length: number): number;
  mmap(address: number, length: number, protection: number, flags: number, descriptor: number, offset: number): number;
  poll(descriptors: Uint8Array, count: number, milliseconds: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(descriptor: number, operation: number, member: number, event: Uint8Array): number;
  epoll_wait(descriptor: number, events: Uint8Array, maximum: number, milliseconds: number): number;
  /** In a thread of its own. @param done  gets no error: what fails returns -1 */
  epollWaitElsewhere(
    descriptor: number,
    events: Uint8Array,
    maximum: number,
    milliseconds: number,
    done: (error: unknown, count: number) => void,
  ): void;
  eventfd(value: number, flags: number): number;
  bpf(command: number, attributes: Uint8Array): number;
  errno(): number;
  /** Address of the first byte; it stays while the array's memory is alive. */
  addressOf(bytes: Uint8Array): number;
}

let calls: SystemCalls | undefined;

/** @throws Error where the C library cannot be loaded */
export function systemCalls(): SystemCalls {
  calls ??= load();
  return calls;
}

function load(): SystemCalls {
  const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
  const libc = koffi.load("libc.so.6");
  const syscall = libc.func("long syscall(long number, long command, void *attributes, long size)");
  const epollWait = libc.func("int epoll_wait(int descriptor, void *events, int maximum, int milliseconds)");
  return {
    open: libc.func("int open(str path, int flags)"),
    close: libc.func("int close(int descriptor)"),
    socket: libc.func("int socket(int domain, int type, int protocol)"),
    bind: libc.func("int bind(int descriptor, void *address, int length)"),
    setsockopt: libc.func("int setsockopt(int descriptor, int level, int name, void *value, int length)"),
    getsockopt: libc.func("int getsockopt(int descriptor, int level, int name, void *value, void *length)"),
    ioctl: libc.func("int ioctl(int descriptor, long request, void *argument)"),
    ioctlNumber: libc.func("int ioctl(int descriptor, long request, long argument)"),
    recvmmsg: libc.func("int recvmmsg(int descriptor, long messages, uint count, int flags, long timeout)"),
    sendmmsg: libc.func("int sendmmsg(int descriptor, long messages, uint count, int flags)"),
    sendto: libc.func("long sendto(int descriptor, long data, long length, int flags, long to, int toLength)"),
    readv: libc.func("long readv(int descriptor, long vectors, int count)"),
    writev: libc.func("long writev(int descriptor, long vectors, int count)"),
    read: libc.func("long read(int descriptor, void *data, long length)"),
    write: libc.func("long write(int descriptor, void *data, long length)"),
    mmap: libc.func("long mmap(long address, long length, int protection, int flags, int descriptor, long offset)"),
    poll: libc.func("int poll(void *descriptors, ulong count, int milliseconds)"),
    epoll_create1: libc.func("int epoll_create1(int flags)"),
    epoll_ctl: libc.func("int epoll_ctl(int descriptor, int operation, int member, void *event)"),
    epoll_wait: epollWait,
    epollWaitElsewhere: epollWait.async,
    eventfd: libc.func("int eventfd(uint value, int flags)"),
    bpf: (command, attributes) => syscall(SYS_BPF, command, attributes, attributes.length),
    errno: () => koffi.errno(),
    addressOf: (bytes) => Number(koffi.address(bytes)),
  };
}

export function addressOf(bytes: Uint8Array): number {
  return systemCalls().addressOf(bytes);
}

/** A system call that failed. */
export class SystemError extends Error {
  /** As in errno.h: `EPERM`. */
  readonly code: string;

  constructor(call: string, errno: number) {
    const [name, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, "unknown error"];
    super(`${call}: ${text}`);
    this.code = name;
  }
}

/**
 * @param call  what was called, and with what that matters
 * @throws SystemError when the result says so
 */
export function checked(call: string, result: number): number {
  if (result >= 0) return result;
  throw new SystemError(call, systemCalls().errno());
}
