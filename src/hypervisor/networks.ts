/** Switches and wires by name, and the devices of the host that are ports of them. */

import { DeviceError } from "../device/device.ts";
import { openDevice } from "../device/open.ts";
import { isDevice, parseAttachment } from "../domain/attachment.ts";
import type { NetworkDescription, VifDescription } from "../domain/description.ts";
import type { NetworkInformation } from "../domain/information.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import type { Fabric } from "../fabric/fabric.ts";
import type { Port, PortVlans } from "../fabric/port.ts";
import { DEFAULT_AGEING, type Segment } from "../fabric/segment.ts";
import type { Vif } from "./vif.ts";

interface Network {
  readonly kind: "switch" | "wire";
  readonly name: string;
  readonly segment: Segment;
  /** Absent = it is only named by interfaces, and goes with the last of them. */
  description: NetworkDescription | undefined;
  readonly devices: Map<string, Port>;
}

export class Networks {
  readonly #fabric: Fabric;
  readonly #notice: (text: string) => void;
  readonly #networks = new Map<string, Network>();
  readonly #owners = new Map<Port, string>();

  constructor(fabric: Fabric, notice: (text: string) => void) {
    this.#fabric = fabric;
    this.#notice = notice;
  }

  /**
   * Connects an interface with what its description says.
   * @param owner  `DOMAIN.VIF`
   * @throws ToolstackError; the interface is then not connected
   */
  attach(vif: Vif, description: VifDescription, owner: string): void {
    const attachment = description.attach === undefined ? undefined : parseAttachment(description.attach);
    if (!attachment) return;
    const { attach = "" } = description;
    const network = isDevice(attachment)
      ? this.#deviceWire(attach)
      : this.#network(attach, attachment.kind as "switch" | "wire", attachment.name); // not a device's
    try {
      network.segment.connect(vif.port, vlansOf(description));
    } catch (error) {
      throw new ToolstackError("INVALID", `${attach}: ${error instanceof Error ? error.message : error}`);
    }
    vif.attach = attach;
    this.#owners.set(vif.port, owner);
    this.#applyStorm(network, vif.port);
  }

  /** Disconnects an interface; a network that nobody else uses goes. */
  detach(vif: Vif): void {
    const { segment } = vif.port;
    vif.attach = "";
    if (!segment) return;
    segment.disconnect(vif.port);
    this.#owners.delete(vif.port);
    for (const [key, network] of this.#networks) if (network.segment === segment) this.#dropUnused(key, network);
  }

  #network(key: string, kind: "switch" | "wire", name: string): Network {
    const existing = this.#networks.get(key);
    if (existing) return existing;
    const network: Network = {
      kind,
      name,
      segment: this.#fabric.addSegment(kind),
      description: undefined,
      devices: new Map(),
    };
    this.#networks.set(key, network);
    return network;
  }

  /** A device of the host at one end of a wire. */
  #deviceWire(device: string): Network {
    const existing = this.#networks.get(device);
    if (existing) throw new ToolstackError("INVALID", `${device} is attached to ${this.#ownerAt(existing)} already`);
    const port = this.#openDevice(device);
    const network = this.#network(device, "wire", device);
    network.segment.connect(port);
    network.devices.set(device, port);
    this.#owners.set(port, device);
    return network;
  }

  #ownerAt({ segment }: Network): string {
    const owners = [...segment.ports.keys()].flatMap((port) => this.#owners.get(port) ?? []);
    return owners.find((owner) => !owner.includes(":")) ?? "another interface";
  }

  #openDevice(name: string): Port {
    try {
      const device = openDevice(name, this.#fabric.memory, { notice: this.#notice });
      return this.#fabric.addDevicePort(device);
    } catch (error) {
      if (error instanceof DeviceError) throw new ToolstackError("UNAVAILABLE", error.message);
      throw error;
    }
  }

  #removeDevice(port: Port): void {
    this.#owners.delete(port);
    port.remove();
  }

  #dropUnused(key: string, network: Network): void {
    const used = network.segment.ports.size > network.devices.size;
    if (used || network.description) return;
    for (const port of network.devices.values()) this.#removeDevice(port);
    network.segment.remove();
    this.#networks.delete(key);
  }

  /** Makes a switch, or changes one. @throws ToolstackError; it is then as it was */
  define(description: NetworkDescription): void {
    const key = `switch:${description.name}`;
    const wanted = new Map((description.devices ?? []).map((each) => [each.device, each]));
    const existing = this.#networks.get(key);
    const opened = new Map<string, Port>();
    try {
      for (const device of wanted.keys())
        if (!existing?.devices.has(device)) opened.set(device, this.#openDevice(device));
    } catch (error) {
      for (const port of opened.values()) this.#removeDevice(port);
      throw error;
    }
    const network = this.#network(key, "switch", description.name);
    for (const [device, port] of network.devices) {
      if (wanted.has(device)) network.segment.disconnect(port);
      else {
        this.#removeDevice(port);
        network.devices.delete(device);
      }
    }
    for (const [device, port] of opened) {
      network.devices.set(device, port);
      this.#owners.set(port, device);
    }
    for (const [device, port] of network.devices) network.segment.connect(port, vlansOf(wanted.get(device) ?? {}));
    network.description = description;
    network.segment.ageing = description.ageing ?? DEFAULT_AGEING;
    for (const port of network.segment.ports.keys()) this.#applyStorm(network, port);
  }

  #applyStorm({ description }: Network, port: Port): void {
    port.setStormLimit(description?.stormLimit);
  }

  /** It stays as long as interfaces are attached to it, without devices. */
  remove(name: string): void {
    const key = `switch:${name}`;
    const network = this.#networks.get(key);
    if (!network) return;
    for (const port of network.devices.values()) this.#removeDevice(port);
    network.devices.clear();
    network.description = undefined;
    for (const port of network.segment.ports.keys()) this.#applyStorm(network, port);
    this.#dropUnused(key, network);
  }

  /** Device links come and go. */
  followLinks(): void {
    for (const { device, port } of this.#fabric.devices) port.isUp = device.linkUp();
  }

  get information(): NetworkInformation[] {
    return [...this.#networks.values()].map((network) => ({
      name: network.name,
      kind: network.kind,
      description: network.description ?? { name: network.name },
      ports: [...network.segment.ports.keys()].map((port) => {
        const { in: sent, out: received } = port.traffic;
        return { connected: this.#owners.get(port) ?? "", received, sent };
      }),
      addresses: this.#fabric
        .addresses(network.segment)
        .map(({ mac, vlan, port, age }) => ({ mac, vlan, age, port: this.#owners.get(port) ?? "" })),
    }));
  }

  close(): void {
    for (const { port } of [...this.#fabric.devices]) this.#removeDevice(port);
  }
}

function vlansOf({
  vlan,
  trunk,
}: {
  readonly vlan?: number;
  readonly trunk?: readonly number[];
}): PortVlans | undefined {
  return vlan === undefined && trunk === undefined ? undefined : { vlan, trunk };
}
