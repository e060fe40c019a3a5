/** What elements that check headers share: they count what they refuse, in all and by reason, and report it on the console. */
import { Bytes } from "../kernel/bytes";
import { Element } from "../kernel/element";
import { allocate } from "../kernel/state";
import { consoleText, Text } from "../kernel/text";

export abstract class HeaderCheck extends Element {
  /** Report every bad packet on the console, not only the first. */
  @arg verbose: bool = false;
  /** Count by reason, too: handler `drop_details`. */
  @arg details: bool = false;
  /** Bad packets. */
  @handler("r") drops: u64 = 0;
  /** What messages start with: the element's name, or its declaration. */
  @constant label: Bytes = changetype<Bytes>(0);
  /** One u64 a reason; 0 = they are not counted. */
  @constant private reasonCounts: usize = 0;

  /** To be called by `initialize`. */
  protected prepareReasons(reasons: u32): void {
    if (this.details) this.reasonCounts = allocate(<usize>reasons << 3);
  }

  /** Counts a bad packet. @returns whether it is to be reported */
  protected countBad(reason: u32): bool {
    const report = this.drops == 0 || this.verbose;
    this.drops++;
    if (this.reasonCounts) {
      const count = this.reasonCounts + (<usize>reason << 3);
      store<u64>(count, load<u64>(count) + 1);
    }
    return report;
  }

  /** A console line that starts with the element's label. */
  protected report(): Text {
    return consoleText().bytes(this.label.start, this.label.length);
  }

  /** A line of `drop_details`. */
  protected putReason(out: Text, reason: u32, text: string): void {
    if (this.reasonCounts == 0) return;
    out.unsigned(load<u64>(this.reasonCounts + (<usize>reason << 3))).byte(0x09).put(text).newline();
  }
}
