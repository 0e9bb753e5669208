/** Holds the direction of imports between the folders of src/. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsOf } from "./importsOf.ts";

/**
 * From the bottom up. A file imports files of its own layer and of rows above its own in this list, which is a
 * strict order: so no circle of imports can span two layers. Layers in one row do not see each other.
 */
const rows = [
  ["base"],
  ["ir"],
  ["ops", "codegen"],
  ["device"],
  ["tensor"],
  ["autograd"],
  ["compile"],
  ["nn"],
  ["optim", "data", "io", "plot"],
  ["index"],
  ["cli"],
];

function mayImport(from: string, to: string): boolean {
  const row = (layer: string) => rows.findIndex((layers) => layers.includes(layer));
  if (from === to) return true;
  // Generators know nothing of tensors; kernels know nothing of generators.
  if (from === "random") return to === "base";
  if (to === "random") return row(from) >= row("tensor");
  // The command line uses the library as any user does, and what the plots are made of.
  if (from === "cli") return ["index", "plot", "examples", "package.json"].includes(to);
  return row(to) !== -1 && row(to) < row(from);
}

/** Of a path such as "src/ir/expr.ts": "ir". The public door, "src/index.ts", is a layer of its own. */
function layerOf(path: string): string {
  const [top, folder] = path.split("/");
  return top === "src" ? folder!.replace(/\.ts$/, "") : top!;
}

/** What is wrong with the imports of these sources, given by path: one line each. */
function faults(sources: ReadonlyMap<string, string>): string[] {
  const known = [...rows.flat(), "random"];
  const found: string[] = [];
  for (const [path, text] of sources) {
    const from = layerOf(path);
    if (!known.includes(from)) found.push(`${path}: ${from} is no layer of DESIGN`);
    for (const { name, line } of importsOf(text)) {
      const fault = faultOf(path, from, name);
      if (fault) found.push(`${path}:${line}: ${fault}`);
    }
  }
  return found;
}

function faultOf(path: string, from: string, name: string | null): string | null {
  if (name === null) return from === "cli" ? null : "import() of a computed name";
  if (!name.startsWith(".")) {
    // Pictures may be drawn with packages, which the build bundles in; only the command line needs Node.
    const allowed = from === "cli" || (from === "plot" && !name.startsWith("node:"));
    return allowed ? null : `${from} imports ${name}: the library uses no package and no Node module`;
  }
  const to = layerOf(posix.join(posix.dirname(path), name));
  return mayImport(from, to) ? null : `${from} must not import ${to} (${name})`;
}

describe("imports between layers", () => {
  it("point down in all of src/", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const sources = new Map<string, string>();
    for (const name of readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts")) continue;
      const path = `src/${name.replaceAll("\\", "/")}`;
      sources.set(path, readFileSync(root + path, "utf8"));
    }
    expect(sources.size).toBeGreaterThan(0);
    expect(faults(sources)).toEqual([]);
  });

  it.each([
    ["a value import", "src/ir/a.ts", 'import { map } from "../ops/map.ts";'],
    ["a type import", "src/base/a.ts", 'import type { Expr } from "../ir/expr.ts";'],
    ["an import type", "src/base/a.ts", 'export type E = import("../ir/expr.ts").Expr;'],
    ["a re-export", "src/device/a.ts", 'export * from "../tensor/tensor.ts";'],
    ["a named re-export", "src/nn/a.ts", 'export { SGD } from "../optim/sgd.ts";'],
    ["a side-effect import", "src/tensor/a.ts", 'import "../autograd/tape.ts";'],
    ["a dynamic import", "src/tensor/a.ts", 'const tape = await import("../autograd/tape.ts");'],
    ["a computed import", "src/tensor/a.ts", "const tape = await import(place);"],
    ["an augmentation", "src/ops/a.ts", 'declare module "../tensor/tensor.ts" { interface Tensor {} }'],
    ["the public door from inside", "src/nn/a.ts", 'import * as torch from "../index.ts";'],
    ["a layer of the same row", "src/ops/a.ts", 'import { opcodes } from "../codegen/wasm/opcodes.ts";'],
    ["random above base", "src/random/a.ts", 'import { Tensor } from "../tensor/tensor.ts";'],
    ["random below tensor", "src/device/a.ts", 'import { Generator } from "../random/generator.ts";'],
    ["the command line past the door", "src/cli/a.ts", 'import { Linear } from "../nn/linear.ts";'],
    ["a package in the library", "src/nn/a.ts", 'import pico from "picocolors";'],
    ["a Node module in the library", "src/plot/a.ts", 'import { readFileSync } from "node:fs";'],
    ["an unknown folder", "src/helpers/a.ts", ""],
    ["the tests", "src/nn/a.ts", 'import { data } from "../../test/fixtures/data.ts";'],
  ])("reports %s", (_, path, text) => {
    expect(faults(new Map([[path, `\n${text}`]]))).toHaveLength(1);
  });

  it("reports a circle that spans two layers, at its upward arrow, with file and line", () => {
    const circle = new Map([
      ["src/ops/a.ts", 'import { b } from "../ir/b.ts";\nexport const a = 1;'],
      ["src/ir/b.ts", 'export const b = 1;\nimport { a } from "../ops/a.ts";'],
    ]);
    expect(faults(circle)).toEqual(["src/ir/b.ts:2: ir must not import ops (../ops/a.ts)"]);
  });

  it("takes what the design allows", () => {
    const good = new Map([
      ["src/ops/a.ts", 'import type { Expr } from "../ir/expr.ts";\nimport "./b.ts";'],
      ["src/tensor/a.ts", 'import { Generator } from "../random/generator.ts";'],
      ["src/index.ts", 'export * as nn from "./nn/index.ts";'],
      [
        "src/cli/main.ts",
        'import * as torch from "../index.ts";\nimport "commander";\nimport "../../examples/xor.ts";',
      ],
    ]);
    expect(faults(good)).toEqual([]);
  });
});
