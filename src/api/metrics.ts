/** The daemon's counters in Prometheus' text format 0.0.4. */
import type { DomainState } from "../domain/description.ts";
import type { DomainInformation, DomainStatistics, NetworkInformation, Traffic } from "../domain/information.ts";
import type { Toolstack } from "../domain/toolstack.ts";

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Each is told, also when no domain is in it. */
const STATES: readonly DomainState[] = ["stopped", "running", "paused", "crashed"];

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Something that is connected: what came in and what went out. */
interface Endpoint {
  readonly labels: Labels;
  readonly received: Traffic;
  readonly sent: Traffic;
}

/** Everything that is counted, as text. */
export async function writeMetrics(toolstack: Toolstack): Promise<string> {
  const [domains, statistics, networks] = await Promise.all([
    toolstack.list(),
    toolstack.statistics(),
    toolstack.networks(),
  ]);
  return [
    ...domainFamilies(domains),
    ...statisticsFamilies(statistics),
    ...trafficFamilies("domain", "of all interfaces of a domain", statistics.map(domainEndpoint)),
    ...trafficFamilies("vif", "of a virtual interface", domains.flatMap(vifEndpoints)),
    ...trafficFamilies("network_port", "of a port of a switch or wire", networks.flatMap(portEndpoints)),
  ].join("");
}

function domainFamilies(domains: readonly DomainInformation[]): string[] {
  const byState = STATES.map((state) => ({
    labels: { state },
    value: domains.filter((domain) => domain.state === state).length,
  }));
  const perDomain = (value: (domain: DomainInformation) => number) =>
    domains.map((domain) => ({ labels: { domain: domain.name }, value: value(domain) }));
  return [
    family("cosmos_domains", "gauge", "Domains by state.", byState),
    family(
      "cosmos_domain_memory_bytes",
      "gauge",
      "Guest memory.",
      perDomain((domain) => domain.memory),
    ),
    family(
      "cosmos_domain_restarts_total",
      "counter",
      "Boots after a crash.",
      perDomain((domain) => domain.restarts),
    ),
  ];
}

function statisticsFamilies(statistics: readonly DomainStatistics[]): string[] {
  const perElement = (value: (element: DomainStatistics["elements"][number]) => number) =>
    statistics.flatMap((domain) =>
      domain.elements.map((element) => ({
        labels: { domain: domain.name, element: element.name, class: element.class },
        value: value(element),
      })),
    );
  return [
    family(
      "cosmos_domain_nanoseconds_total",
      "counter",
      "Processor time of the guest, estimated from samples.",
      statistics.map((domain) => ({ labels: { domain: domain.name }, value: domain.nanoseconds })),
    ),
    family(
      "cosmos_element_packets_total",
      "counter",
      "Packets that an element counted.",
      perElement((element) => element.packets),
    ),
    family(
      "cosmos_element_bytes_total",
      "counter",
      "Bytes that an element counted.",
      perElement((element) => element.bytes),
    ),
    family(
      "cosmos_element_drops_total",
      "counter",
      "Packets that an element dropped.",
      perElement((element) => element.drops),
    ),
  ];
}

function domainEndpoint({ name, received, sent }: DomainStatistics): Endpoint {
  return { labels: { domain: name }, received, sent };
}

function vifEndpoints(domain: DomainInformation): Endpoint[] {
  return domain.vifs.map(({ name, received, sent }) => ({
    labels: { domain: domain.name, vif: name },
    received,
    sent,
  }));
}

function portEndpoints(network: NetworkInformation): Endpoint[] {
  return network.ports.map(({ connected, received, sent }) => ({
    labels: { network: network.name, port: connected },
    received,
    sent,
  }));
}

function trafficFamilies(kind: string, whose: string, endpoints: readonly Endpoint[]): string[] {
  const total = (what: string, help: string, value: (endpoint: Endpoint) => number) =>
    family(
      `cosmos_${kind}_${what}_total`,
      "counter",
      `${help} ${whose}.`,
      endpoints.map((endpoint) => ({ labels: endpoint.labels, value: value(endpoint) })),
    );
  return [
    total("received_packets", "Packets received", (endpoint) => endpoint.received.packets),
    total("received_bytes", "Bytes received", (endpoint) => endpoint.received.bytes),
    total("sent_packets", "Packets sent", (endpoint) => endpoint.sent.packets),
    total("sent_bytes", "Bytes sent", (endpoint) => endpoint.sent.bytes),
    family(
      `cosmos_${kind}_dropped_packets_total`,
      "counter",
      `Packets lost ${whose}, by direction and reason.`,
      endpoints.flatMap((endpoint) => [...drops(endpoint, "received"), ...drops(endpoint, "sent")]),
    ),
  ];
}

function drops(endpoint: Endpoint, direction: "received" | "sent"): Sample[] {
  return Object.entries(endpoint[direction].drops).map(([reason, value]) => ({
    labels: { ...endpoint.labels, direction, reason },
    value,
  }));
}

function family(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => `${name}{${writeLabels(labels)}} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function writeLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
