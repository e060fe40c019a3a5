/** Script and DriverManager as elements: what the script machine needs from the router, and what the router sees of the machine. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { Diagnostics } from "../../language/diagnostics.ts";
import {
  HandlerError,
  type HostActivity,
  type HostedElement,
  type HostHalf,
  type HostHandler,
  type HostServices,
} from "../../library/hostHalf.ts";
import { systemErrorText } from "../../library/systemError.ts";
import { type HostAccess, hostAccess } from "../hostAccess.ts";
import type { Outcome, OutputFile, ScriptEnvironment, ScriptHandler } from "./environment.ts";
import type { Program, ScriptType } from "./instructions.ts";
import { ScriptMachine } from "./machine.ts";
import { parseScript } from "./parse.ts";
import { SignalWatch } from "./signalWatch.ts";

/** Ring for the ports of waiting packets: more than a guest has packets. */
const QUESTIONS_SIZE = 65536;

/** Whether the router has a driver script already; one object a router. */
const DRIVER_SCRIPT = Symbol("driver script");

/** @param defaultType  the type without a TYPE argument, if it does not follow from the ports */
export function scriptHostHalf(defaultType: ScriptType | undefined): HostHalf {
  const programs = new WeakMap<HostedElement, Program>();
  return {
    configure: (element, _values, rest) => {
      const program = parse(element, rest, defaultType);
      if (program) programs.set(element, program);
    },
    start: (element, services) => {
      const program = programs.get(element);
      if (!program) throw new Error(`${element.name} was not configured`);
      return startScript(element, program, services);
    },
  };
}

function parse(
  element: HostedElement,
  args: readonly string[],
  defaultType: ScriptType | undefined,
): Program | undefined {
  const drivers = element.shared(DRIVER_SCRIPT, () => ({ taken: false }));
  const surroundings = {
    ...(defaultType ? { defaultType } : {}),
    inputs: element.nInputs,
    outputs: element.nOutputs,
    hasDriverScript: drivers.taken,
  };
  const messages = new Diagnostics();
  const program = parseScript(args, surroundings, messages, "");
  for (const line of messages.lines) element.error(line);
  if (program?.type === "driver") drivers.taken = true;
  return program;
}

function startScript(element: HostedElement, program: Program, services: HostServices): HostActivity {
  const access = hostAccess(element);
  if (program.type === "signal" && !mayAwaitSignals(element, access)) return {};
  let wakeTime: bigint | undefined;
  const signals = new SignalWatch(() => {
    machine.onSignal();
    services.noteActivity();
  });
  const environment: ScriptEnvironment = {
    context: services.context,
    diagnostics: services.diagnostics,
    findHandler: (name, access) => findHandler(services, name, access),
    now: () => services.now(),
    random: () => Math.floor(Math.random() * 2 ** 31),
    processId: () => process.pid,
    print: (text) => services.print(text),
    printMessage: (text) => services.printMessage(text),
    openFile: (path, mode) => openFile(access, path, mode),
    readFile: (path) => readFile(access, path),
    sendSignal: (processId, signal) => {
      if (processId === process.pid) services.awaitEvents();
      return sendSignal(access, processId, signal);
    },
    wakeAfter: (delay) => {
      wakeTime = services.now() + delay;
    },
    cancelWake: () => {
      wakeTime = undefined;
    },
    awaitSignals: (numbers) => signals.watch(numbers),
    runCount: () => services.runCount(),
    adjustRunCount: (delta) => services.adjustRunCount(delta),
  };
  const machine = new ScriptMachine(program, environment);
  const questions = program.type === "packet" ? services.makeStream("questions", QUESTIONS_SIZE) : undefined;
  let started = false;
  return {
    service: () => {
      if (!questions) return false;
      const ports = questions.read();
      const words = new DataView(ports.buffer, ports.byteOffset, ports.byteLength);
      for (let at = 0; at + 4 <= words.byteLength; at += 4)
        element.call("answer", machine.onPacket(words.getUint32(at, true)) ?? -1);
      return ports.length > 0;
    },
    initialized: (messages) => {
      started = true;
      // Faults of the first instructions are told, but do not keep the router from running.
      machine.initialize(new Diagnostics((line) => messages.message("", line)));
    },
    wakeTime: () => wakeTime,
    wake: () => {
      wakeTime = undefined;
      machine.onTimer();
    },
    ...(program.type === "driver" ? { driverStops: () => started && machine.onDriverStop() } : {}),
    findHandler: (name) => scriptHandler(machine, name),
    handlerNames: () => [...machine.handlers.keys()].toReversed(),
    close: () => signals.close(),
  };
}

