import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { ANNOTATION_BYTES, Packet } from "../kernel/packet";
import { consoleText, Text } from "../kernel/text";

/** What of the data to print. */
const NONE: u32 = 0;
const HEX: u32 = 1;

/**
 * Prints each packet's length and first bytes on the console, and passes it on.
 *
 * A line looks like `LABEL: TIME:   98 | 4500002a 01020304 ...`: the length in at least four places, then the data in hexadecimal,
 * four bytes a group, or in ASCII, eight characters a group, other bytes as dots.
 *
 * @input  0  packets
 * @output 0  the same packets
 * @see IPPrint
 */
@element(
  "1/1",
  "a/a",
  "x/x",
  "CONTENTS word: `HEX`, `ASCII` or `NONE`",
  "LENGTH i32 deprecated: old name of MAXLENGTH",
  "NBYTES i32 deprecated: older name of MAXLENGTH",
)
@reads("LABEL MAXLENGTH LENGTH NBYTES CONTENTS TIMESTAMP PRINTANNO ACTIVE HEADROOM")
export class Print extends Element {
  /** Text at the start of each line. */
  @arg("LABEL string positional") label: Bytes = changetype<Bytes>(0);
  /** Bytes to print, at most; negative = all. */
  @arg("MAXLENGTH i32 positional") maxLength: i32 = 24;
  /** Whether to print the timestamp annotation. */
  @arg("TIMESTAMP bool") timestamp: bool = false;
  /** Whether to print all annotation bytes. */
  @arg("PRINTANNO bool") annotations: bool = false;
  /** Whether to print. */
  @arg("ACTIVE bool") @handler("rw.c") active: bool = true;
  /** Whether to print the room before and behind the data. */
  @arg("HEADROOM bool") headroom: bool = false;

  /** NONE, HEX or ASCII; set by the host half. */
  contents: u32 = HEX;

  route(p: Packet): i32 {
    if (this.active) this.print(p);
    return 0;
  }

  private print(p: Packet): void {
    const out = consoleText();
    const labelled = changetype<usize>(this.label) != 0 && this.label.length != 0;
    if (labelled) out.bytes(this.label.start, this.label.length).put(": ");
    if (this.timestamp) out.timestamp(p.timestamp).put(": ");
    out.rightAligned(p.length, 4);
    if (this.headroom) out.put(" (h").unsigned(p.headroom).put(" t").unsigned(p.tailroom).put(")");
    if (this.annotations) {
      out.put(" | ");
      for (let i: u32 = 0; i < <u32>ANNOTATION_BYTES; i++) out.hex8(p.anno8(i));
    }
    this.printData(out, p);
    out.newline().toConsole();
  }

  private printData(out: Text, p: Packet): void {
    if (this.contents == NONE) return;
    const n = this.maxLength < 0 ? p.length : min(<u32>this.maxLength, p.length);
    if (n == 0) return;
    out.put(" | ");
    if (this.contents == HEX) printHexadecimal(out, p.data, n);
    else printAscii(out, p.data, n);
  }

  takeState(old: Print): void {
    this.active = old.active;
  }
}

function printHexadecimal(out: Text, data: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    if (i && (i & 3) == 0) out.byte(0x20);
    out.hex8(load<u8>(data + i));
  }
}

function printAscii(out: Text, data: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    if ((i & 7) == 0) out.byte(0x20);
    const byte = load<u8>(data + i);
    out.byte(byte < 0x20 || byte > 0x7e ? 0x2e : byte);
  }
}
