/** `npm run docs`: writes docs/elements from the catalogue. With --check, only says whether the files are current. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { elementPages } from "../docs/elementPages.ts";
import { loadLibrary } from "../library/library.ts";

const [check, directory = "docs/elements"] =
  process.argv[2] === "--check" ? [true, process.argv[3]] : [false, process.argv[2]];
const pages = elementPages(loadLibrary());
mkdirSync(directory, { recursive: true });
const present = new Map(readdirSync(directory).map((file) => [file, readFileSync(path.join(directory, file), "utf8")]));
const outdated = [...pages].filter(([file, text]) => present.get(file) !== text).map(([file]) => file);
const surplus = [...present.keys()].filter((file) => !pages.has(file));
if (check) {
  for (const file of [...outdated, ...surplus])
    console.error(`${path.join(directory, file)} is not current: run \`npm run docs\``);
  process.exitCode = outdated.length + surplus.length > 0 ? 1 : 0;
} else {
  for (const file of outdated) writeFileSync(path.join(directory, file), pages.get(file) ?? "");
  for (const file of surplus) rmSync(path.join(directory, file));
  console.log(`${directory}: ${pages.size} pages, ${outdated.length} written, ${surplus.length} removed`);
}
