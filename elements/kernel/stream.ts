/**
 * Byte streams between a guest and its host: the console, captures that are read or written. One side writes, the other reads;
 * indices run freely, and a power-of-two size makes them places. The host keeps its own copy of every index that it owns.
 */
import { kernel, yieldToHost } from "./state";

@unmanaged
export class Stream {
  /** Address and size (a power of two) of the ring. */
  buffer: usize;
  size: u32;
  /** Bytes ever written and ever read, modulo 2^32. */
  produced: u32;
  consumed: u32;
  /** The writer will write no more. */
  closed: bool;
  /** Bytes that found no room. */
  lost: u32;

  @inline get readable(): u32 { return this.produced - this.consumed; }
  @inline get writable(): u32 { return this.size - this.readable; }

  /** Copies the next `n` readable bytes to `to`, and leaves them in the stream. The caller has checked `readable`. */
  peek(to: usize, n: u32): void {
    const place = this.consumed & (this.size - 1);
    const first = min(n, this.size - place);
    memory.copy(to, this.buffer + place, first);
    memory.copy(to + first, this.buffer, n - first);
  }

  /** Moves past `n` readable bytes. */
  @inline skip(n: u32): void { this.consumed += n; }

  /**
   * Appends `n` bytes. When the stream fills, the host is asked to come and read.
   * @returns false, with nothing written, when they do not fit; they are counted as lost.
   */
  write(from: usize, n: u32): bool {
    if (n > this.writable) {
      this.lost += n;
      yieldToHost();
      return false;
    }
    const place = this.produced & (this.size - 1);
    const first = min(n, this.size - place);
    memory.copy(this.buffer + place, from, first);
    memory.copy(this.buffer, from + first, n - first);
    this.produced += n;
    if (this.readable > this.size >> 2) yieldToHost();
    return true;
  }
}

/** A new stream of `size` bytes, a power of two. Only before the guest runs. */
export function makeStream(size: u32): Stream {
  const stream = changetype<Stream>(heap.alloc(offsetof<Stream>()));
  memory.fill(changetype<usize>(stream), 0, offsetof<Stream>());
  stream.buffer = heap.alloc(size);
  stream.size = size;
  return stream;
}

/** Gives back a stream. */
export function releaseStream(stream: Stream): void {
  heap.free(stream.buffer);
  heap.free(changetype<usize>(stream));
}

@inline
export function consoleStream(): Stream {
  return changetype<Stream>(kernel.console);
}
