/** Fields of the Ethernet header. */

import { formatEtherAddress, parseEthernetDigits } from "../../library/arguments/addresses.ts";
import { defineField, type Field, HALF, ORDER, SIX_BYTES } from "./field.ts";
import type { PacketView } from "./packetView.ts";
import { ETHERTYPE, HEADER_LENGTH } from "./protocols.ts";

/** Offset of an Ethernet header that ends where the network header, or else the data, begins or ends. */
function ethernetOffset(view: PacketView): number | undefined {
  const { macOffset, networkOffset, data } = view.record;
  const mac = macOffset ?? (networkOffset === undefined || networkOffset > 0 ? 0 : undefined);
  const end = networkOffset ?? data.length;
  return mac !== undefined && mac + HEADER_LENGTH.ethernet === end ? mac : view.missing("ethernet", 0);
}

function addressField(name: string, offset: number): Field {
  return defineField<number>({
    name,
    needsHeaders: false,
    binary: SIX_BYTES,
    extract(view) {
      const mac = ethernetOffset(view);
      return mac === undefined ? undefined : view.half(mac + offset) * 2 ** 32 + view.word(mac + offset + 2);
    },
    format: formatEtherAddress,
    input: {
      order: ORDER.link,
      parse: parseEthernetDigits,
      inject(draft, value) {
        const mac = draft.makeEthernet();
        draft.setHalf(mac + offset, Math.floor(value / 2 ** 32));
        draft.setWord(mac + offset + 2, value % 2 ** 32);
      },
    },
  });
}

export const LINK_FIELDS: readonly Field[] = [
  addressField("eth_src", 6),
  addressField("eth_dst", 0),
  defineField<number>({
    name: "eth_type",
    needsHeaders: false,
    binary: HALF,
    extract(view) {
      const mac = ethernetOffset(view);
      return mac === undefined ? undefined : view.half(mac + 12);
    },
    format: (value) => value.toString(16).toUpperCase().padStart(4, "0"),
    input: {
      order: ORDER.link,
      parse: (text) => (/^(?:0[xX])?0*[0-9a-fA-F]{1,4}$/.test(text) ? Number.parseInt(text, 16) : undefined),
      inject(draft, value) {
        draft.setHalf(draft.makeEthernet() + 12, value);
        if (value !== ETHERTYPE.ip && value !== ETHERTYPE.ip6) draft.isIp = false;
      },
    },
  }),
];
