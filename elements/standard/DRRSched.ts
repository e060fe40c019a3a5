import { Element } from "../kernel/element";
import { Notifier, signalAt } from "../kernel/notifier";
import { kill, Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";

/** One input: its packet that was pulled but not yet paid for (0 = none), and the bytes that it may still send. */
@unmanaged
class Client {
  head: usize;
  deficit: u32;
}

/**
 * Pulls from its inputs in turn, the same number of bytes from each over time (deficit round robin, Shreedhar & Varghese 1995).
 *
 * @input  any  packets, pulled
 * @output 0    the same packets, pulled
 * @see RoundRobinSched, StrideSched, PrioSched
 */
@element("-/1", "l/l")
export class DRRSched extends Element {
  /** Bytes that each input gains in each round. */
  @arg("QUANTUM i32 positional") quantum: i32 = 500;

  @notifies("output", "wake") notifier: Notifier = new Notifier();
  @listens("input") signals: usize = 0;

  @constant private clients: usize = 0;
  private next: i32 = 0;

  initialize(): void {
    this.clients = allocate(<usize>this.nInputs * offsetof<Client>());
  }

  @inline
  private client(input: i32): Client {
    return changetype<Client>(this.clients + <usize>input * offsetof<Client>());
  }

  pull(port: i32): Packet | null {
    const n = this.nInputs;
    let anyActive = false;
    for (let tried = 0; tried < n; tried++) {
      const client = this.client(this.next);
      let p: Packet | null = null;
      if (client.head) {
        p = changetype<Packet>(client.head);
        client.head = 0;
        anyActive = true;
      } else if (signalAt(this.signals, this.next).active) {
        p = this.fetch(this.next);
        anyActive = true;
      }
      if (!p) client.deficit = 0;
      else if (p.length <= client.deficit) {
        client.deficit -= p.length;
        this.notifier.wake();
        return p;
      } else client.head = changetype<usize>(p);
      this.next = this.next + 1 == n ? 0 : this.next + 1;
      this.client(this.next).deficit += this.quantum;
    }
    this.notifier.setActive(anyActive);
    return null;
  }

  packetsHeld(): u32 {
    return this.nInputs;
  }

  cleanup(): void {
    for (let i = 0; i < this.nInputs; i++) {
      const head = this.client(i).head;
      if (head) kill(changetype<Packet>(head));
    }
    release(this.clients, <usize>this.nInputs * offsetof<Client>());
  }
}
