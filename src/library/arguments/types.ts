/** All argument types, found by the name that element specifications use. */

import { splitWords } from "../../language/argumentText.ts";
import { etherAddressType, ip6AddressType, ip6PrefixType, ipAddressType, ipPrefixType } from "./addresses.ts";
import { type ArgumentType, type ArgumentValue, accept } from "./argumentType.ts";
import {
  bandwidthType,
  boolType,
  boundedIntegerType,
  doubleType,
  fixedPointType,
  integerType,
  rangeType,
  wideIntegerType,
} from "./numbers.ts";
import { annotationType, elementType, handlerType, namedIntegerType, portType } from "./references.ts";
import { filenameType, keywordType, rawType, stringType, wordType } from "./texts.ts";
import { intervalType, secondsType, signedTimestampType, timestampType } from "./time.ts";

/** A specification names a type that does not exist: a fault of the element, not of the configuration. */
export class UnknownTypeError extends Error {
  readonly code = "UNKNOWN_ARGUMENT_TYPE";

  constructor(name: string) {
    super(`unknown argument type '${name}'`);
  }
}

type TypeMaker = (name: string, parameter: string | undefined) => ArgumentType | undefined;

/** A type whose values are all of one shape is used only with values that it made itself. */
function erased<T extends ArgumentValue>(type: ArgumentType<T>): ArgumentType {
  return { name: type.name, parse: type.parse, format: (value) => type.format(value as T) };
}

/** A type without parameters. */
function plain<T extends ArgumentValue>(make: (name: string) => ArgumentType<T>): TypeMaker {
  return (name, parameter) => (parameter === undefined ? erased(make(name)) : undefined);
}

/** A type with a number in parentheses. */
function numbered<T extends ArgumentValue>(
  low: number,
  high: number,
  absent: number | undefined,
  make: (name: string, number: number) => ArgumentType<T>,
): TypeMaker {
  return (name, parameter) => {
    const number = parameter === undefined ? absent : Number(/^(\d+)(?: dp)?$/.exec(parameter)?.[1]);
    if (number === undefined || !(number >= low && number <= high)) return undefined;
    return erased(make(name, number));
  };
}

/** A type that one word in parentheses varies; `""` stands for no parentheses. */
function varied<T extends ArgumentValue>(
  variants: Readonly<Record<string, (name: string) => ArgumentType<T>>>,
): TypeMaker {
  return (name, parameter = "") => {
    const make = Object.hasOwn(variants, parameter) ? variants[parameter] : undefined;
    return make && erased(make(name));
  };
}

const u32: TypeMaker = plain((name) => integerType(name, 32, "unsigned"));
const i32: TypeMaker = plain((name) => integerType(name, 32, "signed"));

/** How to make the type of each name. */
const MAKERS: Readonly<Record<string, TypeMaker>> = {
  bool: plain(() => boolType),
  int: i32,
  i8: plain((name) => integerType(name, 8, "signed")),
  i16: plain((name) => integerType(name, 16, "signed")),
  i32,
  i64: plain((name) => wideIntegerType(name, "signed")),
  unsigned: u32,
  u8: plain((name) => integerType(name, 8, "unsigned")),
  u16: plain((name) => integerType(name, 16, "unsigned")),
  u32,
  u64: plain((name) => wideIntegerType(name, "unsigned")),
  range: plain(() => rangeType),
  fixed: numbered(0, 28, undefined, fixedPointType),
  double: plain(() => doubleType),
  bandwidth: plain(() => bandwidthType),
  seconds: numbered(0, 9, 0, secondsType),
  timestamp: varied({ "": () => timestampType, signed: () => signedTimestampType }),
  interval: plain(() => intervalType),
  IPAddress: plain(() => ipAddressType),
  IPPrefix: varied({
    "": (name) => ipPrefixType(name, "rejected"),
    "bare-addr-ok": (name) => ipPrefixType(name, "allowed"),
  }),
  IP6Address: plain(() => ip6AddressType),
  IP6Prefix: varied({
    "": (name) => ip6PrefixType(name, "rejected"),
    "bare-addr-ok": (name) => ip6PrefixType(name, "allowed"),
  }),
  EtherAddress: plain(() => etherAddressType),
  port: varied({
    "": (name) => portType(name, 17),
    udp: (name) => portType(name, 17),
    tcp: (name) => portType(name, 6),
  }),
  anno: numbered(0, 48, 0, annotationType),
  "named-int": varied({
    ip_proto: (name) => namedIntegerType(name, "ip_proto"),
    icmp_type: (name) => namedIntegerType(name, "icmp_type"),
  }),
  filename: plain(() => filenameType),
  word: plain(() => wordType),
  keyword: plain(() => keywordType),
  string: plain(() => stringType),
  raw: plain(() => rawType),
  any: plain(() => rawType),
  Element: (name, className) => erased(elementType(name, className)),
  handler: varied({
    "": (name) => handlerType(name, "any"),
    read: (name) => handlerType(name, "read"),
    write: (name) => handlerType(name, "write"),
  }),
};

