/** Checks descriptions as a whole: by their schema, then what a schema cannot say. */
import type { TSchema } from "typebox";
import { badAttachment, isDevice, parseAttachment } from "./attachment.ts";
import { DomainDescription, NetworkDescription, VifDescription } from "./description.ts";
import { type Fault, type Path, printable, refuse, within } from "./fault.ts";
import { schemaFaults } from "./schemaFaults.ts";

/** @throws ToolstackError INVALID */
export function checkDomain(value: unknown): DomainDescription {
  refuse(domainFaults(value));
  return value as DomainDescription; // without faults it has the type
}

/** @throws ToolstackError INVALID */
export function checkNetwork(value: unknown): NetworkDescription {
  refuse(networkFaults(value));
  return value as NetworkDescription; // without faults it has the type
}

/** @throws ToolstackError INVALID */
export function checkVif(value: unknown): VifDescription {
  refuse(checked<VifDescription>(VifDescription, value, vifFaults));
  return value as VifDescription; // without faults it has the type
}

export function domainFaults(value: unknown): readonly Fault[] {
  return checked<DomainDescription>(DomainDescription, value, (domain) => {
    const vifs = domain.vifs ?? [];
    return [
      ...nameFaults(domain.name, "a domain's number"),
      ...imageFaults(domain),
      ...vifs.flatMap((vif, index) => within(["vifs", index], vifFaults(vif))),
      ...repeated(vifs, (vif) => vif.name, ["vifs", "name"]),
      ...repeated(vifs, (vif) => vif.mac?.toLowerCase(), ["vifs", "mac"]),
    ];
  });
}

export function networkFaults(value: unknown): readonly Fault[] {
  return checked<NetworkDescription>(NetworkDescription, value, ({ devices = [] }) => [
    ...devices.flatMap(({ device }, index) => deviceFaults(device, ["devices", index, "device"])),
    ...repeated(devices, ({ device }) => device, ["devices", "device"]),
  ]);
}

/** Faults by the schema; if there are none, those that `further` finds. */
export function checked<Description>(
  schema: TSchema,
  value: unknown,
  further: (description: Description) => readonly Fault[],
): readonly Fault[] {
  const faults = schemaFaults(schema, value);
  return faults.length > 0 ? faults : further(value as Description); // by the schema it has the type
}

function vifFaults({ name, mac, attach, vlan, trunk }: VifDescription): readonly Fault[] {
  const faults: Fault[] = name === undefined ? [] : [...nameFaults(name, "an interface's number")];
  if (mac !== undefined) faults.push(...macFaults(mac, ["mac"]));
  const attachment = attach === undefined ? undefined : parseAttachment(attach);
  if (attach !== undefined && !attachment) faults.push({ path: ["attach"], message: badAttachment(attach) });
  if ((vlan !== undefined || trunk !== undefined) && attachment?.kind !== "switch") {
    const path = [vlan === undefined ? "trunk" : "vlan"];
    faults.push({ path, message: "only a port of a switch has VLANs: attach = 'switch:NAME'" });
  }
  return faults;
}

/** Bytes of the largest image: two hundred times a large router's. */
const LARGEST_IMAGE = 8 << 20;

function imageFaults({ image, config, parameters }: DomainDescription): readonly Fault[] {
  if (image === undefined) return [];
  const fault = (message: string, key = "image"): readonly Fault[] => [{ path: [key], message }];
  if (config !== undefined) return fault("a domain runs a configuration or an image: leave out 'config', or this");
  if (Object.keys(parameters ?? {}).length > 0)
    return fault("an image was built with its parameters: give them to `clickos-image build`", "parameters");
  const bytes = Buffer.from(image, "base64");
  if (bytes.toString("base64") !== image) return fault("is not base64 (RFC 4648, section 4)");
  if (bytes.length === 0) return fault("is empty");
  return bytes.length > LARGEST_IMAGE ? fault(`has ${bytes.length} bytes, and an image may have ${LARGEST_IMAGE}`) : [];
}

/** Whoever is called by name or number cannot have a number for a name. */
function nameFaults(name: string, number: string): readonly Fault[] {
  if (!/^\d+$/.test(name)) return [];
  return [
    { path: ["name"], message: `'${name}' would be taken for ${number}: a name needs something else than digits` },
  ];
}

/** An interface's own address is not a group's (IEEE 802 §8.2: the first byte's lowest bit) and not zero. */
export function macFaults(mac: string, path: Path): readonly Fault[] {
  const group = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  if (group) return [{ path, message: `'${mac}' is a group address: the first byte must be even` }];
  return mac === "00:00:00:00:00:00" ? [{ path, message: "all zero is no interface's address" }] : [];
}

function deviceFaults(device: string, path: Path): readonly Fault[] {
  const attachment = parseAttachment(device);
  if (attachment && isDevice(attachment)) return [];
  const right = "packet:INTERFACE, xdp:INTERFACE, tap:INTERFACE, or pcap:FILE";
  return [{ path, message: `'${printable(device)}' is no device of the host: ${right}` }];
}

/**
 * Faults for values that stand twice in a list.
 * @param place  the list's key and the value's key within a member
 */
export function repeated<Member>(
  members: readonly Member[],
  textOf: (member: Member) => string | undefined,
  [list, key]: readonly [string, string],
): readonly Fault[] {
  const first = new Map<string, number>();
  const faults: Fault[] = [];
  for (const [index, member] of members.entries()) {
    const value = textOf(member);
    if (value === undefined) continue;
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, index);
    else faults.push({ path: [list, index, key], message: `'${printable(value)}' is taken by ${list}[${earlier}]` });
  }
  return faults;
}
