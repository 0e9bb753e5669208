/** A training loop that never lets go of the thread and never frees anything. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/**
 * V8 lets its young generation grow to 16 MiB over the first million steps of any program that allocates; beginning with
 * that size leaves only growth that does not end.
 */
const youngGeneration = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

const script = fileURLToPath(new URL("./memory/training-loop.mjs", import.meta.url));

it("holds flat memory for a million training steps in one synchronous loop", () => {
  const printed = execFileSync(process.execPath, [...youngGeneration, script, "1000000"], {
    encoding: "utf8",
  });
  const { settled, end, cost } = JSON.parse(printed) as { settled: number; end: number; cost: number };
  console.log(
    `memory: ${Math.round(settled / 2 ** 20)} MiB after 100,000 steps, ${Math.round(end / 2 ** 20)} at the end`,
  );
  expect(Math.abs(end - settled) / settled).toBeLessThan(0.2);
  expect(cost).toBeLessThan(1e-6);
}, 600_000);
