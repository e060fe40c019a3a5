/** Domains as people see them: one line, a table, or all there is. */
import type { DomainInformation, Traffic, VifInformation } from "../domain/information.ts";
import type { Session } from "./session.ts";
import type { Cell, Column, Style } from "./table.ts";
import { visible } from "./text.ts";
import { formatBytes, formatCount, formatDuration } from "./units.ts";

const STATE_STYLES: Readonly<Record<DomainInformation["state"], Style>> = {
  running: "green",
  paused: "yellow",
  crashed: "red",
  stopped: "dim",
};

/** A domain's state, coloured. */
export function stateCell({ state }: { readonly state: DomainInformation["state"] }): Cell {
  return { text: state, style: STATE_STYLES[state] };
}

/** Answers a command that changed a domain: `web (3): running, 12 elements, booted in 1.2 ms`. */
export function answerDomain(session: Session, domain: DomainInformation): Promise<void> {
  return session.answer(domain, () => `${summary(domain)}\n`);
}

function summary({ id, name, state, reason, elements, bootMilliseconds, hasConfiguration }: DomainInformation): string {
  const contents = hasConfiguration ? [elementsText(elements)] : ["no configuration"];
  const boot = state === "running" && hasConfiguration ? [`booted in ${bootMilliseconds.toFixed(1)} ms`] : [];
  const why = reason === "" ? [] : [visible(reason)];
  return `${name} (${id}): ${[state, ...contents, ...boot, ...why].join(", ")}`;
}

function elementsText(count: number): string {
  return count === 1 ? "1 element" : `${count} elements`;
}

const LIST_COLUMNS: readonly Column<DomainInformation>[] = [
  { title: "ID", align: "right", cell: ({ id }) => String(id) },
  { title: "NAME", cell: ({ name }) => name },
  { title: "STATE", cell: stateCell },
  { title: "VIFS", align: "right", cell: ({ vifs }) => String(vifs.length) },
  { title: "ELEMENTS", align: "right", cell: ({ elements }) => String(elements) },
  { title: "MEMORY", align: "right", cell: ({ memory }) => formatBytes(memory) },
  { title: "UP", align: "right", cell: upTime },
  { title: "RESTARTS", align: "right", cell: ({ restarts }) => String(restarts) },
  { title: "REASON", cell: ({ reason }) => reason },
];

/** How long it has run, as of now. */
function upTime({ started }: DomainInformation): string {
  return started === "" ? "-" : formatDuration((Date.now() - Date.parse(started)) / 1000);
}

/** A table of domains, in order of their numbers; a column of reasons only where there is one. */
export function listDomains(session: Session, domains: readonly DomainInformation[]): Promise<string> {
  const columns = domains.some(({ reason }) => reason !== "") ? LIST_COLUMNS : LIST_COLUMNS.slice(0, -1);
  return session.table(
    columns,
    domains.toSorted((a, b) => a.id - b.id),
  );
}

/** Packets, bytes and losses: `1.20M packets, 1.10 GiB, 3 dropped (ring full)`. */
export function trafficText({ packets, bytes, drops }: Traffic): string {
  const lost = Object.entries(drops).filter(([, count]) => count > 0);
  const dropped = lost.map(([reason, count]) => `, ${formatCount(count)} dropped (${reason})`).join("");
  return `${formatCount(packets)} packets, ${formatBytes(bytes)}${dropped}`;
}

const VIF_COLUMNS: readonly Column<VifInformation>[] = [
  { title: "VIF", align: "right", cell: ({ index }) => String(index) },
  { title: "NAME", cell: ({ name }) => name },
  { title: "MAC", cell: ({ mac }) => mac },
  { title: "ATTACHED TO", cell: ({ attach }) => attach || "-" },
  { title: "RECEIVED", cell: ({ received }) => trafficText(received) },
  { title: "SENT", cell: ({ sent }) => trafficText(sent) },
];

/** Everything about a domain. */
export async function explainDomain(session: Session, domain: DomainInformation): Promise<string> {
  const facts = factsOf(domain).filter(([, value]) => value !== "");
  const width = Math.max(...facts.map(([title]) => title.length));
  const lines = facts.map(([title, value]) => `${title.padEnd(width)}  ${visible(value)}\n`).join("");
  return domain.vifs.length === 0 ? lines : `${lines}\n${await session.table(VIF_COLUMNS, domain.vifs)}`;
}

/** Titles and values; empty values are not told. */
function factsOf(domain: DomainInformation): readonly (readonly [string, string])[] {
  const { description, bootMilliseconds } = domain;
  return [
    ["Name", domain.name],
    ["Id", String(domain.id)],
    ["State", domain.state],
    ["Reason", domain.reason],
    ["Configuration", configurationText(domain)],
    ["Parameters", parametersText(description.parameters ?? {})],
    ["Memory", formatBytes(domain.memory) + optional(description.memory, (limit) => `, at most ${limit} MiB`)],
    ["CPU share", optional(description.cpuShare, String)],
    ["Packets/s", optional(description.packetRate, (rate) => `at most ${formatCount(rate)}`)],
    ["On crash", description.on_crash ?? ""],
    ["Checkpoint", optional(description.checkpoint, (seconds) => `every ${seconds} s`)],
    ["Worker", String(domain.worker)],
    ["Created", domain.created],
    ["Started", domain.started === "" ? "" : `${domain.started}, up ${upTime(domain)}`],
    ["Last boot", bootMilliseconds > 0 ? `${bootMilliseconds.toFixed(1)} ms` : ""],
    ["Restarts", String(domain.restarts)],
  ];
}

function optional<Value>(value: Value | undefined, text: (value: Value) => string): string {
  return value === undefined ? "" : text(value);
}

function configurationText({ hasConfiguration, description, elements, tier }: DomainInformation): string {
  if (!hasConfiguration) return "none";
  const source = description.configFile === undefined ? "" : `${description.configFile}, `;
  return `${source}${elementsText(elements)}${tier === "none" ? "" : `, ${tier === "linked" ? "linked" : "stock library"}`}`;
}

function parametersText(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
