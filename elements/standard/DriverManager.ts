import { ScriptPackets } from "./scriptPackets";

/**
 * Decides what happens when the driver is about to stop.
 *
 * A Script whose TYPE is DRIVER: each time an element (or a handler) asks the driver to stop, the script goes on by one step instead, until it reaches its
 * end. `DriverManager(pause, wait 1s, print c.count, stop)` waits for a first stop, lets the router run for another second, prints a handler's value and stops
 * for good. A configuration has at most one.
 *
 * @see Script
 */
@element("-/-", "h/h", "x/x", "INSTRUCTION raw rest: an instruction of Script")
export class DriverManager extends ScriptPackets {}
