import { Element } from "../kernel/element";

/**
 * Gives names to TCP and UDP ports.
 *
 * Each argument is `NAME PORT[/PROTOCOL] [NAME...]`: the port of that protocol, or of both without one, under one or more names.
 * Wherever an argument of another element in the same compound, or in one inside it, takes a port, it may be the name instead. A word
 * that starts with `#` and all behind it is a comment.
 *
 * @see AddressInfo, IPClassifier
 */
@element("0/0", "a/a", "x/x", "DEFINITION any rest: `NAME PORT[/PROTOCOL] [NAME...]`")
export class PortInfo extends Element {}
