/** Rule sets for tests: compiled from text with a fresh list of messages, and generated at random. */
import fc from "fast-check";
import { Diagnostics } from "../language/diagnostics.ts";
import { NameDatabases } from "../library/arguments/index.ts";
import type { ExamplePacket } from "./evaluate.ts";
import { compileClassifier, compileIpClassifier, compileIpFilter, type Pattern } from "./index.ts";

export const ELEMENTS = ["Classifier", "IPClassifier", "IPFilter"] as const;
export type TestElement = (typeof ELEMENTS)[number];

/** Only the built-in names, whatever machine the tests run on. */
const NAMES = new NameDatabases({
  protocol: () => undefined,
  service: () => undefined,
  interfacePrefix: () => undefined,
  interfaceGateway: () => undefined,
  interfaceEtherAddress: () => undefined,
}).namesFor("test");

export interface Compiled {
  readonly pattern: Pattern | undefined;
  readonly lines: readonly string[];
  readonly errors: number;
}

/** Compiles an element's configuration; IPFilter has 3 outputs unless told otherwise. */
export function compileForTest(
  element: TestElement,
  configuration: readonly string[],
  { outputs = element === "IPFilter" ? 3 : configuration.length, landmark = "", alignOffset = 0 } = {},
): Compiled {
  const diagnostics = new Diagnostics();
  const context = { outputs, names: NAMES, diagnostics, landmark };
  let pattern: Pattern | undefined;
  if (element === "Classifier") pattern = compileClassifier(configuration, context, alignOffset);
  else if (element === "IPClassifier") pattern = compileIpClassifier(configuration, context);
  else pattern = compileIpFilter(configuration, context);
  return { pattern, lines: diagnostics.lines, errors: diagnostics.errorCount };
}

const ADDRESSES = ["10.0.0.1", "10.0.0.2", "18.26.4.9", "1.2.3.4"];
const PORTS = [22, 53, 80, 443, 1023, 1024, 65535];

const pick = (...choices: readonly string[]) => fc.constantFrom(...choices);
const relation = pick("", "", "=", "!=", ">", "<", ">=", "<=");
const direction = pick("", "", "src", "dst", "src and dst", "src or dst");
const byte = fc.integer({ min: 0, max: 255 });
const port = fc.oneof(fc.constantFrom(...PORTS), fc.integer({ min: 0, max: 65535 }));
const mask = (max: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.integer({ min: 1, max }).map((m) => `& ${m}`) },
  );

const test = fc
  .oneof(
    fc.tuple(direction, pick("host", "host !=", "host & 255.255.0.0"), pick(...ADDRESSES)),
    fc.tuple(direction, pick("net 10.0.0.0/8", "net 18.26/16", "net 0.0.0.0/0", "net 1.2.3.4/30")),
    fc.tuple(pick("", "tcp", "udp"), direction, fc.constant("port"), mask(65535), relation, port),
    fc.tuple(pick("tcp", "udp", "icmp", "proto gre", "proto != tcp", "tcpudp", "true", "false")),
    fc.tuple(pick("tcp opt syn", "tcp opt ack", "tcp opt fin", "ip frag", "ip unfrag", "ip ce", "ip ect", "ip ect 2")),
    fc.tuple(pick("ip ttl", "ip proto", "ip tos"), mask(255), relation, byte),
    fc.tuple(pick("ip len", "ip id", "tcp win"), relation, port),
    fc.tuple(fc.constant("icmp type"), relation, pick("echo", "echo-reply", "3")),
    fc.tuple(
      pick("ip", "tcp", "udp", "transp"),
      fc.integer({ min: 0, max: 15 }).map((at) => `[${at}]`),
      mask(255),
      relation,
      byte,
    ),
    fc.tuple(direction, pick("ether host 00:01:02:03:04:05", "ether host ff:ff:ff:ff:ff:ff")),
  )
  .map((words) => words.join(" "));

