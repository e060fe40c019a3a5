/**
 * Runs one Script or DriverManager.
 *
 * A script is stepped: it goes on until it blocks (`pause`, `wait`), ends, or has jumped too often. What steps it depends
 * on its type: its own timer, the driver when it is about to stop, a packet, a signal, or a handler.
 */

import { shiftWord, uncomment, unquote } from "../../language/argumentText.ts";
import type { Diagnostics } from "../../language/diagnostics.ts";
import { parseTimestamp } from "../../library/arguments/time.ts";
import { openDestination } from "./destination.ts";
import type { ScriptEnvironment } from "./environment.ts";
import { type BareSubstitution, expand, type Substitutions } from "./expand.ts";
import { FUNCTIONS, FunctionError } from "./functions.ts";
import { findCall, whileCalling } from "./handlerCall.ts";
import { handlersOf, RUN, type ScriptHandlerFacts } from "./handlers.ts";
import type { Ending, Instruction, Program, Quotes } from "./instructions.ts";
import { readBoolean, readInt } from "./numbers.ts";
import { findLabel, labelPositions } from "./parse.ts";
import { RETURN_VALUE, type Run, ScriptVariables } from "./variables.ts";

/** Jumps after which a script that has not blocked is given up. */
const MAXIMUM_JUMPS = 1000;

/** Steps that a driver script gets in one stop of the driver. */
const MAXIMUM_DRIVER_STEPS = 1000;

/** Status of a handler that failed with a message: -EINVAL. */
const INVALID = -22;

/** What a handler call came to: negative statuses are errors, and leave no value. */
export interface HandlerResult {
  readonly status: number;
  readonly value: string;
}

/** Who steps the script. */
type Stepper = "handler" | "driver" | "timer" | "jump";

export class ScriptMachine {
  readonly #program: Program;
  readonly #environment: ScriptEnvironment;
  readonly #labels: ReadonlyMap<string, number>;
  readonly #variables: ScriptVariables;
  readonly #handlers: Map<string, ScriptHandlerFacts>;
  /** How often each `pause` has been stepped, by position. */
  readonly #pauses = new Map<number, number>();
  #position = 0;
  /** The first step of a script that starts by itself is taken by its beginning. */
  #startPending = false;
  #stepsTaken = 0;
  /** Steps that handlers called by the script have asked for; undefined while no handler runs the script. */
  #requestedSteps: number | undefined;

  constructor(program: Program, environment: ScriptEnvironment) {
    this.#program = program;
    this.#environment = environment;
    this.#labels = labelPositions(program.instructions);
    this.#variables = new ScriptVariables(program, environment.processId());
    this.#handlers = handlersOf(program);
  }

  /** The handlers by name, in Click's order. A PROXY script has more: any name that was called once. */
  get handlers(): ReadonlyMap<string, ScriptHandlerFacts> {
    return this.#handlers;
  }

