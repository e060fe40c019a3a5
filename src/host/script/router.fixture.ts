/** A router of nothing but scripts, for tests: simulated time, files in memory, and what was printed. */

import { splitArguments } from "../../language/argumentText.ts";
import { Diagnostics } from "../../language/diagnostics.ts";
import type { ArgumentContext } from "../../library/arguments/argumentType.ts";
import type { Access, Outcome, OutputFile, ScriptEnvironment, ScriptHandler } from "./environment.ts";
import { ScriptMachine } from "./machine.ts";
import { parseScript, type ScriptSurroundings } from "./parse.ts";

/** Simulated time begins here: a round number of seconds, as in Click. */
const START = 1_000_000_000n * 1_000_000_000n;

/** Steps of the driver after which a test is wrong. */
const MAXIMUM_ROUNDS = 10_000;

export class ScriptRouter {
  readonly messages: string[] = [];
  readonly diagnostics = new Diagnostics((line) => this.messages.push(line));
  readonly files = new Map<string, string>();
  readonly signalsSent: string[] = [];
  readonly awaited = new Set<number>();
  readonly randomNumbers: number[] = [];
  output = "";
  runCount = 1;
  #time = START;
  readonly #machines = new Map<string, ScriptMachine>();
  readonly #timers = new Map<string, bigint>();
  #driver: ScriptMachine | undefined;

  /** @param scripts  configuration text by element name; names starting with `driver` are DriverManagers, `packet` has ports */
  constructor(scripts: Readonly<Record<string, string>>) {
    const parsed = Object.entries(scripts).map(([name, text]) => ({ name, program: this.#parse(name, text) }));
    if (this.diagnostics.errorCount > 0) return;
    for (const { name, program } of parsed) {
      if (program === undefined) continue;
      const machine = new ScriptMachine(program, this.#environment(name));
      this.#machines.set(name, machine);
      if (program.type === "driver") this.#driver = machine;
    }
    for (const [name, machine] of this.#machines) {
      machine.initialize(this.diagnostics.within("", `While initializing '${name} :: ${classOf(name)}':`));
    }
  }

  /** Runs until the driver stops, or nothing more would happen. */
  run(): this {
    for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
      if (this.runCount <= 0 && !this.#driver?.onDriverStop()) return this;
      const next = [...this.#timers].sort(([, a], [, b]) => Number(a - b))[0];
      if (next === undefined) return this;
      const [name, time] = next;
      this.#timers.delete(name);
      if (time > this.#time) this.#time = time;
      this.#machines.get(name)?.onTimer();
    }
    throw new Error("the scripts do not come to an end");
  }

  packet(name: string, input: number): number | undefined {
    return this.#machines.get(name)?.onPacket(input);
  }

  signal(name: string): void {
    this.awaited.clear();
    this.#machines.get(name)?.onSignal();
  }

  read(call: string, parameter = ""): string {
    return this.#find(call, "", "read").value?.read(parameter, this.diagnostics) ?? "";
  }

  handlers(name: string): readonly string[] {
    return [...(this.#machines.get(name)?.handlers.keys() ?? [])];
  }

  #parse(name: string, text: string) {
    const hasPorts = name.startsWith("packet");
    const surroundings: ScriptSurroundings = {
      inputs: hasPorts ? 1 : 0,
      outputs: hasPorts ? 1 : 0,
      hasDriverScript: false,
      ...(name.startsWith("driver") ? { defaultType: "driver" as const } : {}),
    };
    const block = this.diagnostics.within("config:1", `While configuring '${name} :: ${classOf(name)}':`);
    return parseScript(splitArguments(text), surroundings, block, "config:1");
  }

  #find(call: string, caller: string, access: Access): { value?: ScriptHandler; message: string } {
    const dot = call.indexOf(".");
    const element = dot < 0 ? undefined : this.#machines.get(call.slice(0, dot));
    if (element !== undefined) return this.#handler(call.slice(0, dot), element, call.slice(dot + 1), access);
    const own = this.#machines.get(caller);
    if (own?.findHandler(call) !== undefined) return this.#handler(caller, own, call, access);
    if (dot > 0) return { message: `no element named '${call.slice(0, dot)}'` };
    if (call === "stop" && access === "write") return { value: this.#stopHandler(), message: "" };
    return { message: `no '${call}' ${access} handler` };
  }

  #handler(element: string, machine: ScriptMachine, handler: string, access: Access) {
    const facts = machine.findHandler(handler);
    const name = `${element}.${handler}`;
    const isAllowed = access === "read" ? facts?.readable : facts?.writable;
    if (facts === undefined || !isAllowed) return { message: `no '${name}' ${access} handler` };
    const value: ScriptHandler = {
      name,
      takesParameter: facts.takesParameter,
      read: (parameter, diagnostics) => machine.readHandler(handler, parameter, diagnostics).value,
      write: (text, diagnostics) => machine.writeHandler(handler, text, diagnostics).status,
    };
    return { value, message: "" };
  }

  #stopHandler(): ScriptHandler {
    const write = () => {
      this.runCount--;
      return 0;
    };
    return { name: "stop", takesParameter: false, read: () => "", write };
  }

  #environment(name: string): ScriptEnvironment {
    return {
      context: contextOf(name),
      diagnostics: this.diagnostics,
      findHandler: (call, access): Outcome<ScriptHandler> => {
        const { value, message } = this.#find(call, name, access);
        return value === undefined ? { ok: false, message } : { ok: true, value };
      },
      now: () => ++this.#time,
      random: () => this.randomNumbers.shift() ?? 0,
      processId: () => 4711,
      print: (text) => {
        this.output += text;
      },
      printMessage: (text) => this.messages.push(...text.slice(0, -1).split("\n")),
      openFile: (path, mode) => this.#open(path, mode),
      readFile: (path) => this.#contents(path),
      sendSignal: (processId, signal) => {
        if (processId === 1) return "Operation not permitted";
        this.signalsSent.push(`${signal} to ${processId}`);
        return undefined;
      },
      wakeAfter: (delay) => this.#timers.set(name, ++this.#time + delay),
      cancelWake: () => this.#timers.delete(name),
      awaitSignals: (signals) => {
        for (const signal of signals) this.awaited.add(signal);
      },
      runCount: () => this.runCount,
      adjustRunCount: (delta) => {
        this.runCount += delta;
      },
    };
  }

  #open(path: string, mode: "truncate" | "append"): Outcome<OutputFile> {
    if (path.startsWith("/missing/")) return { ok: false, message: `${path}: No such file or directory` };
    if (mode === "truncate") this.files.set(path, "");
    const write = (text: string) => this.files.set(path, (this.files.get(path) ?? "") + text);
    return { ok: true, value: { write, close: () => undefined } };
  }

  #contents(path: string): Outcome<string> {
    const text = this.files.get(path);
    return text === undefined
      ? { ok: false, message: `${path}: No such file or directory` }
      : { ok: true, value: text };
  }
}

function classOf(name: string): string {
  return name.startsWith("driver") ? "DriverManager" : "Script";
}

function contextOf(name: string): ArgumentContext {
  return {
    element: { index: 0, name, className: classOf(name) },
    get names(): never {
      throw new Error("a script's numbers, truth values and file names do not look names up");
    },
    findElement: () => undefined,
    isKindOf: () => false,
  };
}
