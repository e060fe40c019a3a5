/** A program of its own that opens a device, as root or as nobody. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";

export const NOBODY = "65534";
const UNPRIVILEGED = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
const OPEN = import.meta.resolve("../../src/device/open.ts");
const MEMORY = import.meta.resolve("../../src/device/memory.ts");

/** Opens a device, prints "opened" or what is wrong, and waits for its end. */
const OPENER = `
const [{ openDevice }, { createDeviceMemory }] = await Promise.all([
  import(${JSON.stringify(OPEN)}),
  import(${JSON.stringify(MEMORY)}),
]);
try {
  openDevice(process.argv[1], createDeviceMemory(512, 65536), { notice: (text) => console.log("notice", text) });
  console.log("opened");
  if (process.argv[2] === "stay") setInterval(() => {}, 1000);
} catch (error) {
  console.log(error.code, error.message);
}`;

function openerArguments(...more: string[]): string[] {
  return ["--input-type=module", "--eval", OPENER, "--", ...more];
}

/** Opens a device as root, prints that, and goes on until it is killed. */
export function startOpener(name: string): ChildProcess {
  return spawn(process.execPath, openerArguments(name, "stay"), { stdio: ["ignore", "pipe", "inherit"] });
}

/** Runs a program as nobody, with a /dev/net/tun of the given mode, which only the program sees. */
const AS_NOBODY = `
mode=$1; shift
mount -t tmpfs tmpfs /mnt && mknod -m "$mode" /mnt/tun c 10 200 && mount --bind /mnt/tun /dev/net/tun &&
exec setpriv ${UNPRIVILEGED.join(" ")} "$@"`;

/** @returns what somebody without rights is told first when the device is opened */
export async function complaint(name: string, tunMode = "666"): Promise<string> {
  const program = [process.execPath, ...openerArguments(name)];
  const child = spawn("unshare", ["--mount", "sh", "-c", AS_NOBODY, "sh", tunMode, ...program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = await text(child.stdout);
  return output.split("\n")[0] ?? "";
}

/** @returns why nothing can be run as nobody: Node or this checkout may be where they cannot read them */
export function whyNotNobody(): string | false {
  const { status } = spawnSync("setpriv", [
    ...UNPRIVILEGED,
    process.execPath,
    "--eval",
    `import(${JSON.stringify(OPEN)})`,
  ]);
  return status === 0 ? false : "skipped: nobody cannot run this Node";
}
