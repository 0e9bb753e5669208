import { describe, expect, it } from "vitest";
import { type RunRecord, rowsOf } from "../../bench/record.ts";
import type { Row } from "../../bench/report.ts";
import { rowOf, runOf } from "./sample-run.ts";

const reread = (run: RunRecord): RunRecord => JSON.parse(JSON.stringify(run)) as RunRecord;

describe("the record of a run", () => {
  const row: Row = rowOf("matmul 256 TN", { eager: 2000, gemm: 1000 });
  row.results.eager = { rounds: [1000, 3000, 2500] };
  row.results.pytorch = { rounds: [10], way: "optimizer fused" };
  row.results.jax = { unable: "no" };
  row.results.tensorflow = { error: "Error: gone" };

  it("has the statistics of every contestant", () => {
    const { results } = runOf([row]).workloads[0]!;
    expect(results.eager).toEqual({ medianNs: 2500, bestNs: 1000, spread: 0.2, rounds: [1000, 3000, 2500] });
    expect(results.jax).toEqual({ unable: "no" });
  });

  it("can be gone on from", () => {
    expect(rowsOf(reread(runOf([row])))).toEqual([row]);
  });

  it("leaves out what is measured otherwise by now, or no more", () => {
    const run = reread(runOf([row, rowOf("program A: XOR by hand", { eager: 1 })]));
    const [product, program] = run.workloads;
    Object.assign(product!.settings, { n: 257 });
    program!.name = "program Z";
    expect(rowsOf(run)).toEqual([]);
  });
});