const made = new Map<string, ArgumentType>();

/**
 * The type of a name.
 *
 * | name | values |
 * |---|---|
 * | `bool` | boolean |
 * | `int` `i8` `i16` `i32`, `unsigned` `u8` `u16` `u32`, `int[LOW..HIGH]` | number |
 * | `i64` `u64` | bigint |
 * | `fixed(n)` | number × 2^n |
 * | `double` | number |
 * | `seconds`, `seconds(k)` | number of 10^-k seconds, 32 bits |
 * | `timestamp`, `timestamp(signed)`, `interval` | nanoseconds, bigint; an interval prints with its unit and may be negative |
 * | `bandwidth` | bytes per second, 32 bits |
 * | `IPAddress`, `EtherAddress` | number of 32 or 48 bits, first byte most significant |
 * | `IPPrefix`, `IPPrefix(bare-addr-ok)` | {@link IPPrefix} |
 * | `IP6Address`, `IP6Prefix`, `IP6Prefix(bare-addr-ok)` | bigint, {@link IP6Prefix} |
 * | `port` (UDP), `port(udp)`, `port(tcp)` | number |
 * | `anno(size)`, `anno` of any size | offset |
 * | `named-int(ip_proto)`, `named-int(icmp_type)` | number |
 * | `range` | {@link IntegerRange} |
 * | `filename`, `word`, `keyword`, `string`, `raw` = `any` | string, one byte in each character |
 * | `Element`, `Element(CLASS)` | {@link ElementReference} |
 * | `handler`, `handler(read)`, `handler(write)` | {@link HandlerReference} |
 * | `TYPE...` | array: the words of the argument, each of that type |
 *
 * @throws UnknownTypeError  for any other name
 */
export function argumentType(name: string): ArgumentType {
  const known = made.get(name);
  if (known !== undefined) return known;
  const type = makeType(name);
  if (type === undefined) throw new UnknownTypeError(name);
  made.set(name, type);
  return type;
}

function makeType(name: string): ArgumentType | undefined {
  if (name.endsWith("...")) return listType(name, argumentType(name.slice(0, -3)));
  const bounds = /^int\[(-?\w+)\.\.(-?\w+)\]$/.exec(name);
  if (bounds !== null) return erased(boundedIntegerType(name, Number(bounds[1]), Number(bounds[2])));
  const match = /^([\w-]+)(?:\((.+)\))?$/.exec(name);
  const base = match?.[1] ?? "";
  return Object.hasOwn(MAKERS, base) ? MAKERS[base]?.(name, match?.[2]) : undefined;
}

/** `TYPE...`: any number of words, each of the type. The first word at fault decides the message. */
function listType(name: string, element: ArgumentType): ArgumentType {
  return erased<readonly ArgumentValue[]>({
    name,
    parse(text, context) {
      const values: ArgumentValue[] = [];
      for (const word of splitWords(text)) {
        const parsed = element.parse(word, context);
        if (!parsed.ok) return parsed;
        values.push(parsed.value);
      }
      return accept(values);
    },
    format: (values) => values.map((value) => element.format(value)).join(" "),
  });
}
