/**
 * Writes the AssemblyScript module that exports every element's methods as plain functions `CLASS$method(this, ...)`: what
 * dynamic dispatch calls, what the linker clones, and what the host calls.
 */
import type { ClassDeclaration, MethodDeclaration } from "./declarations.ts";
import { allMethods, isElementClass } from "./hierarchy.ts";

const ADAPTER = "wrappers";

/** Functions that the host or the linker needs by name, by module. */
const KERNEL_EXPORTS: Readonly<Record<string, readonly string[]>> = {
  "kernel/scheduler": ["initialize", "run"],
  "kernel/task": ["wakeTask", "retireTask"],
  "kernel/timer": ["retireTimer", "reserveTimers", "nextExpiry"],
  "kernel/packet": ["addPackets", "kill"],
  "kernel/state": ["allocate", "release"],
  "kernel/observedPorts": ["observePorts", "releasePorts"],
  "kernel/observe": ["startTrace", "stopTrace", "startCapture", "stopCapture", "stopObservations"],
  "kernel/stream": ["makeStream", "releaseStream"],
  "kernel/text": ["makeText"],
  "kernel/dispatch": ["dispatchEmit", "dispatchFetch", "dispatchRunTask", "dispatchOnTimer"],
  "net/match": ["dispatchMatch"],
};

/** Methods that get a wrapper when a class has them, whether or not they are decorated. */
const LIFE_CYCLE = ["initialize", "cleanup", "packetsHeld", "longestPacket", "takeState"] as const;

/**
 * @param classes  all classes that the element files declare
 * @param root  module path of the library's root, as in the declarations ("elements")
 * @returns source of the wrapper module, which lies beside `root`
 */
export function writeWrappers(classes: readonly ClassDeclaration[], root: string): string {
  const elements = classes.filter(isElementClass);
  const byName = new Map(classes.map((declaration) => [declaration.name, declaration]));
  const lines = [
    `import { Packet, kill as killPacket } from "./${root}/kernel/packet";`,
    `import { dispatchEmit as emitTo, dispatchFetch as fetchFrom } from "./${root}/kernel/dispatch";`,
    `import { Element } from "./${root}/kernel/element";`,
    `import { handlerText } from "./${root}/kernel/text";`,
    `import { Timer } from "./${root}/kernel/timer";`,
    `import { kernel } from "./${root}/kernel/state";`,
    ...Object.entries(KERNEL_EXPORTS).map(
      ([module, names]) => `export { ${names.join(", ")} } from "./${root}/${module}";`,
    ),
    `@external("link", "emit") declare function linkEmit(element: usize, port: i32, p: Packet): void;`,
    `@external("link", "fetch") declare function linkFetch(element: usize, port: i32): Packet | null;`,
    "export function kernelAddress(): usize { return changetype<usize>(kernel); }",
    "export function collectGarbage(): void { __collect(); }",
    "export function forget(element: usize): void { __unpin(element); }",
    ...elements.flatMap((element) => wrapClass(element, allMethods(element, byName))),
  ];
  return `${lines.join("\n")}\n`;
}

/** Path of the wrapper module. */
export const WRAPPER_FILE = `${ADAPTER}.ts`;

function wrapClass(element: ClassDeclaration, methods: ReadonlyMap<string, MethodDeclaration>): string[] {
  const name = element.name;
  const self = `t: ${name}`;
  const lines = [
    `import { ${name} } from "./${element.file}";`,
    `export function ${name}$new(): usize { return __pin(changetype<usize>(new ${name}())); }`,
  ];
  if (methods.has("route")) {
    lines.push(`export function ${name}$route(${self}, p: Packet): i32 { return t.route(p); }`);
    if (!methods.has("push")) lines.push(routedPush(name));
    if (!methods.has("pull")) lines.push(routedPull(name));
  }
  if (methods.has("push"))
    lines.push(`export function ${name}$push(${self}, port: i32, p: Packet): void { t.push(port, p); }`);
  if (methods.has("pull"))
    lines.push(`export function ${name}$pull(${self}, port: i32): Packet | null { return t.pull(port); }`);
  if (methods.has("runTask")) lines.push(`export function ${name}$runTask(${self}): bool { return t.runTask(); }`);
  if (methods.has("onTimer"))
    lines.push(`export function ${name}$onTimer(${self}, timer: Timer): void { t.onTimer(timer); }`);
  for (const method of LIFE_CYCLE) {
    const declaration = methods.get(method);
    if (declaration) lines.push(plainWrapper(name, declaration));
  }
  for (const declaration of methods.values()) {
    if (has(declaration, "read")) lines.push(readWrapper(name, declaration));
    else if (has(declaration, "write") || has(declaration, "method")) lines.push(plainWrapper(name, declaration));
  }
  return lines;
}

function has(declaration: MethodDeclaration, decorator: string): boolean {
  return declaration.decorators.some(({ name }) => name === decorator);
}

/** `route` in a push path, for dynamic dispatch. The linker makes its own form of this from `route`. */
function routedPush(name: string): string {
  return `export function ${name}$push(t: ${name}, port: i32, p: Packet): void {
  const output = t.route(p);
  if (output >= 0) linkEmit(changetype<usize>(t), output, p);
  else if (output == -1) killPacket(p);
}`;
}

/** `route` in a pull path: output 0 is the packet pulled, others are pushed. */
function routedPull(name: string): string {
  return `export function ${name}$pull(t: ${name}, port: i32): Packet | null {
  const p = linkFetch(changetype<usize>(t), 0);
  if (!p) return null;
  const output = t.route(p);
  if (output == 0) return p;
  if (output > 0) linkEmit(changetype<usize>(t), output, p);
  else if (output == -1) killPacket(p);
  return null;
}`;
}

function plainWrapper(name: string, method: MethodDeclaration): string {
  const parameters = method.parameters.map((p) => `${p.name}: ${p.type}`);
  const call = `t.${method.name}(${method.parameters.map((p) => p.name).join(", ")})`;
  const body = method.returnType === "void" ? `${call};` : `return ${call};`;
  return `export function ${name}$${method.name}(${[`t: ${name}`, ...parameters].join(", ")}): ${method.returnType} { ${body} }`;
}

/** A read handler writes into the handlers' text buffer, from `windowStart` on; the whole text's length is returned. */
function readWrapper(name: string, method: MethodDeclaration): string {
  return `export function ${name}$${method.name}(t: ${name}, windowStart: u32): u32 {
  const text = handlerText().begin(windowStart);
  t.${method.name}(text);
  return text.length;
}`;
}
