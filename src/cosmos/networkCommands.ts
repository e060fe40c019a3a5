/** Commands for switches and wires. */
import type { Command } from "commander";
import type { NetworkDescription } from "../domain/description.ts";
import type { NetworkInformation } from "../domain/information.ts";
import { ToolstackError } from "../domain/toolstack.ts";
import { readDescription } from "./describe.ts";
import { UsageFault } from "./faults.ts";
import { collect, given, parseDevice, positiveInteger } from "./options.ts";
import type { Session } from "./session.ts";
import { trafficText } from "./show.ts";
import type { Column } from "./table.ts";

export function addNetworkCommands(program: Command, session: Session): void {
  const networks = program
    .command("network")
    .description("switches, and the wires between two interfaces")
    .addHelpText("after", "\nExamples:\n  cosmos network list\n  cosmos network define lan --device packet:eth1");
  addList(networks, session);
  addInfo(networks, session);
  addDefine(networks, session);
  addRemove(networks, session);
}

const NETWORK_COLUMNS: readonly Column<NetworkInformation>[] = [
  { title: "NAME", cell: ({ name }) => name },
  { title: "KIND", cell: ({ kind }) => kind },
  { title: "PORTS", align: "right", cell: ({ ports }) => String(ports.length) },
  { title: "ADDRESSES", align: "right", cell: ({ addresses }) => String(addresses.length) },
  { title: "CONNECTED", cell: ({ ports }) => ports.map(({ connected }) => connected).join(" ") },
];

function addList(networks: Command, session: Session): void {
  networks
    .command("list")
    .description("list the switches and wires")
    .addHelpText("after", "\nExample:\n  cosmos network list --json")
    .action(async () => {
      const found = await (await session.toolstack()).networks();
      await session.answer(found, () => session.table(NETWORK_COLUMNS, found));
    });
}

const PORT_COLUMNS: readonly Column<NetworkInformation["ports"][number]>[] = [
  { title: "PORT", cell: ({ connected }) => connected },
  { title: "RECEIVED", cell: ({ received }) => trafficText(received) },
  { title: "SENT", cell: ({ sent }) => trafficText(sent) },
];

const ADDRESS_COLUMNS: readonly Column<NetworkInformation["addresses"][number]>[] = [
  { title: "ADDRESS", cell: ({ mac }) => mac },
  { title: "VLAN", align: "right", cell: ({ vlan }) => (vlan === 0 ? "-" : String(vlan)) },
  { title: "PORT", cell: ({ port }) => port },
  { title: "AGE", align: "right", cell: ({ age }) => `${age} s` },
];

function addInfo(networks: Command, session: Session): void {
  networks
    .command("info")
    .description("tell the ports of a network, and the addresses that it has learned")
    .argument("<network>", "name of a switch or wire")
    .addHelpText("after", "\nExample:\n  cosmos network info lan")
    .action(async (name: string) => {
      const network = (await (await session.toolstack()).networks()).find((each) => each.name === name);
      if (!network) throw new ToolstackError("NOT_FOUND", `no network '${name}'`);
      await session.answer(network, async () => {
        const ports = await session.table(PORT_COLUMNS, network.ports);
        if (network.addresses.length === 0) return ports;
        return `${ports}\n${await session.table(ADDRESS_COLUMNS, network.addresses)}`;
      });
    });
}

interface DefineOptions {
  readonly device?: readonly string[];
  readonly ageing?: number;
  readonly stormLimit?: number;
  readonly file?: string;
}

function addDefine(networks: Command, session: Session): void {
  networks
    .command("define")
    .description("make a switch that stays, or change one")
    .argument("[network]", "name of the switch; absent with --file")
    .option("--file <file>", "description in TOML or JSON, - for standard input; options win over what it says")
    .option("--device <device>", "port of the switch: packet:eth1, tap:vm0,vlan=10, ...; may be repeated", collect)
    .option("--ageing <seconds>", "time after which a silent address is forgotten", positiveInteger)
    .option("--storm-limit <packets>", "flooded packets a second that each port may cause, at most", positiveInteger)
    .addHelpText(
      "after",
      `
Examples:
  cosmos network define lan --device packet:eth1 --device tap:vm0,vlan=10
  cosmos network define --file lan.toml`,
    )
    .action(async (name: string | undefined, options: DefineOptions) => {
      const description = await describeNetwork(name, options, session);
      const network = await (await session.toolstack()).defineNetwork(description);
      await session.answer(network, () => `${network.name}: a ${network.kind} with ${network.ports.length} ports\n`);
    });
}

async function describeNetwork(
  name: string | undefined,
  { file, device, ageing, stormLimit }: DefineOptions,
  { terminal }: Session,
): Promise<NetworkDescription> {
  const base =
    file === undefined ? undefined : await readDescription(file, terminal, (readers) => readers.readNetworkDescription);
  const called = name ?? base?.name;
  if (called === undefined) throw new UsageFault("which network? Give its name, or --file");
  return {
    ...base,
    name: called,
    ...given("devices", device?.map(parseDevice)),
    ...given("ageing", ageing),
    ...given("stormLimit", stormLimit),
  };
}

function addRemove(networks: Command, session: Session): void {
  networks
    .command("remove")
    .description("remove a switch")
    .argument("<network>", "name of the switch")
    .addHelpText("after", "\nExample:\n  cosmos network remove lan")
    .action(async (name: string) => (await session.toolstack()).removeNetwork(name));
}
