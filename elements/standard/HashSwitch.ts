import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";

/**
 * Chooses the output by a hash of some of the packet's bytes, so that packets with the same bytes go the same way.
 *
 * The hash is the sum of the bytes. Packets that are too short go to output 0.
 *
 * @input  0    packets
 * @output any  those with that hash
 * @note   Differs from Click: a negative OFFSET or LENGTH is an error.
 * @see Switch, RoundRobinSwitch, RandomSwitch
 */
@element("1/1-", "h/h")
export class HashSwitch extends Element {
  /** First byte to look at. */
  @arg("OFFSET i32 positional required") offset: i32 = 0;
  /** Bytes to look at. */
  @arg("LENGTH i32 positional required") count: i32 = 1;

  route(p: Packet): i32 {
    const end = <u64>this.offset + <u64>this.count;
    if (<u64>p.length < end) return 0;
    let sum: u32 = 0;
    for (let i = <usize>this.offset; i < <usize>end; i++) sum += load<u8>(p.data + i);
    const n = <u32>this.nOutputs;
    if (n == 2 || n == 4 || n == 8) return (sum ^ (sum >> 4)) & (n - 1);
    return sum % n;
  }
}
