import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { random32, randomBetween } from "../kernel/random";
import { allocate, release } from "../kernel/state";

/**
 * Sets the destination annotation to a random address of a prefix.
 *
 * With LIMIT that many addresses are drawn once, and each packet gets one of them.
 *
 * @input  0  packets
 * @output 0  the same packets, destination annotation set
 * @see SetIPAddress, StoreIPAddress
 */
@element("1/1", "a/a")
export class SetRandIPAddress extends Element {
  /** The prefix: its address, and behind it its mask. */
  @arg("PREFIX IPPrefix(bare-addr-ok) positional required") prefix: u64 = 0;
  /** How many different addresses; negative or zero: no limit. */
  @arg("LIMIT int positional") limit: i32 = -1;
  /** The addresses drawn, if there is a limit. */
  @constant private addresses: usize = 0;

  initialize(): void {
    if (this.limit <= 0) return;
    this.addresses = allocate(<usize>this.limit << 2);
    for (let i = 0; i < this.limit; i++) store<u32>(this.addresses + (<usize>i << 2), this.draw());
  }

  cleanup(): void {
    if (this.addresses) release(this.addresses, <usize>this.limit << 2);
  }

  route(p: Packet): i32 {
    p.destinationAnno = this.limit > 0 ? load<u32>(this.addresses + (<usize>randomBetween(0, <u32>this.limit - 1) << 2)) : this.draw();
    return 0;
  }

  private draw(): u32 {
    const mask = <u32>(this.prefix >> 32);
    return (random32() & ~mask) | (<u32>this.prefix & mask);
  }
}
