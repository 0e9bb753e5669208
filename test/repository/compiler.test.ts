/** The compiler goes by kernel kinds, views and expressions: it knows no op by its name. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functions, methods, pointwiseOps } from "../../src/ops/registry.ts";

const source = new URL("../../src/", import.meta.url);

function filesBelow(folder: string): string[] {
  return readdirSync(new URL(folder, source), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}${file}`);
}

function stringsIn(file: string): string[] {
  const text = readFileSync(new URL(file, source), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  // What follows `.op(` are WebAssembly's instructions, of which some are called like ops.
  return [...text.matchAll(/(?<!\.op\()"((?:[^"\\\n]|\\.)*)"/g)].map((match) => match[1]!);
}

/** The kinds of steps: what a device does, whichever op asks for it. */
const kinds = new Set(
  [...readFileSync(new URL("device/program.ts", source), "utf8").matchAll(/StepOf<([^,]+), O>/g)].flatMap(
    (match) => [...match[1]!.matchAll(/"(\w+)"/g)].map((kind) => kind[1]!),
  ),
);

describe("the compiler", () => {
  const names = new Set([...Object.keys(pointwiseOps), ...Object.keys(methods), ...Object.keys(functions)]);

  it("knows the kinds of steps", () => {
    expect(kinds).toContain("matmul");
    expect(names.size).toBeGreaterThan(100);
  });

  for (const file of [...filesBelow("compile/"), ...filesBelow("device/cpu/program/")]) {
    it(`names no op in ${file}`, () => {
      expect(stringsIn(file).filter((text) => names.has(text) && !kinds.has(text))).toEqual([]);
    });
  }
});
