/**
 * VLAN control information: from the arguments VLAN_TCI, VLAN_PCP and VLAN_ID, and the handlers that show and change
 * it.
 */
import type { ArgumentValues } from "../../src/library/arguments/index.ts";
import type { HostedElement, HostHalf, HostHandler } from "../../src/library/hostHalf.ts";
import { readArguments } from "../net/words.host.ts";

const ID_BITS = 0xfff;
const PCP_SHIFT = 13;
/** The usual type of a tag. */
const VLAN_TYPE = 0x8100;
/** What VLAN_TCI says when the annotation is meant. */
const ANNOTATION = "ANNO";

/** What one kind of element adds to the configuration text. */
interface Kind {
  /** The arguments before the tag's. */
  readonly before: (element: HostedElement) => readonly string[];
  /** Names of the other keyword arguments with handlers. */
  readonly keywords: readonly string[];
}

/**
 * The host half of an element with VLAN arguments and the fields `controlBE` and, for some, `usesAnnotation` and
 * `nativeVlan`.
 */
export function vlanHostHalf({ before, keywords }: Kind): HostHalf {
  const shown = (element: HostedElement): string[] => describe(element);
  const keyword = (name: string): HostHandler => ({
    flags: "rw",
    documentation: `The argument ${name}.`,
    read: (element) =>
      shown(element)
        .find((text) => text.startsWith(`${name} `))
        ?.slice(name.length + 1) ?? "",
    write: (element, text) => {
      const kept = shown(element).filter((argument) => !argument.startsWith(`${name} `));
      element.writeHandler("config", [...before(element), ...kept, `${name} ${text}`].join(", "));
    },
  });
  return {
    configure: setControl,
    reconfigure: setControl,
    handlers: {
      config: {
        flags: "r.",
        documentation: "The configuration in effect.",
        read: (element) => [...before(element), ...shown(element)].join(", "),
      },
      ...Object.fromEntries(keywords.map((name) => [name.toLowerCase(), keyword(name)])),
      vlan_tci: {
        ...keyword("VLAN_TCI"),
        read: (element) => (usesAnnotation(element) ? ANNOTATION : String(control(element))),
      },
    },
  };
}

function setControl(element: HostedElement, values: ArgumentValues): void {
  const given = values.get("VLAN_TCI");
  const isAnnotation = given === ANNOTATION;
  const tci = given === undefined || isAnnotation ? -1 : readTci(element, String(given));
  if (tci === undefined) return;
  const identifier = tci >= 0 ? tci : Number(values.get("VLAN_ID") ?? 0);
  const value = (identifier | (Number(values.get("VLAN_PCP") ?? 0) << PCP_SHIFT)) & 0xffff;
  element.set("controlBE", ((value & 0xff) << 8) | (value >> 8));
  if (!isAnnotator(element)) element.set("usesAnnotation", isAnnotation);
}

function readTci(element: HostedElement, text: string): number | undefined {
  const specification = { keyword: "VLAN_TCI", type: "int[0..0xFFFF]", positional: true, required: false };
  const values = readArguments(element, [specification], [text]);
  return values && Number(values.get("VLAN_TCI"));
}

function control(element: HostedElement): number {
  const value = Number(element.get("controlBE"));
  return ((value & 0xff) << 8) | (value >> 8);
}

/** SetVLANAnno and its old spelling only write the annotation. */
function isAnnotator(element: HostedElement): boolean {
  return element.className.startsWith("Set");
}

function usesAnnotation(element: HostedElement): boolean {
  return !isAnnotator(element) && element.get("usesAnnotation") !== 0;
}

/** The arguments about the tag that are in effect. */
function describe(element: HostedElement): string[] {
  const value = control(element);
  const tag = usesAnnotation(element) ? [ANNOTATION] : [`VLAN_ID ${value & ID_BITS}`, `VLAN_PCP ${value >> PCP_SHIFT}`];
  if (isAnnotator(element)) return tag;
  const nativeVlan = Number(element.get("nativeVlan"));
  const tagType = element.className === "VLANEncap" ? Number(element.get("tagType")) : VLAN_TYPE;
  return [
    ...tag,
    ...(nativeVlan === 0 ? [] : [`NATIVE_VLAN ${nativeVlan}`]),
    ...(tagType === VLAN_TYPE ? [] : [`ETHERTYPE ${tagType}`]),
  ];
}
