import { Element } from "../kernel/element";

/**
 * Prints a message while the router is configured.
 *
 * TYPE chooses its severity: MESSAGE (default) prints the text as it is, WARNING marks it as a warning, ERROR makes the configuration fail.
 *
 * @see Error
 */
@element("0/0", "a/a", "x/x", "MESSAGE string positional required: the text", "TYPE word positional: MESSAGE, WARNING or ERROR")
export class Message extends Element {}