  /** The facts of a handler; for a PROXY script every name is one. */
  findHandler(name: string): ScriptHandlerFacts | undefined {
    const known = this.#handlers.get(name);
    if (known !== undefined || this.#program.type !== "proxy") return known;
    this.#handlers.set(name, RUN);
    return RUN;
  }

  /** Sets the variables of `init` and `export`, and starts scripts that start by themselves. To be called once all handlers exist. */
  initialize(diagnostics: Diagnostics): void {
    for (const instruction of this.#program.instructions) {
      if (instruction.kind !== "init") continue;
      this.#variables.assign(instruction.variable, this.#expandValue(instruction.text, instruction.value, diagnostics));
    }
    const { type, signals, instructions } = this.#program;
    if (type === "signal") this.#environment.awaitSignals(signals);
    if (type !== "active" && type !== "driver") return;
    const first = instructions[0];
    if (first?.kind === "wait") this.#sleep(first.time, diagnostics);
    if (first?.kind !== "initial") return;
    this.#startPending = true;
    if (type === "driver") this.#environment.adjustRunCount(-1);
    else this.#environment.wakeAfter(0n);
  }

  /** The timer has expired. */
  onTimer(): void {
    const kind = this.#program.instructions[this.#position]?.kind;
    if (kind !== "wait" && kind !== "initial") return;
    this.#step(1, "timer", 0, this.#whileExecuting());
    this.#complete();
  }

  /** A signal has arrived that the script awaits. */
  onSignal(): void {
    this.writeHandler("run", "", this.#environment.diagnostics);
  }

  /**
   * The driver is about to stop: steps a DRIVER script until it raises the run count or gives up.
   *
   * @returns whether the driver goes on
   */
  onDriverStop(): boolean {
    const environment = this.#environment;
    for (let steps = 0; steps <= MAXIMUM_DRIVER_STEPS && environment.runCount() <= 0; steps++) {
      if (this.writeHandler("step", "router", environment.diagnostics).status !== 0) break;
    }
    return environment.runCount() > 0;
  }

  /**
   * A packet has come to a PACKET script.
   *
   * @returns the output it leaves on, or undefined when it is to be dropped; a pull path gets output 0, and pushes the others
   */
  onPacket(input: number): number | undefined {
    this.#variables.assign("input", String(input));
    this.#position = 0;
    this.#step(0, "jump", 0, this.#whileExecuting());
    const output = readInt(this.#complete().value);
    return output !== undefined && output >= 0 ? output : undefined;
  }

  readHandler(name: string, parameter: string, diagnostics: Diagnostics): HandlerResult {
    if (this.#program.exported.includes(name)) return { status: 0, value: this.#variables.assigned(name) ?? "" };
    const handler = FUNCTIONS.get(name);
    if (handler === undefined) return this.#callStepper(name, "read", parameter, diagnostics);
    const context = { environment: this.#environment, variables: this.#variables.forHandlers };
    try {
      return { status: 0, value: handler.evaluate(parameter, context) };
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      diagnostics.error("", error.message);
      return { status: INVALID, value: "" };
    }
  }

  writeHandler(name: string, value: string, diagnostics: Diagnostics): HandlerResult {
    return name === "set"
      ? this.#setVariable(value, diagnostics)
      : this.#callStepper(name, "write", value, diagnostics);
  }

  #setVariable(text: string, diagnostics: Diagnostics): HandlerResult {
    const { word, rest } = shiftWord(text);
    if (word !== "") {
      this.#variables.forHandlers.set(word, rest);
      return { status: 0, value: "" };
    }
    diagnostics.error("", "no variable");
    return { status: INVALID, value: "" };
  }

  /** `step`, `goto`, and everything that runs the script from its beginning. */
  #callStepper(name: string, operation: Run["operation"], text: string, diagnostics: Diagnostics): HandlerResult {
    this.#variables.run = { handler: name, operation };
    if (name === "step") return this.#callStep(uncomment(text), diagnostics);
    if (name === "goto") return this.#callGoto(uncomment(text), diagnostics);
    this.#position = 0;
    this.#variables.runArguments = text;
    return this.#stepAsked(0, "jump", diagnostics);
  }

  #callStep(text: string, diagnostics: Diagnostics): HandlerResult {
    if (text === "router") return this.#stepAsked(1, "driver", diagnostics);
    const count = text === "" ? 1 : readInt(text);
    if (count !== undefined) return this.#stepAsked(count, "handler", diagnostics);
    diagnostics.error("", "syntax error");
    return this.#endRun({ status: INVALID, value: "" });
  }

  #callGoto(label: string, diagnostics: Diagnostics): HandlerResult {
    const target = findLabel(this.#labels, label);
    if (typeof target !== "number") {
      diagnostics.error("", "jump to nonexistent label");
      return { status: INVALID, value: "" };
    }
    this.#resetPauses(target, this.#program.instructions.length);
    this.#position = target;
    return this.#stepAsked(0, "jump", diagnostics);
  }

  /** Steps for a handler. One that the script itself calls only leaves its wish behind: the outermost call carries it out. */
  #stepAsked(count: number, stepper: Stepper, diagnostics: Diagnostics): HandlerResult {
    if (this.#requestedSteps === undefined) this.#carryOut(count, stepper, diagnostics);
    else if (stepper === "handler" || stepper === "driver") this.#requestedSteps += count;
    return this.#endRun(this.#complete());
  }

  #carryOut(count: number, stepper: Stepper, diagnostics: Diagnostics): void {
    this.#requestedSteps = count;
    let jumps = 0;
    let by = stepper;
    while (this.#requestedSteps >= 0) {
      const steps: number = this.#requestedSteps;
      this.#requestedSteps = -1;
      jumps = this.#step(steps, by, jumps, diagnostics);
      by = "handler";
    }
    this.#requestedSteps = undefined;
  }

  #endRun(result: HandlerResult): HandlerResult {
    this.#variables.run = undefined;
    if (result.status !== 0) this.#variables.runArguments = "";
    return result;
  }

