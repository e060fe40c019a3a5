/** Linux network interfaces, in the network namespace of this process: which there are, what they are, whether their link is up. */
import { readFileSync } from "node:fs";
import { DeviceError } from "./device.ts";
import {
  AF_INET,
  ARPHRD_ETHER,
  ARPHRD_LOOPBACK,
  ETHTOOL_GCHANNELS,
  IFF_RUNNING,
  IFF_UP,
  IFNAMSIZ,
  IFREQ_SIZE,
  SIOCETHTOOL,
  SIOCGIFFLAGS,
  SIOCGIFHWADDR,
  SIOCGIFINDEX,
  SIOCGIFMTU,
  SIOCSIFFLAGS,
  SOCK_DGRAM,
} from "./linux/headers.ts";
import { openSocket } from "./linux/sockets.ts";
import { addressOf, checked, SystemError, systemCalls } from "./linux/system.ts";

/** Asks by ioctl, since /sys shows the interfaces of the namespace that it was mounted in. */
export class NetworkInterface {
  readonly name: string;
  readonly index: number;
  /** `02:00:5e:10:00:01`. */
  readonly mac: string;
  readonly mtu: number;
  readonly #socket: number;

  /**
   * @param resources  take what must be closed
   * @throws DeviceError when there is none of that name, or it does not carry Ethernet frames
   */
  constructor(name: string, resources: DisposableStack) {
    this.name = name;
    this.#socket = openSocket(resources, AF_INET, SOCK_DGRAM, 0);
    this.index = this.#existingIndex();
    const hardware = this.#ask("SIOCGIFHWADDR", SIOCGIFHWADDR);
    const type = hardware.readUInt16LE(IFNAMSIZ);
    if (type !== ARPHRD_ETHER && type !== ARPHRD_LOOPBACK)
      throw new DeviceError(
        "FAILED",
        `interface '${name}' does not carry Ethernet frames (its ARP hardware type is ${type})`,
      );
    this.mac = formatMac(hardware.subarray(IFNAMSIZ + 2, IFNAMSIZ + 8));
    this.mtu = this.#ask("SIOCGIFMTU", SIOCGIFMTU).readInt32LE(IFNAMSIZ);
  }

  /** Whether it is up and has a carrier. An interface that was removed is down, also when there is a new one of its name. */
  linkUp(): boolean {
    try {
      const usable = IFF_UP | IFF_RUNNING;
      return (this.#flags() & usable) === usable && this.#currentIndex() === this.index;
    } catch (error) {
      if (error instanceof SystemError) return false;
      throw error;
    }
  }

  /** @throws SystemError when it is down and may not be changed */
  bringUp(): void {
    const flags = this.#flags();
    if (flags & IFF_UP) return;
    const request = requestFor(this.name);
    request.writeUInt16LE(flags | IFF_UP, IFNAMSIZ);
    checked("SIOCSIFFLAGS", systemCalls().ioctl(this.#socket, SIOCSIFFLAGS, request));
  }

  /** Queues that frames are received in; 1 where the driver does not tell. */
  receiveQueues(): number {
    // struct ethtool_channels: the command, four maxima, then rx, tx, other and combined counts
    const request = requestFor(this.name, 36);
    const channels = request.subarray(IFREQ_SIZE);
    channels.writeUInt32LE(ETHTOOL_GCHANNELS);
    request.writeBigUInt64LE(BigInt(addressOf(channels)), IFNAMSIZ);
    if (systemCalls().ioctl(this.#socket, SIOCETHTOOL, request) < 0) return 1;
    return Math.max(1, channels.readUInt32LE(20) + channels.readUInt32LE(32));
  }

  #existingIndex(): number {
    try {
      return this.#currentIndex();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      throw new DeviceError(
        "NO_DEVICE",
        `there is no interface '${this.name}'; there are: ${interfaceNames().join(", ")}`,
      );
    }
  }

  #currentIndex(): number {
    return this.#ask("SIOCGIFINDEX", SIOCGIFINDEX).readInt32LE(IFNAMSIZ);
  }

  #flags(): number {
    return this.#ask("SIOCGIFFLAGS", SIOCGIFFLAGS).readUInt16LE(IFNAMSIZ);
  }

  #ask(call: string, request: number): Buffer {
    const answer = requestFor(this.name);
    checked(call, systemCalls().ioctl(this.#socket, request, answer));
    return answer;
  }
}

/** Names of all interfaces, also of those that are down. */
export function interfaceNames(): string[] {
  const lines = readFileSync("/proc/self/net/dev", "latin1").split("\n");
  return lines.flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? []);
}

/** A struct ifreq with the name in it, and `extra` bytes behind it. */
export function requestFor(name: string, extra = 0): Buffer {
  const request = Buffer.alloc(IFREQ_SIZE + extra);
  request.write(name, 0, IFNAMSIZ - 1, "latin1");
  return request;
}

function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
