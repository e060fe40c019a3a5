import { MILLISECOND } from "../kernel/clock";
import { Element } from "../kernel/element";
import { Timer } from "../kernel/timer";
import { ARP_REPLY, makeArp } from "../net/arp";

/** When the first reply is sent, and the time between two: Click's figures. */
const FIRST_REPLY: u64 = 1000 * MILLISECOND;
const REPLY_INTERVAL: u64 = 10_000 * MILLISECOND;

/**
 * Sends an ARP reply that nobody asked for, again and again.
 *
 * The first one is sent after one second, the others every ten seconds. Each says to the host DSTIP at DSTETH that
 * SRCIP is at SRCETH.
 *
 * @output 0  Ethernet frames with ARP replies
 * @see ARPQuerier, ARPResponder
 */
@element("0/1", "h/h")
export class ARPFaker extends Element {
  /** Target address in the reply. */
  @arg("DSTIP IPAddress positional required") targetAddress: u32 = 0;
  /** Target hardware address, and destination of the frame. */
  @arg("DSTETH EtherAddress positional required") target: u64 = 0;
  /** Address that the reply is about. */
  @arg("SRCIP IPAddress positional required") senderAddress: u32 = 0;
  /** Where it is said to be, and source of the frame. */
  @arg("SRCETH EtherAddress positional required") sender: u64 = 0;

  private timer: Timer = new Timer(this);

  initialize(): void {
    this.timer.scheduleAfter(FIRST_REPLY);
  }

  onTimer(timer: Timer): void {
    const p = makeArp(ARP_REPLY, this.target, this.sender, this.senderAddress, this.target, this.targetAddress, null);
    if (p) this.emit(0, p);
    timer.scheduleAfter(REPLY_INTERVAL);
  }
}
