/** What a virtual interface is connected to, as descriptions write it: `KIND:NAME`. */
import { NAME_PATTERN } from "./description.ts";
import { printable } from "./fault.ts";

const DEVICES = ["packet", "xdp", "tap", "pcap"] as const;
const NETWORKS = ["switch", "wire"] as const;
const NETWORK_NAME = new RegExp(NAME_PATTERN);

export interface Attachment {
  readonly kind: (typeof DEVICES | typeof NETWORKS)[number];
  readonly name: string;
}

/** @returns undefined when it is none */
export function parseAttachment(text: string): Attachment | undefined {
  const colon = text.indexOf(":");
  const kind = [...NETWORKS, ...DEVICES].find((word) => word === text.slice(0, Math.max(colon, 0)));
  const name = text.slice(colon + 1);
  if (!kind || name === "") return undefined;
  const attachment = { kind, name };
  return isDevice(attachment) || NETWORK_NAME.test(name) ? attachment : undefined;
}

export function isDevice({ kind }: Attachment): boolean {
  return DEVICES.some((device) => device === kind);
}

/** The key under which a switch or a wire is shared; undefined for a device of the host, or for nothing. */
export function networkOf(attach: string | undefined): string | undefined {
  const attachment = attach === undefined ? undefined : parseAttachment(attach);
  return attachment && !isDevice(attachment) ? attach : undefined;
}

/** Message for a text that is no attachment. */
export function badAttachment(text: string): string {
  return `'${printable(text)}' is nothing to attach to: switch:NAME, wire:NAME, packet:INTERFACE, xdp:INTERFACE, tap:INTERFACE, or pcap:FILE`;
}
