import { ScriptPackets } from "./scriptPackets";

/**
 * Runs a small program that reads and writes handlers.
 *
 * Each argument is an instruction; they are executed in order, on the host, between two slices of the guest. `set`, `init` and `export` (and their `q` forms, which
 * remove quotes) assign variables; `print`, `read`, `save`, `append` show text or a handler's value; `write` calls a write handler;
 * `pause`, `wait` and their forms block; `label`, `goto`, `loop` jump; `end`, `exit`, `stop`, `return` and `error` finish.
 * Texts may contain `$variable` and `$(handler arguments)`. After `end` of the last instruction nothing happens until a handler starts the
 * script again.
 *
 * TYPE says what makes it run: ACTIVE (default) starts by itself; PASSIVE waits for its `run`, `step` or `goto` handler; DRIVER takes
 * a step whenever the driver would stop; PACKET (default when ports are connected) runs for every packet, whose output is the result; PROXY answers every handler name; SIGNAL runs when a signal
 * arrives.
 *
 * The arithmetic and text functions are read handlers with a parameter: `$(add 1 2)`, `$(sprintf "%05d" 42)`, `$(if $(gt $x 3) yes no)`.
 *
 * @input  any  packets, of a PACKET script
 * @output any  the same packets, where the script sends them
 * @note   The script decides about packets after the guest's current slice, not within the push; a pull input is not supported.
 * @see DriverManager
 */
@element("-/-", "h/h", "x/x", "INSTRUCTION raw rest: an instruction, or TYPE followed by the script's type")
export class Script extends ScriptPackets {}