/** An expression of IPClassifier's language. */
export const ipExpression = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    test,
    test.map((text) => `not ${text}`),
    fc.tuple(tie("expression"), pick(" and ", " && ", " or "), tie("expression")).map((parts) => parts.join("")),
    fc.tuple(pick("", "not "), tie("expression")).map(([not, text]) => `${not}(${text})`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.array(tie("expression"), { minLength: 2, maxLength: 4 }).map((texts) => `!(${texts.join(" || ")})`),
  ),
})).expression;

/** A list of clauses of Classifier's language. */
export const classifierPattern = fc.oneof(
  { weight: 1, arbitrary: fc.constant("-") },
  {
    weight: 9,
    arbitrary: fc
      .array(
        fc
          .tuple(
            pick("", "", "", "!"),
            fc.oneof(fc.constantFrom(0, 12, 20, 23), fc.integer({ min: 0, max: 40 })),
            fc.array(fc.tuple(pick("00", "08", "06", "?1", "f?", "ff"), pick("ff", "0f", "81", "?0")), {
              minLength: 1,
              maxLength: 4,
            }),
            fc.boolean(),
          )
          .map(([not, offset, bytes, masked]) => {
            const value = bytes.map(([digits]) => digits).join("");
            return `${not}${offset}/${value}${masked ? `%${bytes.map(([, digits]) => digits).join("")}` : ""}`;
          }),
        { minLength: 1, maxLength: 3 },
      )
      .map((clauses) => clauses.join(" ")),
  },
);

/** An element with its configuration. */
export const ruleSet: fc.Arbitrary<{ element: TestElement; configuration: string[] }> = fc.oneof(
  fc
    .array(classifierPattern, { minLength: 1, maxLength: 8 })
    .map((configuration) => ({ element: "Classifier" as const, configuration })),
  fc
    .array(ipExpression, { minLength: 1, maxLength: 6 })
    .map((configuration) => ({ element: "IPClassifier" as const, configuration })),
  fc
    .array(fc.tuple(pick("allow", "deny", "1", "2"), ipExpression), { minLength: 1, maxLength: 12 })
    .map((rules) => ({ element: "IPFilter" as const, configuration: rules.map((rule) => rule.join(" ")) })),
);

/**
 * A packet with an Ethernet and an IP header, both plausible and not: of any length, with any header length, with and
 * without header annotations, in a buffer that goes on behind its end.
 */
export const packet: fc.Arbitrary<ExamplePacket> = fc
  .record({
    filler: fc.uint8Array({ minLength: 96, maxLength: 96 }),
    addresses: fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(...ADDRESSES)),
    ports: fc.tuple(port, port),
    protocol: fc.constantFrom(6, 17, 1, 47),
    headerWords: fc.constantFrom(5, 5, 5, 6, 0, 15),
    fragment: fc.constantFrom(0, 0, 0, 0x4000, 0x2000, 5),
    ethernetSource: fc.boolean(),
    stripped: fc.boolean(),
    length: fc.oneof(fc.constant(96), fc.integer({ min: 0, max: 60 })),
    headers: fc.constantFrom("all", "all", "all", "no MAC", "no transport", "none"),
  })
  .map((made) => {
    const bytes = made.filler;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const network = 14;
    const transport = network + 4 * made.headerWords;
    if (made.ethernetSource) bytes.set([0, 1, 2, 3, 4, 5], 6);
    view.setUint16(12, 0x0800);
    bytes[network] = 0x40 | made.headerWords;
    view.setUint16(network + 6, made.fragment);
    bytes[network + 9] = made.protocol;
    made.addresses.forEach((address, i) => {
      bytes.set(address.split(".").map(Number), network + 12 + 4 * i);
    });
    if (made.headerWords >= 5)
      made.ports.forEach((number, i) => {
        view.setUint16(transport + 2 * i, number);
      });
    const start = made.stripped ? network : 0;
    const mac = made.headers === "no MAC" || made.headers === "none" ? undefined : 0;
    return {
      bytes,
      start,
      // a MAC header that is known is there
      end: Math.min(96, Math.max(start + made.length, mac === undefined ? 0 : 14)),
      networkHeader: made.headers === "none" ? undefined : network,
      transportHeader: made.headers === "none" || made.headers === "no transport" ? undefined : transport,
      macHeader: mac,
    };
  });
