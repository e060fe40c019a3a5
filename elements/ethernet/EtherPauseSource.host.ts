/** EtherPauseSource: handlers that change it also wake it, and share one message. */
import { type ArgumentValue, argumentType } from "../../src/library/arguments/index.ts";
import { HandlerError, type HostedElement, type HostHalf, type HostHandler } from "../../src/library/hostHalf.ts";
import { guestEtherAddress, readWord } from "../net/words.host.ts";

function read<T extends ArgumentValue>(element: HostedElement, type: string, text: string): T {
  const value = readWord<T>(element, type, text);
  if (value === undefined) throw new HandlerError("type mismatch");
  return value;
}

/** A number or truth value in a field. */
function plain(field: string, type: string, flags: string, documentation: string): HostHandler {
  return {
    flags,
    documentation,
    read: (element) => (type === "bool" ? String(element.get(field) !== 0) : String(element.get(field))),
    write(element, text) {
      element.set(field, read<number | boolean>(element, type, text));
      element.call("wake");
    },
  };
}

function etherAddress(field: string, documentation: string): HostHandler {
  return {
    flags: "rw",
    documentation,
    read(element) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(element.get(field)));
      return argumentType("EtherAddress").format(bytes.readUIntBE(0, 6));
    },
    write: (element, text) => element.set(field, guestEtherAddress(read<number>(element, "EtherAddress", text))),
  };
}

export const hostHalf: HostHalf = {
  handlers: {
    limit: plain("limit", "int", "rw", "Most frames; negative = no limit."),
    active: plain("active", "bool", "rwc", "Make frames at all."),
    src: etherAddress("source", "Source address."),
    dst: etherAddress("destination", "Destination address."),
    pausetime: plain("pauseTime", "u16", "rw", "For how long the receiver shall pause, in units of 512 bit times."),
  },
};
