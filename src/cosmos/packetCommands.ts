/** Commands that watch packets: their way, and copies of them. */
import type { Command } from "commander";
import type { ElementCaptureRequest, Toolstack, VifCaptureRequest } from "../domain/toolstack.ts";
import { UsageFault } from "./faults.ts";
import { writeOutput } from "./files.ts";
import { given, positiveInteger } from "./options.ts";
import type { Session } from "./session.ts";
import { untilAborted, untilInterrupted } from "./terminal.ts";
import { TraceLines } from "./traceLines.ts";

/** As many as one can read. */
const TRACED_PACKETS = 10;

export function addPacketCommands(program: Command, session: Session): void {
  addTrace(program, session);
  addCapture(program, session);
}

function addTrace(program: Command, session: Session): void {
  program
    .command("trace")
    .description("follow packets from element to element, to where they end")
    .argument("<domain>", "name or number")
    .argument("[filter...]", "which packets, in the language of IPClassifier; absent = all")
    .option("-c, --count <packets>", "packets to follow", positiveInteger, TRACED_PACKETS)
    .addHelpText(
      "after",
      `
A line says which output a packet left an element by, or that it ended there. Ctrl-C ends the trace.

Examples:
  cosmos trace fw -c 10 'ip proto icmp'
  cosmos trace fw dst port 80 --json`,
    )
    .action(async (domain: string, words: readonly string[], { count }: { readonly count: number }) => {
      const toolstack = await session.toolstack();
      const people = new TraceLines();
      const request = { count, ...given("filter", words.length === 0 ? undefined : words.join(" ")) };
      await untilInterrupted(async ({ signal }) => {
        for await (const step of untilAborted(toolstack.trace(domain, request, signal), signal))
          await (session.json ? session.printJsonLine(step) : session.print(people.lines(step)));
      });
    });
}

interface CaptureOptions {
  readonly count?: number;
  readonly snapLength?: number;
  readonly force?: true;
}

function addCapture(program: Command, session: Session): void {
  program
    .command("capture")
    .description("copy the packets that leave an element, or pass an interface, to a pcap file")
    .argument("<domain>", "name or number")
    .argument(
      "<place>",
      "VIF, an interface, both ways; or ELEMENT[PORT], an output of an element; without [PORT], output 0",
    )
    .argument("<output>", "file to write, - for standard output")
    .option("-c, --count <packets>", "packets to capture; absent = until Ctrl-C", positiveInteger)
    .option("-s, --snap-length <bytes>", "bytes of each packet, at most", positiveInteger)
    .option("--force", "replace a file that exists")
    .addHelpText(
      "after",
      `
A word that names an interface (eth0) is that, not an element. A capture that fails leaves no file.

Examples:
  cosmos capture fw eth0 outside.pcap
  cosmos capture fw 'fw[1]' denied.pcap -c 100
  cosmos capture fw 'nat[0]' - | tcpdump -n -r -`,
    )
    .action(async (domain: string, place: string, path: string, options: CaptureOptions) => {
      const toolstack = await session.toolstack();
      const request = {
        ...(await findPlace(toolstack, domain, place)),
        ...given("count", options.count),
        ...given("snapLength", options.snapLength),
      };
      await untilInterrupted(({ signal }) => {
        const packets = untilAborted(toolstack.capture(domain, request, signal), signal);
        return writeOutput({ path, force: options.force === true }, packets, session.terminal);
      });
    });
}

/** An interface of the domain, or an element's output. */
async function findPlace(
  toolstack: Toolstack,
  domain: string,
  text: string,
): Promise<ElementCaptureRequest | VifCaptureRequest> {
  const { vifs } = await toolstack.information(domain);
  const isVif = vifs.some(({ name, index }) => name === text || String(index) === text);
  return isVif ? { vif: text } : parsePlace(text);
}

/** Reads `ELEMENT[PORT]`. */
export function parsePlace(text: string): ElementCaptureRequest {
  const parts = /^([^[\]]+)(?:\[(\d{1,5})\])?$/.exec(text);
  if (!parts) throw new UsageFault(`'${text}' is no output of an element: write ELEMENT[PORT], for instance 'fw[0]'`);
  return { element: parts[1]!, port: Number(parts[2] ?? 0) };
}
