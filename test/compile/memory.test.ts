/** Compiled functions hold flat memory, and give it back. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

interface Held {
  heap: number;
  arrays: number;
  programs: number;
}

const script = fileURLToPath(new URL("./memory-process.ts", import.meta.url));

function measure(way: string): { before: Held; after: Held; cost?: number } {
  const printed = execFileSync(process.execPath, ["--expose-gc", "--import", "tsx", script, way], {
    encoding: "utf8",
  });
  return JSON.parse(printed) as ReturnType<typeof measure>;
}

const MIB = 2 ** 20;

/** What a run may leave behind for reasons of its own: compiled code, statistics of the engine. */
function expectFlat({ before, after }: { before: Held; after: Held }): void {
  expect(after.heap - before.heap).toBeLessThan(4 * MIB);
  expect(after.arrays - before.arrays).toBeLessThan(2 * MIB);
  // The memory of programs grows by 16 MiB and a page at a time; what leaked would take many steps.
  expect(after.programs - before.programs).toBeLessThan(40 * MIB);
}

it("200,000 runs of a training step in one synchronous loop", () => {
  const found = measure("runs");
  expectFlat(found);
  expect(found.after.programs).toBe(found.before.programs);
  expect(found.cost).toBeLessThan(0.01);
});

it("results whose gradients are asked for, and others", () => {
  const found = measure("histories");
  expectFlat(found);
  expect(found.after.programs).toBe(found.before.programs);
});

it("100 functions that are dropped, of about 1 MB each", () => {
  expectFlat(measure("functions"));
});
