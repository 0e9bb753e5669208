import { describe, expect, it } from "vitest";
import { judge } from "../../bench/aims.ts";
import { fullRows, rowOf, runOf } from "./sample-run.ts";

const verdict = (rows: Parameters<typeof judge>[0], what: string, against = /./) =>
  judge(rows).find((aim) => aim.what.startsWith(what) && (aim.against === "" || against.test(aim.against)))!;

describe("judge", () => {
  it("finds everything that it asks for in a full run", () => {
    const aims = runOf(fullRows(() => 1000)).aims;
    expect(aims.filter(({ measured }) => measured === null)).toEqual([]);
  });

  it("says what was not measured", () => {
    const aims = judge([]);
    expect(new Set(aims.map(({ verdict }) => verdict))).toEqual(new Set(["not measured"]));
    expect(new Set(aims.map(({ measured }) => measured))).toEqual(new Set([null]));
  });

  it("takes PyTorch at its best", () => {
    const rows = (best: number) => [
      rowOf("program B: XOR with modules", { compiled: 1000, pytorch: 300_000, "pytorch-threads": best }),
    ];
    expect(verdict(rows(200_000), "program B")).toMatchObject({ measured: "200x", verdict: "met" });
    expect(verdict(rows(149_000), "program B")).toMatchObject({ measured: "149x", verdict: "missed" });
  });

  it("tells level from met where both count", () => {
    const rows = (time: number) => [
      rowOf("CNN 16-32, batch 64, Adam", { "compiled-blas": 1000, pytorch: time }),
    ];
    expect(verdict(rows(1300), "CNN")).toMatchObject({ measured: "1.30x", verdict: "met" });
    expect(verdict(rows(1100), "CNN")).toMatchObject({ measured: "1.10x", verdict: "level" });
    expect(verdict(rows(990), "CNN")).toMatchObject({ measured: "0.990x", verdict: "missed" });
  });

  it("counts the worst transposition, as a share of the ceiling", () => {
    const rows = fullRows((who, { name }) =>
      who === "ceiling" ? 700 : name === "matmul 512 TN" ? 1100 : 1000,
    );
    expect(verdict(rows, "matrix product 256")).toMatchObject({ measured: "70%", verdict: "met" });
    expect(verdict(rows, "matrix product 512,")).toMatchObject({ measured: "64%", verdict: "missed" });
    const without = rows.filter(({ workload }) => workload.name !== "matmul 512 NT");
    expect(verdict(without, "matrix product 512,").verdict).toBe("not measured");
  });

  // Programs A and B, the classifier twice, three larger models, twelve products, BLAS twice, the chain.
  it("counts the worst of all workloads against the others on WebAssembly", () => {
    const rows = fullRows((who, { name }) => (who !== "jax" ? 1000 : name.startsWith("GPT") ? 1900 : 5000));
    expect(verdict(rows, "all of these", /jax/)).toMatchObject({
      measured: "1.90x (GPT 4 x 128, batch 16, AdamW), over 22",
      verdict: "missed",
    });
    const able = rows.filter(({ workload }) => !workload.name.startsWith("GPT"));
    expect(verdict(able, "all of these", /jax/)).toMatchObject({ verdict: "met" });
  });

  it("holds compile times against a limit", () => {
    const first = (time: number) => [rowOf("first step of program B", { compiled: time })];
    const aim = "compile time of program B";
    expect(verdict(first(49e6), aim)).toMatchObject({ measured: "49.0 ms", verdict: "met" });
    expect(verdict(first(51e6), aim)).toMatchObject({ measured: "51.0 ms", verdict: "missed" });
  });
});
