/**
 * Takes out compounds and groups: joins what is connected to their outside directly to what is connected inside.
 */
import { type Budget, CONNECTION_COST } from "./budget.ts";
import type { FaultReporter } from "./faults.ts";
import type { Scope, ScopeConnection, Side, TunnelEnds } from "./scope.ts";

interface PortOf {
  readonly element: number;
  readonly port: number;
}

/** One port of a tunnel end, and the ports of real elements that it leads to. */
interface TunnelPort {
  readonly element: number;
  readonly side: Side;
  readonly port: number;
  /** What is connected at the other end of the tunnel; tunnels may be among it. */
  readonly connected: readonly PortOf[];
  next: number;
  readonly reached: Map<number, PortOf>;
  state: "new" | "open" | "done";
}

/** More than any port number. */
const PORTS = 0x10000;

/** The other end of a tunnel, and the compound or group that both belong to. */
interface OtherEnd {
  readonly element: number;
  readonly whole: number;
}

/**
 * Replaces every connection with a tunnel at an end by connections of the elements that it leads to.
 *
 * @param tunnels  the compounds and groups in use
 */
export function resolveTunnels(
  scope: Scope,
  tunnels: readonly TunnelEnds[],
  faults: FaultReporter,
  budget: Budget,
): ScopeConnection[] {
  if (tunnels.length === 0 && scope.elements.every((element) => element.class.kind !== "tunnel")) {
    return scope.connections;
  }
  return new TunnelResolver(scope, tunnels, faults, budget).resolve();
}

class TunnelResolver {
  readonly #scope: Scope;
  readonly #faults: FaultReporter;
  readonly #budget: Budget;
  /** For a tunnel element with packets coming out: where they went in. */
  readonly #behindOutputs = new Map<number, OtherEnd>();
  /** For a tunnel element with packets going in: where they come out. */
  readonly #behindInputs = new Map<number, OtherEnd>();
  /** Connections into each input port and from each output port of tunnels. */
  readonly #into = new Map<number, PortOf[]>();
  readonly #from = new Map<number, PortOf[]>();
  readonly #ports = { input: new Map<number, TunnelPort>(), output: new Map<number, TunnelPort>() };

  constructor(scope: Scope, tunnels: readonly TunnelEnds[], faults: FaultReporter, budget: Budget) {
    this.#scope = scope;
    this.#faults = faults;
    this.#budget = budget;
    for (const { whole, input, output } of tunnels) {
      this.#behindInputs.set(whole, { element: input, whole });
      this.#behindOutputs.set(input, { element: whole, whole });
      this.#behindInputs.set(output, { element: whole, whole });
      this.#behindOutputs.set(whole, { element: output, whole });
    }
  }

  resolve(): ScopeConnection[] {
    const { connections } = this.#scope;
    for (const { from, fromPort, to, toPort } of connections) {
      if (this.#isTunnel(to)) append(this.#into, portKey(to, toPort), { element: from, port: fromPort });
      if (this.#isTunnel(from)) append(this.#from, portKey(from, fromPort), { element: to, port: toPort });
    }
    const result: ScopeConnection[] = [];
    for (const connection of connections) {
      const { from, to } = connection;
      if (!this.#isTunnel(from) && !this.#isTunnel(to)) result.push(connection);
      else if (!this.#expand(connection, result)) break;
    }
    return result;
  }

  /** @returns false when the budget has run out */
  #expand({ from, fromPort, to, toPort, landmark }: ScopeConnection, into: ScopeConnection[]): boolean {
    const sources = this.#reached(from, "output", fromPort);
    const targets = this.#reached(to, "input", toPort);
    for (const source of sources) {
      for (const target of targets) {
        if (!this.#budget.spend(CONNECTION_COST)) return false;
        into.push({
          from: source.element,
          fromPort: source.port,
          to: target.element,
          toPort: target.port,
          landmark,
        });
      }
    }
    return true;
  }

  #isTunnel(element: number): boolean {
    return this.#scope.elements[element]!.class.kind === "tunnel";
  }

  /** The ports of real elements that a port of any element stands for. */
  #reached(element: number, side: Side, port: number): Iterable<PortOf> {
    if (!this.#isTunnel(element)) return [{ element, port }];
    const start = this.#tunnelPort(element, side, port);
    if (!start) return [];
    if (start.state === "new") this.#follow(start);
    return start.reached.values();
  }

  /** Follows tunnels into tunnels; with a stack, as there may be thousands one behind the other. */
  #follow(start: TunnelPort): void {
    this.#open(start);
    const stack = [start];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const connected = top.connected[top.next];
      if (!connected) {
        top.state = "done";
        stack.pop();
        continue;
      }
      if (!this.#isTunnel(connected.element)) {
        top.reached.set(portKey(connected.element, connected.port), connected);
        top.next++;
        continue;
      }
      const inner = this.#tunnelPort(connected.element, top.side, connected.port);
      if (inner?.state === "new") {
        this.#open(inner);
        stack.push(inner);
        continue;
      }
      if (inner?.state === "done") {
        for (const [key, port] of inner.reached) {
          if (!this.#budget.spend(1)) return;
          top.reached.set(key, port);
        }
      }
      top.next++;
    }
  }

  /** Starts on a port, and reports it if nothing is connected behind. */
  #open(port: TunnelPort): void {
    port.state = "open";
    if (port.connected.length === 0) this.#reportUnconnected(port);
  }

  #reportUnconnected({ element, side, port }: TunnelPort): void {
    const { whole } = this.#otherEnd(element, side)!;
    const { name, landmark } = this.#scope.elements[whole]!;
    // Coming from outside, the body lacks the port; coming from inside, the use does.
    const fromOutside = element === whole;
    const portSide = fromOutside === (side === "input") ? "input" : "output";
    const text = fromOutside ? `'${name}' has no ${portSide} ${port}` : `'${name}' ${portSide} ${port} unused`;
    this.#faults.errorAt(landmark, text);
  }

  #otherEnd(element: number, side: Side): OtherEnd | undefined {
    return (side === "output" ? this.#behindOutputs : this.#behindInputs).get(element);
  }

  #tunnelPort(element: number, side: Side, port: number): TunnelPort | undefined {
    const key = portKey(element, port);
    const known = this.#ports[side].get(key);
    if (known) return known;
    const other = this.#otherEnd(element, side);
    if (!other) {
      this.#reportMisuse(element, side);
      return undefined;
    }
    const connections = side === "output" ? this.#into : this.#from;
    const connected = connections.get(portKey(other.element, port)) ?? [];
    const made: TunnelPort = { element, side, port, connected, next: 0, reached: new Map(), state: "new" };
    this.#ports[side].set(key, made);
    return made;
  }

  /** Packets cannot come out of `output`, nor go into `input`. */
  #reportMisuse(element: number, side: Side): void {
    if (!this.#otherEnd(element, side === "output" ? "input" : "output")) return;
    const { name, landmark } = this.#scope.elements[element]!;
    this.#faults.errorAt(landmark, `'${name}' used as ${side}`);
  }
}

function portKey(element: number, port: number): number {
  return element * PORTS + port;
}

function append(lists: Map<number, PortOf[]>, key: number, port: PortOf): void {
  const list = lists.get(key);
  if (list) list.push(port);
  else lists.set(key, [port]);
}
