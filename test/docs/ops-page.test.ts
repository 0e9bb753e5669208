/** The committed pages agree with the code. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { opsPage } from "../../scripts/docs.ts";
import { functions, methods } from "../../src/ops/registry.ts";
import { sourceFiles } from "./doc-comments.ts";
import { readOps } from "./op-sources.ts";

const root = new URL("../../", import.meta.url);
const page = (name: string) => readFileSync(new URL(`docs/${name}`, root), "utf8");

describe("docs/ops.md", () => {
  it("is what `npm run docs` makes", () => {
    expect(page("ops.md"), "out of date: run `npm run docs`").toBe(opsPage());
  });

  it("names a counterpart, dtypes and a sentence for every op", () => {
    const rows = opsPage()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect(cells, row).toHaveLength(10);
      expect(cells[2], row).toMatch(/^\[.+\]\(https:/);
      expect(cells[3], row).not.toBe("");
      expect(cells[8], row).toMatch(/\.$/);
    }
  });
});

it("every op shows an example", () => {
  const sources = readOps(sourceFiles("src/ops"));
  const names = Object.keys({ ...methods, ...functions });
  expect(names.filter((name) => !sources.get(name)?.hasExample)).toEqual([]);
});

describe.each(["architecture.md", "differences.md"])("docs/%s", (name) => {
  it("mentions only files that exist", () => {
    const mentioned = [...page(name).matchAll(/`((?:src|test|scripts|docs)\/[\w./-]+)`/g)].map(
      ([, path]) => path!,
    );
    expect(mentioned.length).toBeGreaterThan(5);
    expect(mentioned.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});
