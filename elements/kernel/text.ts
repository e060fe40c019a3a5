/**
 * Text that elements write: handler values and console lines. One buffer, written in place, so that nothing is allocated.
 * A handler value longer than the buffer is read by the host in several windows: it asks for the text again, further on.
 */
import { kernel } from "./state";
import { consoleStream } from "./stream";

/** Bytes of one window. */
export const TEXT_WINDOW: u32 = 65536;

@unmanaged
export class Text {
  buffer: usize;
  /** Where the window starts in the whole text, and how long the whole text is so far. */
  windowStart: u32;
  length: u32;

  /** Starts a new text. */
  @inline begin(windowStart: u32): Text {
    this.windowStart = windowStart;
    this.length = 0;
    return this;
  }

  /** One byte, as it is. */
  byte(value: u8): Text {
    const place = this.length++ - this.windowStart;
    if (place < TEXT_WINDOW) store<u8>(this.buffer + place, value);
    return this;
  }

  /** A string literal of ASCII characters. */
  put(literal: string): Text {
    for (let i = 0, n = literal.length; i < n; i++) this.byte(<u8>literal.charCodeAt(i));
    return this;
  }

  /** `n` bytes of memory. */
  bytes(from: usize, n: u32): Text {
    for (let i: u32 = 0; i < n; i++) this.byte(load<u8>(from + i));
    return this;
  }

  unsigned(value: u64): Text {
    let divisor: u64 = 1;
    while (value / divisor >= 10) divisor *= 10;
    for (; divisor; divisor /= 10) this.byte(<u8>(0x30 + (value / divisor) % 10));
    return this;
  }

  signed(value: i64): Text {
    if (value >= 0) return this.unsigned(<u64>value);
    return this.byte(0x2d).unsigned(<u64>-value);
  }

  /** At least `digits` decimal digits, filled with zeros. */
  padded(value: u64, digits: u32): Text {
    let limit: u64 = 1;
    for (let i: u32 = 1; i < digits; i++) limit *= 10;
    for (; limit > 1 && value < limit; limit /= 10) this.byte(0x30);
    return this.unsigned(value);
  }

  /** At least `width` characters, filled with blanks in front. */
  rightAligned(value: u64, width: u32): Text {
    let digits: u32 = 1;
    for (let rest = value; rest >= 10; rest /= 10) digits++;
    for (; digits < width; digits++) this.byte(0x20);
    return this.unsigned(value);
  }

  /** Two lower-case hexadecimal digits. */
  hex8(value: u8): Text {
    return this.byte(hexDigit(value >> 4)).byte(hexDigit(value & 15));
  }

  /** Two upper-case hexadecimal digits. */
  upperHex8(value: u8): Text {
    return this.byte(upperHexDigit(value >> 4)).byte(upperHexDigit(value & 15));
  }

  /** Dotted quad of an address in network byte order in memory. */
  ipAddress(address: u32): Text {
    for (let i = 0; i < 4; i++) {
      if (i) this.byte(0x2e);
      this.unsigned((address >> (i << 3)) & 0xff);
    }
    return this;
  }

  /** `AA-BB-CC-DD-EE-FF`, Click's form, of the six bytes at an address. */
  etherAddress(at: usize): Text {
    for (let i = 0; i < 6; i++) {
      if (i) this.byte(0x2d);
      this.upperHex8(load<u8>(at + i));
    }
    return this;
  }

  /** Seconds with six digits behind the point, or nine when there are fractions of a microsecond, as Click prints them. */
  timestamp(nanoseconds: i64): Text {
    let n = nanoseconds;
    if (n < 0) {
      this.byte(0x2d);
      n = -n;
    }
    const fraction = <u64>n % 1_000_000_000;
    this.unsigned(<u64>n / 1_000_000_000).byte(0x2e);
    return fraction % 1000 == 0 ? this.padded(fraction / 1000, 6) : this.padded(fraction, 9);
  }

  @inline newline(): Text { return this.byte(0x0a); }

  /** Sends what was written to the console, whole or not at all. */
  toConsole(): void {
    consoleStream().write(this.buffer, min(this.length, TEXT_WINDOW));
  }
}

@inline
function hexDigit(value: u8): u8 { return value < 10 ? 0x30 + value : 0x57 + value; }
@inline
function upperHexDigit(value: u8): u8 { return value < 10 ? 0x30 + value : 0x37 + value; }

/** The text that the host reads after it called a read handler. */
@inline
export function handlerText(): Text {
  return changetype<Text>(kernel.handlerText);
}

/** A text to fill and send `toConsole`. It is the handlers' buffer: the two are never in use at once. */
@inline
export function consoleText(): Text {
  return handlerText().begin(0);
}

/** A text of its own. Only before the guest runs. */
export function makeText(): Text {
  const text = changetype<Text>(heap.alloc(offsetof<Text>()));
  text.buffer = heap.alloc(TEXT_WINDOW);
  return text.begin(0);
}
