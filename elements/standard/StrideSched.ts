import { Element } from "../kernel/element";
import { signalAt } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";
import { STRIDE1 } from "../kernel/task";

/** One input. The list of those with tickets is sorted by pass. */
@unmanaged
class Client {
  /** Address of the next in the list; 0 = last. */
  next: usize;
  pass: u32;
  stride: u32;
  tickets: u32;
  input: i32;

  @inline
  advance(): void {
    this.pass += this.stride;
  }

  setTickets(tickets: u32): void {
    this.tickets = tickets;
    this.stride = tickets ? STRIDE1 / tickets : 0;
  }
}

/**
 * Pulls from its inputs in proportion to their tickets (stride scheduling, Waldspurger & Weihl 1995).
 *
 * For each packet it asks the inputs in the order of the schedule until one has a packet. An input without tickets is never asked.
 *
 * @input  any  packets, pulled
 * @output 0    the same packets, pulled
 * @see PrioSched, RoundRobinSched, DRRSched
 */
@element("1-/1", "l/l", "x/x", "TICKETS any rest: the tickets of each input, 0 to 32768")
export class StrideSched extends Element {
  @listens("input") signals: usize = 0;

  @constant private clients: usize = 0;
  /** First of the list. */
  private list: usize = 0;

  @inline
  private client(input: i32): Client {
    return changetype<Client>(this.clients + <usize>input * offsetof<Client>());
  }

  pull(port: i32): Packet | null {
    const first = this.list;
    let at = first;
    let p: Packet | null = null;
    while (at && !p) {
      const client = changetype<Client>(at);
      if (signalAt(this.signals, client.input).active) p = this.fetch(client.input);
      client.advance();
      at = client.next;
    }
    this.list = at;
    for (let asked = first; asked != at; ) {
      const client = changetype<Client>(asked);
      asked = client.next;
      this.insert(client);
    }
    return p;
  }

  /** Puts a client in front of the first whose pass is not smaller. */
  private insert(client: Client): void {
    let before: usize = 0;
    let at = this.list;
    while (at && <i32>(client.pass - changetype<Client>(at).pass) > 0) {
      before = at;
      at = changetype<Client>(at).next;
    }
    client.next = at;
    if (before) changetype<Client>(before).next = changetype<usize>(client);
    else this.list = changetype<usize>(client);
  }

  private remove(client: Client): void {
    let before: usize = 0;
    for (let at = this.list; at != changetype<usize>(client); at = changetype<Client>(at).next) before = at;
    if (before) changetype<Client>(before).next = client.next;
    else this.list = client.next;
  }

  /** Makes the inputs, without tickets. */
  @method
  makeClients(): void {
    if (this.clients) return;
    this.clients = allocate(<usize>this.nInputs * offsetof<Client>());
    for (let i = 0; i < this.nInputs; i++) this.client(i).input = i;
  }

  /** Configures the tickets of an input: its first pass is its stride. `buildList` has to follow. */
  @method
  configureTickets(input: i32, tickets: u32, isNew: bool): void {
    const client = this.client(input);
    client.setTickets(tickets);
    if (isNew) client.advance();
  }

  /** Lists all inputs with tickets. Backwards, so that those with equal passes stand in order. */
  @method
  buildList(): void {
    this.list = 0;
    for (let i = this.nInputs - 1; i >= 0; i--) if (this.client(i).tickets) this.insert(this.client(i));
  }

  @method
  ticketsOf(input: i32): u32 {
    return this.client(input).tickets;
  }

  /** Changes the tickets of an input while packets run. */
  @method
  changeTickets(input: i32, tickets: u32): void {
    const client = this.client(input);
    const before = client.tickets;
    client.setTickets(tickets);
    if (tickets == 0 && before != 0) this.remove(client);
    else if (tickets != 0 && before == 0) {
      client.pass = this.list ? changetype<Client>(this.list).pass + client.stride : 0;
      this.insert(client);
    }
  }

  cleanup(): void {
    if (this.clients) release(this.clients, <usize>this.nInputs * offsetof<Client>());
  }
}
