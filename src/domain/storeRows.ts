/** Reads rows of the database: what stands there is checked as everything that comes from outside. */
import type { SQLOutputValue } from "node:sqlite";
import type { ChainDescription } from "./chain.ts";
import { chainFaults } from "./chains/validate.ts";
import { domainFaults, networkFaults } from "./check.ts";
import type { Row } from "./database.ts";
import type { DomainDescription, DomainState, NetworkDescription } from "./description.ts";
import { type Fault, formatFault } from "./fault.ts";
import type { ChainRecord, DomainRecord, NetworkRecord } from "./store.ts";
import { fillDescription } from "./vif.ts";

const STATES: readonly DomainState[] = ["stopped", "running", "paused", "crashed"];
const PHASES: readonly ChainRecord["phase"][] = ["making", "up", "removing"];

export function readDomainRow(row: Row): DomainRecord {
  return {
    id: Number(row.id),
    description: fillDescription(readDescription<DomainDescription>(row, "domain", domainFaults)),
    state: oneOf(STATES, row.state, "state"),
    reason: String(row.reason),
    restarts: Number(row.restarts),
    created: String(row.created),
    worker: Number(row.worker),
    chain: optional(row.chain),
  };
}

export function readNetworkRow(row: Row): NetworkRecord {
  const description = readDescription<NetworkDescription>(row, "network", networkFaults);
  return { description, worker: Number(row.worker), chain: optional(row.chain) };
}

export function readChainRow(row: Row): ChainRecord {
  const description = readDescription<ChainDescription>(row, "chain", chainFaults);
  return { description, phase: oneOf(PHASES, row.phase, "phase") };
}

function readDescription<Description>(
  row: Row,
  kind: string,
  faultsOf: (value: unknown) => readonly Fault[],
): Description {
  const value: unknown = JSON.parse(String(row.description));
  const [fault] = faultsOf(value);
  if (fault) throw new Error(`${kind} '${String(row.name)}': ${formatFault(fault)}`);
  return value as Description; // checked
}

function oneOf<Word extends string>(words: readonly Word[], value: SQLOutputValue | undefined, column: string): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Error(`${column} is ${JSON.stringify(value)}, not one of ${words.join(", ")}`);
  return found;
}

function optional(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
