import { Element } from "../kernel/element";
import { Signal } from "../kernel/notifier";
import { Packet } from "../kernel/packet";
import { writePacket } from "../kernel/packetRecords";
import { kernel, yieldToHost } from "../kernel/state";
import { Stream } from "../kernel/stream";
import { Task } from "../kernel/task";

/** Bytes of a record beside the packet buffer's: more than its header. */
const RECORD_ROOM: u32 = 128;

/**
 * Writes a line with chosen fields for each packet to a file: an IP summary dump.
 *
 * The file starts with lines that say what it is and name the fields; a packet's line has the fields in that order, separated by spaces, `-`
 * where the packet has none. With a pull input it pulls by itself, as often as it is scheduled, and sleeps while nothing upstream has packets.
 * Packets are passed on.
 *
 * Fields: `timestamp` (`ts`), `ntimestamp`, `first_timestamp`, `ts_sec`, `ts_usec`, `ts_usec1`, `count`, `link`, `direction`, `aggregate`, `wire_len`; `eth_src`,
 * `eth_dst`, `eth_type`; `ip_src` (`src`), `ip_dst` (`dst`), `ip_tos`, `ip_dscp`, `ip_ecn`, `ip_ttl`, `ip_id`, `ip_sum`, `ip_hl`, `ip_len`, `ip_capture_len`,
 * `ip_frag`, `ip_fragoff`, `ip_proto` (`proto`), `ip_opt`; `sport`, `dport`; `tcp_seq`, `tcp_ack`, `tcp_window`, `tcp_urp`, `tcp_off`, `tcp_flags`, `tcp_opt`, `tcp_ntopt`,
 * `tcp_sack`; `udp_len`; `icmp_type`, `icmp_code`, `icmp_type_name`, `icmp_code_name`, `icmp_flowid`, `icmp_seq`, `icmp_nextmtu`; `payload_len`, `payload`, `payload_md5`,
 * `payload_md5_hex`.
 *
 * @input  0  packets to write, network header set for fields of IP and above
 * @output 0  the same packets; dropped where nothing is connected
 * @note   Differs from Click: what is written reaches the file each time the host looks, not when a buffer of the C library is full.
 * @note   Differs from Click: the packets passed on keep their extra length, extra packets and time annotations; Click's may be changed.
 * @see FromIPSummaryDump, ToDump
 */
@element(
  "1/0-1",
  "a/h",
  "x/x",
  "FILENAME filename positional required: file to write; `-` = standard output",
  "FIELDS any: the fields, separated by spaces; default `timestamp ip_src`",
  "CONTENTS any: another name of FIELDS",
  "DATA any deprecated: another name of FIELDS",
  "VERBOSE bool: whether to tell host and time at the start of the file",
  "HEADER bool: whether to write lines about the file at its start; default true",
  "BANNER string: text to have in the file's `!creator` line",
  "MULTIPACKET bool: whether a packet that stands for several becomes several lines",
  "BAD_PACKETS bool: whether to write a `!bad` line before packets whose headers make no sense",
  "CAREFUL_TRUNC bool: whether packets shorter than their IP headers say are bad; default true",
  "EXTRA_LENGTH bool: whether lengths include the extra length annotation; default true",
  "BINARY bool: whether to write binary records instead of lines",
)
export class ToIPSummaryDump extends Element {
  /** Where the records of packets go. */
  @constant stream: Stream = changetype<Stream>(0);
  /** Number of this element among those that write to the stream. */
  @constant writer: u32 = 0;
  /** Packets that found no room, because the host did not come in time. */
  lost: u64 = 0;

  @listens("input 0") signal: Signal = changetype<Signal>(0);
  task: Task = new Task(this);
  /** Whether the handlers of the task exist. */
  @constant taskUsed: bool = false;

  initialize(): void {
    this.taskUsed = (this.pullInputs & 1) != 0;
    if (this.taskUsed) this.task.reschedule();
  }

  push(port: i32, p: Packet): void {
    if (!writePacket(this.stream, p, this.writer)) this.lost++;
    this.emit(0, p);
  }

  runTask(): bool {
    if (this.stream.writable < kernel.bufferStride + RECORD_ROOM) {
      yieldToHost();
      this.task.reschedule();
      return false;
    }
    const p = this.fetch(0);
    if (p) this.push(0, p);
    else if (!this.signal.active) return false;
    this.task.reschedule();
    return p !== null;
  }
}
