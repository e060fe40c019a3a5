import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { random31 } from "../kernel/random";

/** Probabilities have 28 bits of fraction, as in Click. */
const CERTAIN: u32 = 1 << 28;

/**
 * Lets packets pass with a given probability.
 *
 * @input  0  packets
 * @output 0  the packets that were chosen
 * @output 1  the others; dropped where nothing is connected
 * @see RandomSwitch, RandomSeed, RatedSplitter
 */
@reads("P SAMPLE DROP ACTIVE")
@element(
  "1/1-2",
  "a/ah",
  "x/x",
  "P fixed(28) positional: probability with which a packet passes",
  "SAMPLE fixed(28): another name of P; excludes DROP",
  "DROP fixed(28): probability with which a packet does not pass",
)
export class RandomSample extends Element {
  /** Whether to choose; if not, all packets pass. */
  @arg @handler("rwc") active: bool = true;
  /** Probability with which a packet passes. */
  probability: u32 = CERTAIN;
  /** Packets that did not pass. */
  @handler("r") drops: u32 = 0;

  @inline
  private isChosen(): bool {
    return !this.active || (random31() & (CERTAIN - 1)) < this.probability;
  }

  push(port: i32, p: Packet): void {
    if (this.isChosen()) this.emit(0, p);
    else this.refuse(p);
  }

  pull(port: i32): Packet | null {
    const p = this.fetch(0);
    if (!p || this.isChosen()) return p;
    this.refuse(p);
    return null;
  }

  private refuse(p: Packet): void {
    this.drops++;
    this.emit(1, p);
  }

  takeState(old: RandomSample): void {
    this.drops = old.drops;
  }
}
