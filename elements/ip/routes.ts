/**
 * A table of IPv4 routes with longest-prefix match.
 *
 * Packets are looked up in a trie of 256-way nodes, one byte of the address a level, first byte first: at most four dependent
 * loads. Leaves are pushed down: an entry is either a child node or the best route for all addresses below, so nothing has to
 * be remembered on the way (Srinivasan & Varghese 1998). Changes are found through a hash table of prefixes. Everything grows on the
 * control path only.
 *
 * Masks that are not prefixes have no place in a trie; as long as there is one, lookups go through the list.
 */
import { allocate, release } from "../kernel/state";

/** What a table knows of a route. The host reads it: addresses and mask as in memory, then numbers. */
@unmanaged
export class Route {
  address: u32;
  mask: u32;
  gateway: u32;
  /** Output; -1 for "no route" and for places that are free. */
  port: i32;
  /** Bits in the prefix; -1 when the mask is not one. */
  length: i32;
  /** The next free place; meaningful for free places only. */
  nextFree: u32;
}

/** Bytes a route occupies: a power of two, so that a leaf's number becomes an offset by a shift. */
const ROUTE_SHIFT: u32 = 5;
/** Bytes of a trie node: 256 entries of four bytes. */
const NODE_BYTES: usize = 1024;
/** Entries: a node's address, which is even, or a leaf: twice the route's number plus one. */
const LEAF: u32 = 1;
const FIRST_CAPACITY: u32 = 16;

export class Routes {
  private root: usize = 0;
  /** Routes by number. Number 0 stands for "no route". */
  private table: usize = 0;
  private capacity: u32 = 0;
  /** Numbers handed out so far, and the head of the list of free ones; 0 = none. */
  private used: u32 = 1;
  private firstFree: u32 = 0;
  /** Open-addressed hash table of route numbers, twice as large as `table`. */
  private prefixes: usize = 0;
  /** Routes whose masks are not prefixes. */
  private scattered: u32 = 0;
  /** The answer to the last question, since packets come in trains; 0 = the table has changed since. */
  private lastAddress: u32 = 0;
  private last: usize = 0;

  /** Whether a replaced route leaves its place in the list to the next one added, as in RadixIPLookup; otherwise it is replaced in place. */
  movesReplaced: bool = false;

  /** To be called before anything else. */
  prepare(): void {
    if (this.root) return;
    this.root = allocate(NODE_BYTES);
    fillNode(this.root, LEAF);
    this.grow(FIRST_CAPACITY);
  }

  /** The best route for an address; its port is -1 when there is none. */
  @inline
  find(address: u32): Route {
    if (address == this.lastAddress && this.last) return changetype<Route>(this.last);
    const route = this.descend(address);
    this.lastAddress = address;
    this.last = changetype<usize>(route);
    return route;
  }

  private descend(address: u32): Route {
    if (this.scattered) return this.at(this.scan(address));
    let entry = <u32>this.root;
    let rest = address;
    do {
      entry = load<u32>(entry + ((rest & 0xff) << 2));
      rest >>= 8;
    } while (!(entry & LEAF));
    return changetype<Route>(this.table + ((entry & ~LEAF) << (ROUTE_SHIFT - 1)));
  }

  @inline
  at(number: u32): Route {
    return changetype<Route>(this.table + (<usize>number << ROUTE_SHIFT));
  }

  /** One more than the highest number in use. */
  @inline get limit(): u32 { return this.used; }

  /** The number of the route for exactly this prefix; 0 when there is none. */
  exact(address: u32, mask: u32): u32 {
    let place = hash(address, mask);
    let number = load<u32>(this.slot(place));
    while (number != 0 && !(this.at(number).address == address && this.at(number).mask == mask)) number = load<u32>(this.slot(++place));
    return number;
  }

