/** Writes the reference page of an element from its catalogue entry: what its source file says about itself, in Markdown. */
import type { Argument, ElementClass, Handler } from "../library/catalogue.ts";
import type { HostHalf } from "../library/hostHalf.ts";

/** @returns the page, ending with a newline */
export function elementPage(element: ElementClass, hostHalf: HostHalf | undefined): string {
  const { name, documentation } = element;
  const sections = [
    `# ${name}`,
    documentation.summary,
    synopsis(element),
    documentation.description,
    ports(element),
    argumentsSection(element.arguments),
    handlersSection(allHandlers(element, hostHalf)),
    list("Differences and notes", documentation.notes),
    documentation.see.length > 0
      ? `## See also\n\n${documentation.see.map((other) => `[${other}](${other}.md)`).join(", ")}`
      : "",
    `Source: \`elements/${element.file}.ts\``,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** `Name(REQUIRED, [OPTIONAL], KEYWORD value)` */
function synopsis({ name, arguments: args }: ElementClass): string {
  const words = args.map(({ keyword, positional, required, rest }) => {
    const word = rest ? `${keyword}...` : positional ? keyword : `${keyword} value`;
    return required || rest ? word : `[${word}]`;
  });
  return `\`${words.length > 0 ? `${name}(${words.join(", ")})` : name}\``;
}

function ports({ portCount, processing, flowCode, documentation }: ElementClass): string {
  const lines = [
    `Ports \`${portCount}\`, processing \`${processing}\`, flow \`${flowCode}\`.`,
    ...documentation.inputs.map((text) => `- input ${text}`),
    ...documentation.outputs.map((text) => `- output ${text}`),
  ];
  return `## Ports\n\n${lines[0]}${lines.length > 1 ? `\n\n${lines.slice(1).join("\n")}` : ""}`;
}

function argumentsSection(args: readonly Argument[]): string {
  if (args.length === 0) return "";
  const rows = args.map((argument) => {
    const kind = argument.rest ? "any number" : argument.required ? "required" : "optional";
    const given = argument.positional ? kind : `${kind}, keyword`;
    return `| ${argument.keyword} | ${cell(argument.type)} | ${given} | ${defaultOf(argument)} | ${cell(argument.documentation)} |`;
  });
  return `## Arguments\n\n| name | type | given | default | meaning |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
}

/** Initial values that are not of interest to a reader: addresses in guest memory, and required values. */
function defaultOf({ default: text, required }: Argument): string {
  if (text === undefined || required || /changetype|null/.test(text)) return "";
  return `\`${cell(text)}\``;
}

/** The handlers of class and host half; of one name, the two sides together. */
export function allHandlers({ handlers }: ElementClass, hostHalf: HostHalf | undefined): Handler[] {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]));
  for (const [name, { flags, documentation }] of Object.entries(hostHalf?.handlers ?? {})) {
    const other = byName.get(name);
    byName.set(name, {
      name,
      flags: flags + (other?.flags ?? ""),
      documentation: documentation || (other?.documentation ?? ""),
    });
  }
  return [...byName.values()];
}

function handlersSection(handlers: readonly Handler[]): string {
  const visible = handlers.filter(({ flags }) => !flags.includes("h"));
  if (visible.length === 0) return "";
  const rows = visible.map(
    ({ name, flags, documentation }) => `| ${name} | ${access(flags)} | ${cell(documentation)} |`,
  );
  return `## Handlers\n\n| name | access | meaning |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

function access(flags: string): string {
  const words = [flags.includes("r") ? "read" : "", flags.includes("w") ? "write" : ""].filter((word) => word !== "");
  return words.join(", ");
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `## ${title}\n\n${items.map((item) => `- ${item}`).join("\n")}`;
}

/** Text for a table's cell: one line, bars escaped. */
function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").replace(/\|/g, "\\|");
}

/** The list of all elements. */
export function elementIndex(elements: readonly ElementClass[]): string {
  const byFamily = Map.groupBy(elements, ({ file }) => file.split("/")[0] ?? "");
  const sections = [...byFamily]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, members]) => {
      const rows = members.map(
        ({ name, documentation }) => `| [${name}](${name}.md) | ${cell(documentation.summary)} |`,
      );
      return `## ${family}\n\n| element | what it does |\n| --- | --- |\n${rows.join("\n")}`;
    });
  return `# Elements\n\nGenerated from the element sources by \`npm run docs\`.\n\n${sections.join("\n\n")}\n`;
}