  /**
   * Executes instructions until `count` blocking ones have been passed and the next one is reached, or the script ends.
   *
   * @param jumpsBefore  jumps made so far without blocking
   * @returns jumps made, this step counted as one
   */
  #step(count: number, stepper: Stepper, jumpsBefore: number, diagnostics: Diagnostics): number {
    const { instructions } = this.#program;
    const target = this.#stepsTaken + count;
    let jumps = jumpsBefore;
    while (target >= this.#stepsTaken && jumps < MAXIMUM_JUMPS) {
      // The position moves on first, because an instruction may call this script's own handlers, which jump.
      const at = this.#position;
      const instruction = instructions[at];
      if (instruction === undefined) break;
      this.#position = at + 1;
      const progress = this.#execute(instruction, at, target, diagnostics);
      if (progress === "blocked" || progress === "finished") this.#position = at;
      if (progress === "finished") return this.#finish(at, stepper, jumps);
      if (progress !== "next") break;
      if (this.#position !== at + 1) jumps++;
    }
    if (jumps >= MAXIMUM_JUMPS) this.#giveUp();
    if (stepper === "driver") this.#environment.adjustRunCount(1);
    return jumps + 1;
  }

  /** A `stop` asks the driver to stop, unless the driver is stopping already; a jump to `stop` does not, as in Click. */
  #finish(at: number, stepper: Stepper, jumps: number): number {
    const instruction = this.#program.instructions[at];
    if (instruction?.kind === "finish" && instruction.ending === "stop") {
      this.#stepsTaken++;
      if (stepper !== "driver") this.#environment.adjustRunCount(-1);
    }
    return jumps + 1;
  }

  #giveUp(): void {
    const { name, className } = this.#environment.context.element;
    this.#environment.diagnostics.error("", `${name} :: ${className}: too many jumps, giving up`);
    this.#position = this.#program.instructions.length;
    this.#environment.cancelWake();
  }

  #execute(instruction: Instruction, at: number, target: number, diagnostics: Diagnostics): Progress {
    switch (instruction.kind) {
      case "initial":
        if (this.#startPending) this.#stepsTaken++;
        this.#startPending = false;
        return "next";
      case "pause":
        return this.#pause(instruction.count, at, target);
      case "wait":
        return this.#wait(instruction.time, target, diagnostics);
      case "print":
        this.#print(instruction, diagnostics);
        return "next";
      case "read":
        this.#read(instruction.call, instruction.parameter, diagnostics);
        return "next";
      case "write":
        this.#write(instruction.call, instruction.parameter, diagnostics);
        return "next";
      case "set":
        this.#variables.assign(
          instruction.variable,
          this.#expandValue(instruction.text, instruction.value, diagnostics),
        );
        return "next";
      case "return":
        this.#variables.assign(RETURN_VALUE, this.#expandValue(instruction.text, instruction.value, diagnostics));
        return this.#position === at + 1 ? "blocked" : "next";
      case "goto":
        return this.#goto(instruction, at, diagnostics);
      case "finish":
        this.#reportEnding(instruction.ending, instruction.message, diagnostics);
        return "finished";
      case "init":
      case "label":
        return "next";
    }
  }

  /** Takes as many of the steps at hand as the pause still needs. */
  #pause(count: number, at: number, target: number): Progress {
    const paused = this.#pauses.get(at) ?? 0;
    const taken = Math.max(0, Math.min(target - this.#stepsTaken, count - paused));
    this.#pauses.set(at, paused + taken);
    this.#stepsTaken += taken;
    return paused + taken < count ? "blocked" : "next";
  }

  #resetPauses(from: number, to: number): void {
    for (const at of this.#pauses.keys()) {
      if (at >= from && at < to) this.#pauses.delete(at);
    }
  }

  #wait(time: string, target: number, diagnostics: Diagnostics): Progress {
    if (this.#stepsTaken === target) return this.#sleep(time, diagnostics);
    this.#stepsTaken++;
    this.#environment.cancelWake();
    return "next";
  }

  #sleep(time: string, diagnostics: Diagnostics): Progress {
    const delay = parseTimestamp(this.#expand(time, diagnostics), "unsigned");
    if (!delay.ok) {
      diagnostics.error("", "syntax error at 'wait'");
      return "stuck";
    }
    this.#environment.wakeAfter(delay.value);
    return "blocked";
  }

  #print({ text, newline, parameter }: Extract<Instruction, { kind: "print" }>, diagnostics: Diagnostics): void {
    const destination = openDestination(text, this.#environment, diagnostics);
    if (destination === undefined) return;
    const before = diagnostics.errorCount;
    const output = this.#printed(destination.text, parameter, diagnostics);
    const endsLine = newline === "as is" || output.endsWith("\n") || diagnostics.errorCount > before;
    destination.write(endsLine ? output : `${output}\n`);
  }

  /** What starts like a name is a handler to read; anything else is text. */
  #printed(text: string, parameter: Quotes, diagnostics: Diagnostics): string {
    if (!/^[A-Za-z@_]/.test(text)) return unquote(this.#expand(text, diagnostics, "quoted"));
    const call = findCall(this.#expand(text, diagnostics), "read", parameter, this.#environment, diagnostics);
    return call === undefined ? "" : call.handler.read(call.parameter, whileCalling(call, diagnostics));
  }

  #read(text: string, parameter: Quotes, diagnostics: Diagnostics): void {
    const call = findCall(this.#expand(text, diagnostics), "read", parameter, this.#environment, diagnostics);
    if (call === undefined) return;
    const value = call.handler.read(call.parameter, whileCalling(call, diagnostics));
    this.#environment.printMessage(`${call.handler.name}:\n${value}\n`);
  }

  #write(text: string, parameter: Quotes, diagnostics: Diagnostics): void {
    const call = findCall(this.#expand(text, diagnostics), "write", parameter, this.#environment, diagnostics);
    if (call === undefined) return;
    this.#variables.writeStatus = call.handler.write(call.parameter, whileCalling(call, diagnostics));
  }

  #goto({ target, condition }: Extract<Instruction, { kind: "goto" }>, at: number, diagnostics: Diagnostics): Progress {
    const text = this.#expand(condition, diagnostics);
    const jumps = text === "" ? true : readBoolean(text, this.#environment.context);
    if (jumps === undefined) diagnostics.error("", `bad condition '${text}'`);
    if (jumps !== true) return "next";
    if (typeof target !== "number") return "finished";
    this.#resetPauses(target, at);
    this.#position = target;
    return "next";
  }

  #reportEnding(ending: Ending, message: string, diagnostics: Diagnostics): void {
    if (ending !== "error" && ending !== "errorq") return;
    const text = this.#expandValue(message, ending === "error" ? "kept" : "removed", diagnostics);
    if (text !== "") diagnostics.error("", text);
  }

  /** Tells what the script has come to, and arms a SIGNAL script again that has ended. */
  #complete(): HandlerResult {
    const { type, signals, instructions } = this.#program;
    const last = instructions[this.#position];
    const ending = last === undefined ? undefined : endingOf(last);
    if (ending === "end" && type === "signal") this.#environment.awaitSignals(signals);
    if (ending === "error" || ending === "errorq") return { status: -1, value: "" };
    if (ending === "stop") return { status: 1, value: "" };
    if (last?.kind === "return") return { status: 0, value: this.#variables.assigned(RETURN_VALUE) ?? "" };
    return { status: 0, value: ending === "end" && type === "packet" ? "0" : "" };
  }

  #whileExecuting(): Diagnostics {
    const { name, className } = this.#environment.context.element;
    return this.#environment.diagnostics.within("", `While executing '${name} :: ${className}':`);
  }

  #expandValue(text: string, value: Quotes, diagnostics: Diagnostics): string {
    const expanded = this.#expand(text, diagnostics);
    return value === "removed" ? unquote(expanded) : expanded;
  }

  #expand(text: string, diagnostics: Diagnostics, bare: BareSubstitution = "raw"): string {
    const substitutions: Substitutions = {
      variable: (name) => this.#variables.lookUp(name),
      handler: (call) => {
        const found = findCall(call, "read", "kept", this.#environment, diagnostics);
        return found?.handler.read(found.parameter, diagnostics);
      },
    };
    const expanded = expand(text, substitutions, bare);
    if (expanded === undefined) diagnostics.error("", "text too long");
    return expanded ?? "";
  }
}

/** What an instruction means for the script: `stuck` is a wait whose time makes no sense. */
type Progress = "next" | "blocked" | "stuck" | "finished";

/** How a script has ended that stands at this instruction, if it has. */
function endingOf(instruction: Instruction): Ending | undefined {
  if (instruction.kind === "finish") return instruction.ending;
  return instruction.kind === "goto" && typeof instruction.target !== "number" ? instruction.target : undefined;
}
