/**
 * Tells systemd how the daemon is doing, as sd_notify(3) describes it: datagrams to the Unix socket that NOTIFY_SOCKET names. Node has no such sockets, and
 * the systemd-notify command is a process of its own, whose messages systemd may not be able to tell apart from a stranger's; so these are three system calls.
 */
import { SOCK_CLOEXEC, SOCK_DGRAM } from "../device/linux/headers.ts";
import { addressOf, checked, systemCalls } from "../device/linux/system.ts";

/** bits/socket.h. */
const AF_UNIX = 1;

/** Bytes of sun_path in struct sockaddr_un, linux/un.h. */
const PATH_LENGTH = 108;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param message  assignments, one a line: `READY=1`
 * @returns false when nobody asked to be told
 * @throws Error when the socket that the environment names does not take the message
 */
export function notifySystemd(message: string, environment: Environment = process.env): boolean {
  const path = environment.NOTIFY_SOCKET;
  if (path === undefined) return false;
  const address = socketAddress(path);
  const data = Buffer.from(message);
  const { socket, sendto, close } = systemCalls();
  const descriptor = checked("socket", socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  try {
    const sent = sendto(descriptor, addressOf(data), data.length, 0, addressOf(address), address.length);
    checked(`NOTIFY_SOCKET ${path}`, sent);
  } finally {
    close(descriptor);
  }
  return true;
}

/** @returns milliseconds between signs of life: half of what systemd waits for one, as sd_watchdog_enabled(3) recommends; undefined = it waits for none */
export function watchdogInterval(environment: Environment = process.env): number | undefined {
  const microseconds = Number(environment.WATCHDOG_USEC);
  const ours = environment.WATCHDOG_PID === undefined || Number(environment.WATCHDOG_PID) === process.pid;
  return ours && microseconds > 0 ? microseconds / 2000 : undefined;
}

/** struct sockaddr_un; a name that begins with `@` is in the abstract namespace (unix(7)). */
function socketAddress(path: string): Buffer {
  const name = Buffer.from(path.replace(/^@/, "\0"));
  if (name.length > PATH_LENGTH) throw new Error(`NOTIFY_SOCKET: longer than ${PATH_LENGTH} bytes`);
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, name]);
}
