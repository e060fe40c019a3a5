/** A toolstack over {@link FixtureHypervisor}s, closed at the end of the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { FixtureHypervisor } from "./hypervisor.fixture.ts";
import { type LocalToolstack, openToolstack, type ToolstackOptions } from "./localToolstack.ts";

export interface Opened {
  readonly toolstack: LocalToolstack;
  /** One a worker. */
  readonly hypervisors: readonly FixtureHypervisor[];
  /** The first one. */
  readonly hypervisor: FixtureHypervisor;
  readonly notices: readonly string[];
}

export async function openFixture(
  test: TestContext,
  options: Omit<ToolstackOptions, "startHypervisor"> = {},
): Promise<Opened> {
  const hypervisors: FixtureHypervisor[] = [];
  const notices: string[] = [];
  const toolstack = await openToolstack({
    notice: (text) => notices.push(text),
    ...options,
    startHypervisor: async (_, events) => {
      const hypervisor = new FixtureHypervisor(events);
      hypervisors.push(hypervisor);
      return hypervisor;
    },
  });
  test.after(() => toolstack.close());
  return { toolstack, hypervisors, hypervisor: hypervisors[0]!, notices };
}

/** A directory that goes with the test. */
export function temporaryDirectory(test: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), "cosmos-"));
  test.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
