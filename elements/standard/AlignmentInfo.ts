import { Element } from "../kernel/element";

/**
 * Says which alignment elements may expect of their packets.
 *
 * Each argument is `ELEMENT [MODULUS OFFSET ...]`, a pair for each input. Guests read any address, so that it makes no difference.
 *
 * @see Align
 */
@element("0/0", "a/a", "x/x", "DEFINITION any rest: `ELEMENT [MODULUS OFFSET ...]`")
export class AlignmentInfo extends Element {}
