/** What sources send unless they are told otherwise, and how text becomes bytes. */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHandler } from "../../src/library/hostHalf.ts";

/** Click's text: 69 bytes, so that a packet is one word longer than the shortest Ethernet frame. */
const DEFAULT_DATA = "Random bullshit in a packet, at least 64 bytes long. Well, now it is.";

/** Fills the field `data` when the configuration has no DATA, and makes room for packets of that length. */
export function supplyData(element: HostedElement, values: ArgumentValues): void {
  const given = values.get("DATA");
  const data = Buffer.from(given === undefined ? DEFAULT_DATA : String(given), "latin1");
  if (given === undefined) element.setBytes("data", data);
  const length = Number(values.get("DATASIZE") ?? values.get("LENGTH") ?? -1);
  element.expectPacketLength(length < 0 ? data.length : length);
}

/** Replaces the data while the source runs. */
export const dataHandler: HostHandler = {
  flags: "w%",
  documentation: "Bytes of each packet.",
  write(element, text) {
    element.setBytes("data", Buffer.from(text, "latin1"));
    element.call("changeData");
  },
};
