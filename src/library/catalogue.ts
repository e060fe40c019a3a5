/**
 * The catalogue: what each element class takes, its ports, handlers, documentation, and where its fields lie in guest memory. The
 * element compiler writes it next to the compiled library; everything that needs to know an element reads it here.
 */

/** A field of an element or kernel structure. */
export interface Field {
  readonly offset: number;
  readonly size: number;
  /** AssemblyScript type: bool, u8 ... u64, i64, f64, usize, or a class name for a reference. */
  readonly type: string;
  /** Nothing changes it once the element is configured, so that the linker may fold it into the code. */
  readonly constant: boolean;
}

/** One configuration argument. */
export interface Argument {
  readonly keyword: string;
  /** As in `src/library/arguments`: "u32", "bandwidth", "IPAddress", "Element(ARPTable)" ... */
  readonly type: string;
  readonly positional: boolean;
  readonly required: boolean;
  /** Takes all positional arguments that are left; read by the element's host half. */
  readonly rest: boolean;
  /** Still accepted, with a warning. */
  readonly deprecated?: boolean;
  /** When it is read: after the arguments of lower stages (absent = 0), if those had no fault. */
  readonly stage?: number;
  /** The field that receives the value; absent when the host half reads it. */
  readonly field?: string;
  /** Source text of the field's initial value. */
  readonly default?: string;
  readonly documentation: string;
}

/** One handler. `flags` are Click's letters: r w + % . $ U D b c h (h = hidden). */
export interface Handler {
  readonly name: string;
  readonly flags: string;
  readonly documentation: string;
  /** Value type of the field. */
  readonly type?: string;
  /** Type of what is written to the write method; absent = the method takes nothing. */
  readonly writeType?: string;
  readonly field?: string;
  readonly readMethod?: string;
  readonly writeMethod?: string;
  /** What a write says when its text does not fit the type; absent = the type's own words. */
  readonly expectation?: string;
  /** The handler exists only when this bool field is true after configuration. */
  readonly condition?: string;
}

/** A Notifier or Signal field, and which ports it is about. */
export interface NotifierField {
  readonly field: string;
  /** "input" or "output"; `port` absent = every port. */
  readonly side: "input" | "output";
  readonly port?: number;
  /** For notifiers: whether a search for notifiers goes on behind this one (Click's SearchOp). */
  readonly search: "stop" | "continue" | "wake";
}

export interface Documentation {
  readonly summary: string;
  readonly description: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly see: readonly string[];
  readonly notes: readonly string[];
}

/** Which places of the module's function table serve a class, for dynamic dispatch; 0 = none. */
export interface MethodTable {
  readonly push: number;
  readonly pull: number;
  readonly runTask: number;
  readonly onTimer: number;
}

export interface ElementClass {
  readonly name: string;
  /** Path of the source below the library's root, without extension: "ip/DecIPTTL". */
  readonly file: string;
  readonly portCount: string;
  readonly processing: string;
  readonly flowCode: string;
  /** Class and ancestors, nearest first: what `cast` to a class name finds. */
  readonly ancestors: readonly string[];
  readonly documentation: Documentation;
  readonly arguments: readonly Argument[];
  readonly handlers: readonly Handler[];
  readonly notifies: readonly NotifierField[];
  readonly listens: readonly NotifierField[];
  readonly fields: Readonly<Record<string, Field>>;
  /** Methods that exist: route, push, pull, runTask, onTimer, initialize, cleanup, takeState, packetsHeld, and what `@method` exports. */
  readonly methods: readonly string[];
  readonly table: MethodTable;
  /** A module `FILE.host.ts` configures it. */
  readonly hostHalf: boolean;
  /** No AssemblyScript behind it: it lives on the host only. */
  readonly hostOnly?: boolean;
}

/** The compiled library's description. */
export interface Catalogue {
  readonly classes: Readonly<Record<string, ElementClass>>;
  /** Kernel structures by name: KernelState, Packet, Task, Timer, Notifier, Signal, Stream, Text, PortEntry, Element. */
  readonly structures: Readonly<Record<string, Readonly<Record<string, Field>>>>;
  /** Address of the kernel state. */
  readonly kernelAddress: number;
}

/** @returns byte offset of a field of a kernel structure. @throws Error when the library has no such field: a bug, not a user's fault. */
export function structureOffset(catalogue: Catalogue, structure: string, field: string): number {
  const found = catalogue.structures[structure]?.[field];
  if (!found) throw new Error(`the library's catalogue has no ${structure}.${field}`);
  return found.offset;
}
