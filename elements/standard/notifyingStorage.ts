/** A queue that tells those who pull from it whether it has packets. */
import { Notifier } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { Storage } from "./storage";

/** Pulls in vain before the queue says that it is empty: Click's figure. Whoever pulls need not sleep and wake for each packet. */
const SLEEPINESS_TRIGGER: u32 = 9;

export abstract class NotifyingStorage extends Storage {
  @notifies("output") nonempty: Notifier = new Notifier();
  private sleepiness: u32 = 0;

  /** A pull that found a packet. */
  @inline
  protected takeFirst(): Packet {
    this.sleepiness = 0;
    return this.removeFirst();
  }

  /** A pull that found none. */
  protected findNothing(): Packet | null {
    if (this.sleepiness >= SLEEPINESS_TRIGGER) this.nonempty.sleep();
    else this.sleepiness++;
    return null;
  }
}
