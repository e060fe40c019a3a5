/** Fields of the UDP header. */

import { defineField, type Field, ORDER, parseWord, WORD } from "./field.ts";
import { HEADER_LENGTH, PROTOCOL } from "./protocols.ts";

/** Bytes of the header that must be there, so that the length can be read. */
const LENGTH_NEEDED = 6;

export const UDP_FIELDS: readonly Field[] = [
  defineField<number>({
    name: "udp_len",
    needsHeaders: true,
    binary: WORD,
    extract(view) {
      const isThere = view.transportLayer === "udp" && view.transportLength >= LENGTH_NEEDED;
      return isThere ? view.half(view.transport + 4) : view.missing("udp", LENGTH_NEEDED);
    },
    format: String,
    input: {
      order: ORDER.transport,
      parse: parseWord,
      inject(draft, value) {
        const udp = draft.makeIp() === undefined ? undefined : draft.makeTransport();
        const { protocol } = draft;
        if (udp === undefined || (protocol !== 0 && protocol !== PROTOCOL.udp && protocol !== PROTOCOL.udpLite)) return;
        draft.growTo(udp + HEADER_LENGTH.udp);
        draft.setHalf(udp + 4, value & 0xffff);
      },
    },
  }),
];
