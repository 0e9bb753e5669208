/** The committed pages of docs/api/ agree with the published declarations. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { apiPages } from "../../scripts/docs/api-pages.ts";

const folder = new URL("../../docs/api/", import.meta.url);
const pages = apiPages();

it("docs/api/ is what `npm run docs` makes", () => {
  expect(readdirSync(folder).sort(), "run `npm run docs`").toEqual([...pages.keys()].sort());
  for (const [name, text] of pages) {
    expect(
      readFileSync(new URL(name, folder), "utf8") === text,
      `${name} is out of date: run \`npm run docs\``,
    ).toBe(true);
  }
});

it("the index has a sentence for every name", () => {
  const lines = pages
    .get("index.md")!
    .split("\n")
    .filter((line) => line.startsWith("- "));
  expect(lines.length).toBeGreaterThan(400);
  expect(lines.filter((line) => !/^- `torch[\w.]+`: \S.*[.)\d]$/.test(line))).toEqual([]);
});
