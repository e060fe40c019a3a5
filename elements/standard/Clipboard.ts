import { Element } from "../kernel/element";
import { Packet } from "../kernel/packet";
import { allocate, release } from "../kernel/state";

/** A range of bytes, as the host half puts it into the table. */
@unmanaged
class Range {
  offset: u32;
  length: u32;
}

/**
 * Copies bytes of the packets on one way into those on another.
 *
 * Each packet that passes from input 0 to output 0 leaves the bytes of the configured ranges on the clipboard; each that passes from
 * input 1 to output 1 gets them in the same places. Packets too short for all ranges pass as they are.
 *
 * @input  0  packets to copy from
 * @input  1  packets to copy to
 * @output 0  packets from input 0, unchanged
 * @output 1  packets from input 1, with what the last packet from input 0 had in those places
 * @note   Differs from Click: a packet from input 0 that is too short leaves the clipboard as it was; Click reads beyond its end.
 * @see StoreData
 */
@element("2/2", "a/a", "#/#", "RANGE any rest: `OFFSET/LENGTH`")
export class Clipboard extends Element {
  /** Ranges, and how many. */
  ranges: usize = 0;
  rangeCount: u32 = 0;
  /** Shortest packet that has all ranges, and bytes of the clipboard. */
  minimumLength: u32 = 0;
  size: u32 = 0;
  private clipboard: usize = 0;
  private room: u32 = 0;

  initialize(): void {
    this.makeClipboard();
  }

  /** Makes an empty clipboard of the configured size. */
  @method
  makeClipboard(): void {
    this.cleanup();
    this.room = this.size;
    this.clipboard = allocate(this.room);
  }

  push(port: i32, p: Packet): void {
    this.transfer(port, p);
    this.emit(port, p);
  }

  pull(port: i32): Packet | null {
    const p = this.fetch(port);
    if (p) this.transfer(port, p);
    return p;
  }

  private transfer(port: i32, p: Packet): void {
    if (p.length < this.minimumLength) return;
    let place = this.clipboard;
    for (let i: u32 = 0; i < this.rangeCount; i++) {
      const range = changetype<Range>(this.ranges + <usize>i * offsetof<Range>());
      const data = p.data + range.offset;
      if (port == 0) memory.copy(place, data, range.length);
      else memory.copy(data, place, range.length);
      place += range.length;
    }
  }

  cleanup(): void {
    if (this.clipboard) release(this.clipboard, this.room);
    this.clipboard = 0;
  }
}