/** A handler of the script itself, for others to call. */
function scriptHandler(machine: ScriptMachine, name: string): HostHandler | undefined {
  const facts = machine.findHandler(name);
  if (!facts) return undefined;
  const { readable, writable, takesParameter, isPrivate } = facts;
  const flags = `${readable ? "r" : ""}${writable ? "w" : ""}${takesParameter ? "+" : ""}${isPrivate ? "h" : ""}`;
  return {
    flags,
    documentation: "",
    ...(readable
      ? {
          read: (_element: HostedElement, parameter: string) =>
            collect((d) => machine.readHandler(name, parameter, d)).value,
        }
      : {}),
    ...(writable
      ? { write: (_element: HostedElement, text: string) => collect((d) => machine.writeHandler(name, text, d)).status }
      : {}),
  };
}

/** Runs a handler whose faults are reported, and throws them. */
function collect<T extends { readonly status: number }>(run: (diagnostics: Diagnostics) => T): T {
  const messages = new Diagnostics();
  const result = run(messages);
  if (messages.errorCount > 0) throw new HandlerError(messages.lines.join("\n"));
  return result;
}

function findHandler(services: HostServices, name: string, access: "read" | "write"): Outcome<ScriptHandler> {
  const found = services.findHandler(name, access);
  if (typeof found === "string") return { ok: false, message: found };
  const attempt = <T>(diagnostics: Diagnostics, failed: (error: HandlerError) => T, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof HandlerError)) throw error;
      diagnostics.error("", error.message);
      return failed(error);
    }
  };
  return {
    ok: true,
    value: {
      name: found.name,
      takesParameter: found.takesParameter,
      read: (parameter, diagnostics) =>
        attempt(
          diagnostics,
          () => "",
          () => found.read(parameter),
        ),
      write: (value, diagnostics) =>
        attempt(
          diagnostics,
          ({ status }) => status,
          () => found.write(value, diagnostics),
        ),
    },
  };
}

/** @returns false when a fault was reported */
function mayAwaitSignals(element: HostedElement, access: HostAccess): boolean {
  try {
    access.signals();
    return true;
  } catch (error) {
    element.error(systemErrorText(error));
    return false;
  }
}

function openFile(access: HostAccess, path: string, mode: "truncate" | "append"): Outcome<OutputFile> {
  try {
    const descriptor = openSync(access.file(path), mode === "append" ? "a" : "w");
    return {
      ok: true,
      value: {
        write: (text) => {
          writeSync(descriptor, Buffer.from(text, "latin1"));
        },
        close: () => closeSync(descriptor),
      },
    };
  } catch (error) {
    return { ok: false, message: `${path}: ${systemErrorText(error)}` };
  }
}

function readFile(access: HostAccess, path: string): Outcome<string> {
  try {
    const file = access.file(path);
    return { ok: true, value: readFileSync(file === "-" ? 0 : file, "latin1") };
  } catch (error) {
    return { ok: false, message: `${path}: ${systemErrorText(error)}` };
  }
}

function sendSignal(access: HostAccess, processId: number, signal: number): string | undefined {
  try {
    access.signals();
    process.kill(processId, signal);
    return undefined;
  } catch (error) {
    return systemErrorText(error);
  }
}
