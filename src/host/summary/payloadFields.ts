/** Fields of what follows the headers. */

import { createHash } from "node:crypto";
import { parseString, quote } from "../../language/argumentText.ts";
import { type BinaryForm, defineField, type Field, ORDER, parseWord, WORD } from "./field.ts";
import type { PacketDraft } from "./packetDraft.ts";
import type { PacketView } from "./packetView.ts";
import { HEADER_LENGTH, PROTOCOL } from "./protocols.ts";

/** Where the payload is, by the headers: it may reach beyond what was captured. */
interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** Length of a transport header, as far as dumps look. ICMP messages count as payload. */
function transportHeaderLength(protocol: number, tcpHeaderLength: number | undefined): number {
  if (protocol === PROTOCOL.tcp) return tcpHeaderLength ?? HEADER_LENGTH.tcp;
  return protocol === PROTOCOL.udp || protocol === PROTOCOL.udpLite ? HEADER_LENGTH.udp : 0;
}

function payloadOf(view: PacketView): Extent {
  if (view.ip === undefined) return { offset: 0, length: view.length };
  const tcpHeaderLength = (view.byte(view.transport + 12) >> 4) * 4;
  const hasTcpLength = view.transportLength >= 13 && tcpHeaderLength >= HEADER_LENGTH.tcp;
  const header = view.isFirstFragment
    ? transportHeaderLength(view.protocol, hasTcpLength ? tcpHeaderLength : undefined)
    : 0;
  const offset = view.transport + header;
  return { offset, length: (view.ipLength - (offset - view.ip)) >>> 0 };
}

function extract(view: PacketView): Extent | undefined {
  const payload = payloadOf(view);
  return payload.length === 0 || payload.offset < view.record.data.length ? payload : undefined;
}

/** The bytes of the payload that were captured. */
function capturedBytes({ offset, length }: Extent, view: PacketView): Uint8Array {
  return view.record.data.subarray(offset, Math.min(offset + length, view.length));
}

function digest(bytes: Uint8Array): Uint8Array {
  return createHash("md5").update(bytes).digest();
}

const TEXT_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@";

/** Six bits a character, the lowest first. */
function digestText(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits |= byte << count;
    for (count += 8; count >= 6; count -= 6) {
      text += TEXT_DIGITS.charAt(bits & 63);
      bits >>= 6;
    }
  }
  return text + TEXT_DIGITS.charAt(bits);
}

const DIGEST_SIZE = 16;

/** A payload that was not captured counts as empty. */
const DIGEST_FORM: BinaryForm<Uint8Array> = {
  encode: (value) => value ?? digest(new Uint8Array(0)),
  span: (record, at) => (at + DIGEST_SIZE <= record.length ? DIGEST_SIZE : undefined),
  decode: (bytes) => bytes,
};

function digestField(name: string, format: (digest: Uint8Array) => string): Field {
  return defineField<Uint8Array>({
    name,
    needsHeaders: true,
    binary: DIGEST_FORM,
    extract(view) {
      const payload = extract(view);
      return payload && digest(capturedBytes(payload, view));
    },
    format,
  });
}

/** Where the payload of a draft begins, by its headers. */
function payloadOffset(draft: PacketDraft): number {
  if (draft.ip === undefined || draft.transportOffset === undefined) return 0;
  if (!draft.isFirstFragment) return draft.transportOffset;
  const hasTcpLength = draft.transportLength >= 13 && draft.tcpHeaderLength >= HEADER_LENGTH.tcp;
  return (
    draft.transportOffset + transportHeaderLength(draft.protocol, hasTcpLength ? draft.tcpHeaderLength : undefined)
  );
}

/** Headers are made first, so that the payload has a place. */
function preparedOffset(draft: PacketDraft): number {
  if (draft.makeIp() !== undefined) draft.makeTransport();
  return payloadOffset(draft);
}

/** Longest header of IP or TCP: fifteen words. */
const MAXIMUM_HEADER_LENGTH = 60;

/**
 * Makes the lengths agree. Where the IP length leaves more than headers and payload fill, options of TCP and then of IP,
 * whose lengths no field has told, take the place.
 */
function accountForPayload(draft: PacketDraft, offset: number, length: number): void {
  if (!draft.isIp || draft.wantedLength === 0) {
    draft.wantedLength = offset + length;
    return;
  }
  const ip = draft.networkOffset ?? 0;
  let missing = draft.wantedLength + ip - (offset + length);
  if (
    missing > 0 &&
    draft.isFirstFragment &&
    draft.protocol === PROTOCOL.tcp &&
    !draft.hasTcpHeaderLength &&
    draft.tcpHeaderLength === HEADER_LENGTH.tcp
  ) {
    const tcp = draft.transportOffset ?? 0;
    const options = optionsLength(missing, HEADER_LENGTH.tcp);
    draft.insertZeros(tcp + HEADER_LENGTH.tcp, options);
    draft.setTcpHeaderLength(HEADER_LENGTH.tcp + options);
    missing -= options;
  }
  if (missing > 0 && !draft.hasIpHeaderLength && draft.ipHeaderLength === HEADER_LENGTH.ip) {
    const options = optionsLength(missing, HEADER_LENGTH.ip);
    draft.insertZeros(ip + HEADER_LENGTH.ip, options);
    draft.setIpHeaderLength(HEADER_LENGTH.ip + options);
  }
}

/** Options are whole words, and no more than the header's length can say. */
function optionsLength(missing: number, header: number): number {
  return Math.min(missing & ~3, MAXIMUM_HEADER_LENGTH - header);
}

export const PAYLOAD_FIELDS: readonly Field[] = [
  defineField<number>({
    name: "payload_len",
    needsHeaders: true,
    binary: WORD,
    extract(view) {
      const { length } = payloadOf(view);
      return view.ip === undefined || view.options.extraLength ? (length + view.extraLength) >>> 0 : length;
    },
    format: String,
    input: {
      order: ORDER.payload + 1,
      parse: parseWord,
      inject: (draft, value) => accountForPayload(draft, preparedOffset(draft), value),
    },
  }),
  defineField<Uint8Array>({
    name: "payload",
    needsHeaders: true,
    extract(view) {
      const payload = extract(view);
      return payload && capturedBytes(payload, view);
    },
    format: (value) => quote(Buffer.from(value).toString("latin1")),
    input: {
      order: ORDER.payload,
      parse(text) {
        const value = parseString(text);
        return value === undefined ? undefined : Uint8Array.from(Buffer.from(value, "latin1"));
      },
      inject(draft, value) {
        const offset = preparedOffset(draft);
        if (value.length === 0) return;
        accountForPayload(draft, offset, value.length);
        const start = payloadOffset(draft);
        // The length of the packet may leave no room for whole headers; then there is none for a payload.
        if (draft.length < start) return;
        draft.growTo(start + value.length);
        draft.setBytes(start, value);
      },
    },
  }),
  digestField("payload_md5", digestText),
  digestField("payload_md5_hex", (bytes) => Buffer.from(bytes).toString("hex")),
];
