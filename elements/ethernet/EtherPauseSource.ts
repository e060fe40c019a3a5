import { MILLISECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { makePacket, Packet } from "../kernel/packet";
import { Timer } from "../kernel/timer";
import { ETHER_HEADER, ETHERTYPE_MAC_CONTROL, ethernet, setMacHeader } from "../net/ethernet";

/**
 * Bytes of a frame without its checksum field's four, as Click makes it, and where the parts of a PAUSE lie (IEEE 802.3
 * §31B).
 */
const FRAME: u32 = 64;
const OPCODE: usize = 14;
const PAUSE_TIME: usize = 16;
const OPCODE_PAUSE: u16 = 1;

/**
 * Makes Ethernet PAUSE frames (IEEE 802.3 annex 31B).
 *
 * With a push output it sends one every INTERVAL; with a pull output whenever it is asked.
 *
 * @output 0  PAUSE frames
 * @note Differs from Click: when ACTIVE becomes false, no frame follows, and the end of the frame is zero.
 * @see EtherEncap
 */
@element("0/1", "a")
export class EtherPauseSource extends Element {
  /** Source address. */
  @arg("SRC EtherAddress positional required") source: u64 = 0;
  /** For how long the receiver shall pause, in units of 512 bit times. */
  @arg("PAUSETIME u16 positional required") pauseTime: u16 = 0;
  /** Destination address; the default is the one that PAUSE frames have by the standard. */
  @arg("DST EtherAddress") destination: u64 = 0x010000c28001;
  /** Most frames; negative = no limit. */
  @arg("LIMIT int") limit: i32 = -1;
  /** Make frames at all. */
  @arg("ACTIVE bool") active: bool = true;
  /** Time between two frames. */
  @arg("INTERVAL seconds(3)") interval: u32 = 1000;

  /** Frames made. */
  @handler("r") count: i32 = 0;
  private timer: Timer = new Timer(this);

  initialize(): void {
    if (this.limit != 0 && this.active && this.isPush) this.timer.scheduleAfter(this.period);
  }

  @inline private get isPush(): bool { return (this.pullOutputs & 1) == 0; }
  @inline private get period(): u64 { return <u64>this.interval * MILLISECOND; }
  @inline private get mayMake(): bool { return this.active && (this.limit < 0 || this.count < this.limit); }

  onTimer(timer: Timer): void {
    const p = this.make();
    if (p) this.emit(0, p);
    if (this.mayMake) timer.rescheduleAfter(this.period);
  }

  pull(port: i32): Packet | null {
    return this.make();
  }

  private make(): Packet | null {
    if (!this.mayMake) return null;
    const p = makePacket(FRAME);
    if (!p) return null;
    memory.fill(p.data, 0, FRAME);
    const ether = ethernet(p);
    ether.destination = this.destination;
    ether.source = this.source;
    ether.type = ETHERTYPE_MAC_CONTROL;
    store<u16>(p.data + OPCODE, bswap<u16>(OPCODE_PAUSE));
    store<u16>(p.data + PAUSE_TIME, bswap<u16>(this.pauseTime));
    setMacHeader(p, ETHER_HEADER);
    this.count++;
    return p;
  }

  /** Starts the timer again after a change that allows more frames. The host calls it. */
  @method
  wake(): void {
    if (this.isPush && !this.timer.scheduled && this.mayMake) this.timer.scheduleAfter(0);
  }

  /** Counts from zero again. */
  @write("reset_counts")
  resetCounts(): void {
    this.count = 0;
    this.wake();
  }
}
