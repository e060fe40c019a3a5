/** Opens devices by name: `packet:eth0`, `tap:vm0`, `xdp:eth0`, `pcap:in.pcap,out.pcap`. */
import { CaptureDevice } from "./capture.ts";
import { type Device, DeviceError, type DeviceMemory } from "./device.ts";
import { SystemError } from "./linux/system.ts";
import { PacketDevice } from "./packet.ts";
import { TapDevice } from "./tap.ts";
import { XdpDevice } from "./xdp.ts";

export interface OpenOptions {
  /** Is told what the user should know although the device opens. */
  readonly notice: (text: string) => void;
}

/**
 * @param name  kind and interface, or files
 * @throws DeviceError that says what to do
 */
export function openDevice(name: string, memory: DeviceMemory, options: OpenOptions): Device {
  const kind = DEVICE_KINDS.find((each) => name.startsWith(`${each}:`));
  if (kind === undefined)
    throw new DeviceError(
      "BAD_NAME",
      `'${name}' is no device: its name starts with ${DEVICE_KINDS.map((each) => `'${each}:'`).join(", ")}`,
    );
  const rest = name.slice(kind.length + 1);
  const told = { notice: (text: string) => options.notice(`${name}: ${text}`) };
  try {
    return open(kind, name, rest, memory, told);
  } catch (error) {
    throw asDeviceError(error, kind, name, rest);
  }
}

const DEVICE_KINDS = ["packet", "tap", "xdp", "pcap"] as const;
type DeviceKind = (typeof DEVICE_KINDS)[number];

function open(kind: DeviceKind, name: string, rest: string, memory: DeviceMemory, { notice }: OpenOptions): Device {
  if (kind === "pcap") return new CaptureDevice(name, rest, memory);
  checkInterfaceName(rest);
  if (kind === "tap") return new TapDevice(name, rest, memory, notice);
  if (kind === "packet") return new PacketDevice(name, rest, memory);
  try {
    return new XdpDevice(name, rest, memory);
  } catch (error) {
    if (error instanceof DeviceError && error.code === "NO_DEVICE") throw error;
    if (!(error instanceof DeviceError || error instanceof SystemError)) throw error;
    notice(`no AF_XDP here (${error.message}); a packet socket takes its place`);
    return new PacketDevice(name, rest, memory);
  }
}

/** Longest name of an interface: IFNAMSIZ less the zero behind it (linux/if.h). */
const LONGEST_NAME = 15;

/** As Linux's dev_valid_name, and without `%`, which has the kernel choose a name. */
function checkInterfaceName(name: string): void {
  const wrong = wrongInName(name);
  if (wrong === undefined) return;
  throw new DeviceError("BAD_NAME", `'${name}' is no name of an interface: ${wrong}`);
}

function wrongInName(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name === "." || name === "..") return "it names a folder";
  const fault = /[^\x21-\x7e]|[/:%]/.exec(name)?.[0];
  if (fault !== undefined) return `${JSON.stringify(fault)} is not allowed`;
  if (name.length > LONGEST_NAME) return `it is longer than ${LONGEST_NAME} characters`;
  return undefined;
}

const CODES: Readonly<Record<string, DeviceError["code"]>> = {
  EPERM: "NO_RIGHTS",
  EACCES: "NO_RIGHTS",
  EBUSY: "BUSY",
  ENODEV: "NO_DEVICE",
  ENOENT: "NO_DEVICE",
};

/** What to do about a system error, in place of the system's own words. */
function advice(kind: DeviceKind, code: string, rest: string): string | undefined {
  if (kind === "tap") return TAP_ADVICE[code]?.(rest);
  const needsRights = kind !== "pcap" && CODES[code] === "NO_RIGHTS";
  return needsRights
    ? "needs CAP_NET_RAW: run as root, or with `AmbientCapabilities=CAP_NET_RAW` of systemd"
    : undefined;
}

const noTap = (): string => "the kernel has no TAP interfaces: `modprobe tun`";

const TAP_ADVICE: Readonly<Record<string, (name: string) => string>> = {
  EPERM: (name) =>
    `needs CAP_NET_ADMIN: run as root, or create it first with \`ip tuntap add ${name} mode tap user $USER\``,
  EACCES: () => "/dev/net/tun may not be opened: run as root, or `chmod 666 /dev/net/tun`, as distributions have it",
  EBUSY: (name) => `another program has opened '${name}'`,
  EINVAL: (name) => `there is an interface '${name}', and it is no TAP interface of one queue: choose another name`,
  ENOENT: noTap,
  ENODEV: noTap,
};

function asDeviceError(error: unknown, kind: DeviceKind, name: string, rest: string): unknown {
  if (error instanceof DeviceError) return new DeviceError(error.code, `${name}: ${error.message}`);
  if (!(error instanceof SystemError)) return error;
  const text = advice(kind, error.code, rest);
  return new DeviceError(CODES[error.code] ?? "FAILED", `${name}: ${text ?? error.message}`);
}
