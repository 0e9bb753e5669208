import { describe, expect, it } from "vitest";
import { lostGrid, standing, stepsGrid } from "../../bench/standing.ts";
import { entries, fullRows, rowOf } from "./sample-run.ts";

const A = "program A: XOR by hand";
const GPT = "GPT 4 x 128, batch 16, AdamW";

describe("standing", () => {
  it("counts what is won, and lists what is lost to anybody, the worst first", () => {
    const rows = [
      rowOf(A, { eager: 4000, compiled: 500, pytorch: 9000, "pytorch-compiled": 1000 }),
      rowOf("add 1M", { eager: 4000, "compiled-threads": 2000, pytorch: 4000, tensorflow: 1000 }),
      rowOf(GPT, { "compiled-blas": 100e6, pytorch: 30e6, "pytorch-compiled-threads": 25e6 }),
      rowOf("exp 1M", { eager: 1000 }),
    ];
    const outcome = standing(rows);
    expect(outcome.compared).toBe(3);
    expect(lostGrid(outcome, entries)).toEqual([
      ["", "Xorch at its best", "the quickest other", "their time / ours"],
      [GPT, "100 ms, Xorch compiled, 2 threads, BLAS", "25.0 ms, PyTorch compiled, 2 threads", "0.250x"],
      ["add 1M", "2.00 us, Xorch compiled, 2 threads", "1.00 us, TensorFlow.js wasm, 1 thread", "0.500x"],
    ]);
  });

  it("takes no ceiling for a peer", () => {
    const outcome = standing(fullRows((who) => (who === "ceiling" || who === "gemm" ? 1 : 1000)));
    expect(outcome.compared).toBeGreaterThan(60);
    expect(outcome.lost).toEqual([]);
  });
});

describe("stepsGrid", () => {
  it("sets the training steps beside PyTorch alone, at its best", () => {
    const rows = [
      rowOf(A, { compiled: 500, "pytorch-threads": 200_000, "pytorch-compiled": 100_000, jax: 10 }),
      rowOf("add 1M", { compiled: 500, pytorch: 100 }),
    ];
    expect(stepsGrid(rows, entries).slice(1)).toEqual([
      [A, "500 ns, Xorch compiled, 1 thread", "100 us, PyTorch compiled, 1 thread", "200x"],
    ]);
  });
});
