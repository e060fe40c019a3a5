import { Element } from "../kernel/element";
import { kill, Packet } from "../kernel/packet";
import { yieldToHost } from "../kernel/state";
import { Stream } from "../kernel/stream";

/**
 * The guest's side of a script: packets that come in wait, in order, until the script on the host has decided about each.
 */
export abstract class ScriptPackets extends Element {
  /** Tells the host the input port of each packet; 0 when this script does not take packets. */
  questions: Stream = changetype<Stream>(0);
  private first: Packet | null = null;
  private last: Packet | null = null;

  push(port: i32, p: Packet): void {
    store<u32>(portWord, <u32>port);
    if (changetype<usize>(this.questions) == 0 || !this.questions.write(portWord, sizeof<u32>())) {
      kill(p);
      return;
    }
    p.next = null;
    const last = this.last;
    if (last) last.next = p;
    else this.first = p;
    this.last = p;
    yieldToHost();
  }

  /** The host's answer for the packet that has waited longest: its output, or -1 to drop it. */
  @method answer(output: i32): void {
    const p = this.first;
    if (!p) return;
    this.first = p.next;
    if (!this.first) this.last = null;
    if (output < 0) kill(p);
    else this.emit(output, p);
  }

  cleanup(): void {
    while (this.first) this.answer(-1);
  }
}

const portWord: usize = memory.data(8);