  /** Adds a route, or replaces the one for the same prefix. The address has no bits outside the mask. */
  put(address: u32, mask: u32, gateway: u32, port: i32): void {
    this.last = 0;
    const old = this.exact(address, mask);
    if (old && !this.movesReplaced) {
      const route = this.at(old);
      route.gateway = gateway;
      route.port = port;
      return;
    }
    const number = this.takeNumber();
    const route = this.at(number);
    route.address = address;
    route.mask = mask;
    route.gateway = gateway;
    route.port = port;
    route.length = prefixLength(mask);
    if (old) this.forget(old);
    this.enterPrefix(number);
    if (route.length < 0) this.scattered++;
    else this.cover(route, number);
  }

  /** Removes the route of that number. */
  remove(number: u32): void {
    this.last = 0;
    const route = this.at(number);
    if (route.length >= 0) this.uncover(route, number);
    this.forget(number);
  }

  /** Removes all routes. */
  clear(): void {
    this.last = 0;
    releaseChildren(this.root, 0);
    fillNode(this.root, LEAF);
    memory.fill(this.table, 0, <usize>this.capacity << ROUTE_SHIFT);
    memory.fill(this.prefixes, 0, <usize>this.capacity << 3);
    this.at(0).port = -1;
    this.used = 1;
    this.firstFree = 0;
    this.scattered = 0;
  }

  /** Gives all memory back. */
  dispose(): void {
    releaseChildren(this.root, 0);
    release(this.root, NODE_BYTES);
    release(this.table, <usize>this.capacity << ROUTE_SHIFT);
    release(this.prefixes, <usize>this.capacity << 3);
    this.root = 0;
    this.last = 0;
  }

  /** Makes a route's place free. */
  private forget(number: u32): void {
    const route = this.at(number);
    if (route.length < 0) this.scattered--;
    this.leavePrefix(number);
    route.port = -1;
    route.nextFree = this.firstFree;
    this.firstFree = number;
  }

  /** A free number: the one freed last in tables that move routes, otherwise the lowest. */
  private takeNumber(): u32 {
    if (this.firstFree == 0) {
      if (this.used == this.capacity) this.grow(this.capacity << 1);
      return this.used++;
    }
    const number = this.movesReplaced ? this.firstFree : this.lowestFree();
    this.unlinkFree(number);
    return number;
  }

  private lowestFree(): u32 {
    let lowest = this.firstFree;
    for (let n = this.at(lowest).nextFree; n != 0; n = this.at(n).nextFree) lowest = min(lowest, n);
    return lowest;
  }

  private unlinkFree(number: u32): void {
    const next = this.at(number).nextFree;
    if (this.firstFree == number) {
      this.firstFree = next;
      return;
    }
    let before = this.firstFree;
    while (this.at(before).nextFree != number) before = this.at(before).nextFree;
    this.at(before).nextFree = next;
  }

  private grow(capacity: u32): void {
    const table = allocate(<usize>capacity << ROUTE_SHIFT);
    if (this.table) {
      memory.copy(table, this.table, <usize>this.capacity << ROUTE_SHIFT);
      release(this.table, <usize>this.capacity << ROUTE_SHIFT);
      release(this.prefixes, <usize>this.capacity << 3);
    }
    this.table = table;
    this.capacity = capacity;
    this.at(0).port = -1;
    this.prefixes = allocate(<usize>capacity << 3);
    // Grown only when every number is a route.
    for (let number: u32 = 1; number < this.used; number++) this.enterPrefix(number);
  }

  // The hash table of prefixes.

  @inline
  private slot(place: u32): usize {
    return this.prefixes + (<usize>(place & ((this.capacity << 1) - 1)) << 2);
  }

  private enterPrefix(number: u32): void {
    const route = this.at(number);
    let place = hash(route.address, route.mask);
    while (load<u32>(this.slot(place)) != 0) place++;
    store<u32>(this.slot(place), number);
  }

  /** Takes a number out, and enters anew those behind it that may have passed over its place. */
  private leavePrefix(number: u32): void {
    const route = this.at(number);
    let place = hash(route.address, route.mask);
    while (load<u32>(this.slot(place)) != number) place++;
    store<u32>(this.slot(place), 0);
    let follower = load<u32>(this.slot(++place));
    while (follower != 0) {
      store<u32>(this.slot(place), 0);
      this.enterPrefix(follower);
      follower = load<u32>(this.slot(++place));
    }
  }

