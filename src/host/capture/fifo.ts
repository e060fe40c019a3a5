/**
 * Pipes to and from other programs, read and written synchronously: a named pipe with the program at its other end, as popen(3) would
 * give. Node's own child pipes deliver only when its event loop turns.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * Starts a shell command with its standard output (for "r") or input (for "w") at a pipe.
 * @param command  for `/bin/sh -c`; `"$1"` in it stands for `argument`
 * @returns our end of the pipe. A command that fails at once shows as end of file, or as EPIPE
 * @throws a system error when pipe or shell cannot be made
 */
export function openCommandPipe(command: string, argument: string, mode: "r" | "w"): number {
  const folder = mkdtempSync(path.join(tmpdir(), "click-"));
  try {
    const pipe = path.join(folder, "pipe");
    const made = spawnSync("mkfifo", ["-m", "600", pipe], { stdio: ["ignore", "ignore", "inherit"] });
    if (made.error) throw made.error;
    if (made.status !== 0) throw new Error(`mkfifo: exit status ${made.status}`);
    const redirected = mode === "r" ? `{ ${command}; } >"$2"` : `{ ${command}; } <"$2"`;
    const child = spawn("/bin/sh", ["-c", redirected, "sh", argument, pipe], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (child.pid === undefined) throw new Error("/bin/sh: cannot be started");
    child.on("error", () => undefined);
    if (mode === "r") child.unref(); // who writes a file is waited for
    return openSync(pipe, mode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
