/** Where the daemon listens: a Unix socket that the file system guards, or TCP. */
import { chmodSync, lstatSync, mkdirSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { ToolstackError } from "../domain/toolstack.ts";
import { systemErrorText } from "../library/systemError.ts";
import type { Router } from "./router.ts";

/** Its owner and its group may connect: that takes the right to write. */
const SOCKET_MODE = 0o660;

/** Bytes of a socket's path: sun_path in struct sockaddr_un (linux/un.h) without the zero at its end. */
const PATH_LENGTH = 107;

/**
 * Makes room for a socket: its directory is made, and what a killed daemon left is removed.
 *
 * @throws ToolstackError UNAVAILABLE when a daemon listens there, or what is there is no socket
 */
export async function claimSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_LENGTH)
    throw new ToolstackError("INVALID", `socket '${path}': a path may have ${PATH_LENGTH} bytes, at most`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return;
    if (!found.isSocket()) throw new ToolstackError("UNAVAILABLE", `'${path}' is there already, and is no socket`);
    if (await isAlive(path)) throw new ToolstackError("UNAVAILABLE", `a daemon listens at '${path}' already`);
    unlinkSync(path);
  } catch (error) {
    throw cannotListen(path, error);
  }
}

/** @param path  as claimed. @throws ToolstackError UNAVAILABLE */
export async function listenOnSocket(server: Router, path: string): Promise<void> {
  try {
    await server.listen({ path });
    chmodSync(path, SOCKET_MODE);
  } catch (error) {
    throw cannotListen(path, error);
  }
}

/** @param port  0 = any that is free. @throws ToolstackError UNAVAILABLE */
export async function listenOnPort(server: Router, host: string, port: number): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw cannotListen(`${host}:${port}`, error);
  }
}

/** Nobody listens at a socket that refuses. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
      else reject(error);
    });
  });
}

function cannotListen(place: string, error: unknown): Error {
  if (error instanceof ToolstackError) return error;
  return new ToolstackError("UNAVAILABLE", `cannot listen at '${place}': ${systemErrorText(error)}`);
}
