/** The check of IPv4 headers that CheckIPHeader and its relatives share. */
import { Packet } from "../kernel/packet";
import { Text } from "../kernel/text";
import { HeaderCheck } from "../net/headerCheck";
import { sumBytes } from "../net/checksum";
import { IP4_HEADER } from "../net/ip4";

/** Why a header is bad; GOOD = it is not. */
export const GOOD: u32 = 0xffff_ffff;
const TINY: u32 = 0;
const BAD_VERSION: u32 = 1;
const BAD_HEADER_LENGTH: u32 = 2;
const BAD_LENGTH: u32 = 3;
const BAD_CHECKSUM: u32 = 4;
const BAD_SOURCE: u32 = 5;
const REASONS: u32 = 6;

function reasonText(reason: u32): string {
  switch (reason) {
    case TINY: return "tiny packet";
    case BAD_VERSION: return "bad IP version";
    case BAD_HEADER_LENGTH: return "bad IP header length";
    case BAD_LENGTH: return "bad IP length";
    case BAD_CHECKSUM: return "bad IP checksum";
    default: return "bad source address";
  }
}

export abstract class IpHeaderCheck extends HeaderCheck {
  /** Tables of addresses, and how many are in them; the host fills both. */
  @constant badSources: usize = 0;
  @constant badSourceCount: u32 = 0;
  /** Bit k is set when the last byte of one of them is k modulo 64: most sources need no look at the table. */
  @constant badSourceBytes: u64 = 0;
  @constant goodDestinations: usize = 0;
  @constant goodDestinationCount: u32 = 0;

  initialize(): void {
    this.prepareReasons(REASONS);
    for (let i: u32 = 0; i < this.badSourceCount; i++) {
      this.badSourceBytes |= <u64>1 << (load<u32>(this.badSources + (i << 2)) >> 24);
    }
  }

  /** Checks the header `offset` bytes into the packet. @returns the output: 0, or 1 for a bad packet */
  @inline
  protected check(p: Packet, offset: u32, withChecksum: bool): i32 {
    const fault = checkIp4Header(
      p, offset, withChecksum, this.badSourceBytes, this.badSources, this.badSourceCount, this.goodDestinations, this.goodDestinationCount,
    );
    return fault == GOOD ? 0 : this.refuse(fault);
  }

  private refuse(reason: u32): i32 {
    if (this.countBad(reason)) {
      this.report().put(": IP header check failed: ").put(reasonText(reason)).newline().toConsole();
    }
    return 1;
  }

  /** How many packets were refused for which reason; only with DETAILS. */
  @read("drop_details", "", "details") dropDetails(out: Text): void {
    for (let reason: u32 = 0; reason < REASONS; reason++) this.putReason(out, reason, reasonText(reason));
  }
}

/**
 * Checks the header `offset` bytes into the packet. When it is good, cuts the packet to the length that the header states, and sets
 * header and destination annotations.
 *
 * The header is read in three loads and without a function call, and tested for the form that almost all have: no options.
 *
 * @param badSourceBytes  see IpHeaderCheck
 * @param badSources  table of addresses that no packet comes from (RFC 1812 §5.3.7), and how many there are
 * @param goodDestinations  table of destinations for which any source will do, and how many there are
 * @returns the reason why the header is bad, or GOOD
 */
@inline
export function checkIp4Header(
  p: Packet, offset: u32, withChecksum: bool, badSourceBytes: u64, badSources: usize, badSourceCount: u32, goodDestinations: usize,
  goodDestinationCount: u32,
): u32 {
  const room = p.length - offset;
  if (<i32>room < <i32>IP4_HEADER || offset > p.length) return TINY;
  const at = p.data + offset;
  const start = load<u64>(at);
  const middle = load<u64>(at, 8);
  const destination = load<u32>(at, 16);
  const versionAndLength = <u32>start & 0xff;
  let headerLength = IP4_HEADER;
  if (versionAndLength != WITHOUT_OPTIONS) {
    if (versionAndLength >> 4 != 4) return BAD_VERSION;
    headerLength = (versionAndLength & 0x0f) << 2;
    if (headerLength < IP4_HEADER) return BAD_HEADER_LENGTH;
  }
  const length = <u32>bswap<u16>(<u16>(start >> 16));
  if (length > room || length < headerLength) return BAD_LENGTH;
  if (withChecksum) {
    let sum = (start & 0xffff_ffff) + (start >> 32) + (middle & 0xffff_ffff) + (middle >> 32) + destination;
    if (headerLength != IP4_HEADER) sum += sumBytes(at + IP4_HEADER, headerLength - IP4_HEADER);
    if (!isAllOnes(sum)) return BAD_CHECKSUM;
  }
  const source = <u32>(middle >> 32);
  if (badSourceCount && (badSourceBytes >> (source >> 24)) & 1) {
    if (contains(badSources, badSourceCount, source) && !contains(goodDestinations, goodDestinationCount, destination)) return BAD_SOURCE;
  }
  p.setNetworkHeader(at, headerLength);
  p.length = offset + length;
  p.destinationAnno = destination;
  return GOOD;
}

/** Version 4, and five words of header. */
const WITHOUT_OPTIONS: u32 = 0x45;

/**
 * Whether a sum of 16-bit words (of fewer than 2^31 carries) folds to 0xffff. With the two halves of 32 bits added crosswise, the upper half
 * is the folded sum.
 */
@inline
function isAllOnes(sum: u64): bool {
  const once = (sum & 0xffff_ffff) + (sum >> 32);
  const folded = <u32>once + <u32>(once >> 32);
  return (folded + rotl<u32>(folded, 16)) >> 16 == 0xffff;
}

@inline
function contains(table: usize, count: u32, address: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (load<u32>(table + (i << 2)) == address) return true;
  return false;
}