  // The trie.

  /** Makes `number` the best route wherever nothing more specific is. */
  private cover(route: Route, number: u32): void {
    this.replace(this.nodeFor(route), route, number, 0);
  }

  /** Puts the next less specific route wherever `number` is the best one. */
  private uncover(route: Route, number: u32): void {
    this.replace(this.nodeFor(route), route, this.covering(route), number);
  }

  /** The longest prefix that contains the route's own; 0 when there is none. */
  private covering(route: Route): u32 {
    for (let length = route.length - 1; length >= 0; length--) {
      const mask = maskOf(length);
      const number = this.exact(route.address & mask, mask);
      if (number) return number;
    }
    return 0;
  }

  /** The node whose entries the route's prefix selects; made when it is missing. */
  private nodeFor(route: Route): usize {
    let node = this.root;
    let rest = route.address;
    for (let bits = route.length; bits > 8; bits -= 8, rest >>= 8) {
      const place = node + ((rest & 0xff) << 2);
      let entry = load<u32>(place);
      if (entry & LEAF) {
        const child = allocate(NODE_BYTES);
        fillNode(child, entry);
        entry = <u32>child;
        store<u32>(place, entry);
      }
      node = entry;
    }
    return node;
  }

  /**
   * Sets the leaves below a route's prefix to `number`: those of `only`, or for 0 those of equally or less specific routes.
   * @param node  the node whose entries the prefix selects
   */
  private replace(node: usize, route: Route, number: u32, only: u32): void {
    const level = route.length == 0 ? 0 : (route.length - 1) >> 3;
    const first = (route.address >> (level << 3)) & 0xff;
    const count: u32 = 1 << (((level + 1) << 3) - route.length);
    this.replaceEntries(node, first, count, route.length, number, only);
  }

  private replaceEntries(node: usize, first: u32, count: u32, length: i32, number: u32, only: u32): void {
    for (let i = first; i < first + count; i++) {
      const place = node + (<usize>i << 2);
      const entry = load<u32>(place);
      if (!(entry & LEAF)) {
        this.replaceEntries(entry, 0, 256, length, number, only);
        continue;
      }
      const old = entry >> 1;
      if (only ? old == only : old == 0 || this.at(old).length <= length) store<u32>(place, (number << 1) | LEAF);
    }
  }

  /** The best route by the list: the most specific of those that match. */
  private scan(address: u32): u32 {
    let best: u32 = 0;
    for (let number: u32 = 1; number < this.used; number++) {
      const route = this.at(number);
      if (route.port < 0 || (address & route.mask) != route.address) continue;
      const bestMask = best ? this.at(best).mask : 0;
      if (best == 0 || (route.mask & bestMask) == bestMask) best = number;
    }
    return best;
  }
}

/** Multiplicative hash of a prefix (Knuth 6.4): the multiplier is 2^32 divided by the golden ratio. */
@inline
function hash(address: u32, mask: u32): u32 {
  return ((bswap<u32>(address) ^ (popcnt<u32>(mask) << 27)) * 0x9e37_79b1) >> 7;
}

/** Bits in a mask, -1 when they are not the leading ones. */
function prefixLength(mask: u32): i32 {
  const length = <i32>popcnt<u32>(mask);
  return mask == maskOf(length) ? length : -1;
}

/** The mask of a prefix of 0 to 32 bits, in memory order. */
function maskOf(length: i32): u32 {
  return length == 0 ? 0 : bswap<u32>(0xffff_ffff << (32 - length));
}

function fillNode(node: usize, entry: u32): void {
  for (let i: usize = 0; i < NODE_BYTES; i += 4) store<u32>(node + i, entry);
}

function releaseChildren(node: usize, depth: u32): void {
  for (let i: usize = 0; i < NODE_BYTES; i += 4) {
    const entry = load<u32>(node + i);
    if (entry & LEAF) continue;
    if (depth < 3) releaseChildren(entry, depth + 1);
    release(entry, NODE_BYTES);
  }
}
