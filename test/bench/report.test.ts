import { describe, expect, it } from "vitest";
import { aligned, best, formatTime, grid, markdown, median, notes, spread } from "../../bench/report.ts";
import { entries, rowOf, workload } from "./sample-run.ts";

const A = "program A: XOR by hand";

describe("statistics of rounds", () => {
  it("takes the middle, or the mean of the two middles", () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 2, 8])).toBe(3);
  });

  it("gives half of the distance between the quartiles relative to the median", () => {
    expect(spread([1e6, 90, 100, 80, 120])).toBeCloseTo(0.15, 12);
    expect(spread([90, 100, 130])).toBeCloseTo((115 - 95) / 200, 12);
    expect(spread([7])).toBe(0);
  });

  it("finds the quickest of those that were measured", () => {
    const row = rowOf(A, { pytorch: 300, "pytorch-threads": 200 });
    row.results.jax = { unable: "no" };
    expect(best(row, ["pytorch", "pytorch-threads", "jax", "eager"])).toEqual({
      name: "pytorch-threads",
      time: 200,
      spread: 0,
    });
    expect(best(row, ["jax", "eager"])).toBeNull();
  });
});

describe("formatTime", () => {
  it.each([
    [0.512, "0.512 ns"],
    [999, "999 ns"],
    [1000, "1.00 us"],
    [12_345, "12.3 us"],
    [123_456, "123 us"],
    [1.5e6, "1.50 ms"],
    [2.5e9, "2.50 s"],
    [1.2345e12, "1235 s"],
  ])("%d ns", (nanoseconds, text) => {
    expect(formatTime(nanoseconds)).toBe(text);
  });
});

describe("grid", () => {
  it("compares others with the quickest of ours, and has no column for who was not there", () => {
    const row = rowOf(A, { eager: 4000, compiled: 500, pytorch: 100_000, "pytorch-threads": 150_000 });
    expect(grid([row], "steps", entries)).toEqual([
      ["", "Xorch eager, 2 threads, BLAS", "Xorch compiled, 1 thread", "PyTorch eager"],
      [A, "4.00 us, ±0%", "500 ns, ±0%", "100 us, ±0%, 1 thread, 200x"],
    ]);
  });

  it("says where there is no number", () => {
    const row = rowOf(A, { eager: 1000 });
    row.results.tensorflow = { unable: "no gradient" };
    row.results.jax = { error: "TypeError" };
    const other = rowOf("program B: XOR with modules", { eager: 1000 });
    const table = grid([row, other], "steps", entries);
    expect(table[1]!.slice(2)).toEqual(["unable", "failed"]);
    expect(table[2]!.slice(2)).toEqual(["", ""]);
  });

  it("shows a rate where the operations are known", () => {
    const row = rowOf("matmul 16 NN", { eager: 1000, ceiling: 500 });
    expect(grid([row], "products", entries)[1]).toEqual([
      "matmul 16 NN",
      "8.19 GFLOPS, ±0%",
      "16.4 GFLOPS, ±0%, 0.500x",
    ]);
  });

  it("holds the rows of its group alone", () => {
    expect(grid([rowOf(A, { eager: 1 })], "products", entries)).toEqual([]);
  });
});

describe("tables as text", () => {
  const table = [
    ["", "one"],
    ["a long name", "1"],
    ["b", "22"],
  ];

  it("pads columns for a terminal", () => {
    expect(aligned(table)).toBe("             one\na long name  1\nb            22");
  });

  it("writes Markdown", () => {
    expect(markdown(table)).toBe("|  | one |\n| --- | --- |\n| a long name | 1 |\n| b | 22 |");
    expect(markdown([])).toBe("");
  });
});

describe("notes", () => {
  it("tells each reason once, with all of its workloads", () => {
    const rows = [A, "CNN 16-32, batch 64, Adam"].map((name) => ({
      workload: workload(name),
      results: { jax: { unable: "too slow" }, eager: { rounds: [1] } },
    }));
    const absent = ["pytorch", "pytorch-threads"].map((name) => ({
      name,
      label: "",
      title: null,
      absent: "no network",
    }));
    expect(notes(rows, [...absent, ...entries])).toEqual([
      "absent: pytorch, pytorch-threads: no network",
      `jax unable: too slow (${A}, CNN 16-32, batch 64, Adam)`,
    ]);
  });
});
