/** `compile.explain` and `compile.dot`: what they say of programs that are known. */
import { describe, expect, it } from "vitest";
import * as torch from "../../src/index.ts";
import { errorOf } from "./against-eager.ts";

const { explain, dot } = torch.compile;

/** The lines of an explanation that tell of steps, cut into columns. */
function stepsOf(text: string): string[][] {
  const lines = text.split("\n").filter((line) => /^ {2}\d+ /.test(line));
  return lines.map((line) => line.trim().split(/ {2,}/));
}

/** A training step of one layer. */
function trained() {
  torch.manualSeed(777);
  const model = new torch.nn.Linear(2, 3);
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
  const step = torch.compile(function train(x: torch.Tensor) {
    optimizer.zeroGrad();
    const cost = model.forward(x).sigmoid().mul(2).sum();
    cost.backward();
    optimizer.step();
    return cost;
  });
  step(torch.rand([4, 2]));
  return step;
}

describe("explain", () => {
  it("lists steps with their ops, operands, cost and way, and the memory", () => {
    const text = explain(trained());
    expect(text).toMatch(
      /^compiled train: 1 program\nprogram 1 of 1\nfor arguments \[float32\[4,2\]\], gradients recorded, default dtype float32\n/,
    );
    expect(text).toMatch(
      /\ncompiled in \d+\.\d ms: trace \d+\.\d, optimize \d+\.\d, plan \d+\.\d, emit \d+\.\d\n/,
    );
    expect(text).toMatch(
      /\nmemory: a workspace of \d+ B \(\d+ B if nothing were shared\), \d+ tensors of their own of \d+ B, 3 of them results and gradients\n/,
    );
    const steps = stepsOf(text);
    const [first] = steps;
    // [4, 2] x [2, 3] with a bias: 4 * 3 * (2 * 2 + 1) operations; 8 + 6 + 3 + 12 floats.
    expect(first!.slice(0, 4)).toEqual([
      "1",
      "matmul",
      "matmul",
      expect.stringMatching(/^float32\[4, 2\], float32\[2, 3\], float32\[3\] -> float32\[4, 3\]@\d+$/),
    ]);
    expect(first![4]).toMatch(/^60 flop \d+%$/);
    expect(first![5]).toMatch(/^116 B \d+%$/);
    expect(first![6]).toBe("one thread");
    const ops = steps.map((step) => step[2]).join(", ");
    for (const op of ["sigmoid", "mul", "sum", "sigmoid backward", "SGD"]) expect(ops).toContain(op);
    // Pointwise ops have become parts of other steps.
    expect(steps.length).toBeLessThan(8);
    const counted = Number(/(\d+) ops in (\d+) steps/.exec(text)![2]);
    expect(counted).toBe(steps.length);
  });

  it("puts equal ops together and shortens long lists", () => {
    const repeated = torch.compile((x: torch.Tensor) => {
      let y = x;
      for (let i = 0; i < 5; i++) y = y.mul(x);
      return y;
    });
    repeated(torch.rand([3]));
    expect(stepsOf(explain(repeated)).map((step) => step[2])).toEqual(["5 x mul"]);
    const long = torch.compile((x: torch.Tensor) =>
      x.exp().neg().abs().add(1).log().sub(2).mul(3).tanh().sqrt(),
    );
    long(torch.rand([3]));
    expect(explain(long)).toContain("9 ops in 1 step,");
    expect(stepsOf(explain(long)).map((step) => step[2])).toEqual([
      "exp, neg, abs, add, log, sub and 3 more",
    ]);
  });

  it("says which steps threads share, and which the eager device does", () => {
    const f = torch.compile((x: torch.Tensor, k: torch.Tensor) => [x.exp().log(), k.matmul(k)]);
    f(torch.rand([1000, 1000]), torch.ones([2, 2], { dtype: torch.int32 }));
    const ways = new Map(stepsOf(explain(f)).map((step) => [step[2], step[6]]));
    expect(ways.get("exp, log")).toBe("all threads");
    expect(ways.get("matmul")).toContain("eager device");
  });

  it.runIf(torch.backends.blas.available)("says which products go to the BLAS", () => {
    const f = torch.compile((x: torch.Tensor) => x.matmul(x));
    f(torch.rand([128, 128]));
    expect(stepsOf(explain(f))[0]![6]).toContain("BLAS");
    torch.backends.blas.enabled = false;
    try {
      f(torch.rand([128, 128]));
      expect(stepsOf(explain(f))[0]![6]).not.toContain("BLAS");
    } finally {
      torch.backends.blas.enabled = true;
    }
  });

  it("tells of all programs, the latest first, and of their backward passes", () => {
    const w = torch.ones([2], { requiresGrad: true });
    const f = torch.compile((x: torch.Tensor, scale: number) => x.mul(w).mul(scale).sum());
    f(torch.ones([2]), 3);
    torch.noGrad(() => f(torch.ones([5, 2]), 3));
    expect(explain(f)).not.toContain("backward pass");
    f(torch.ones([2]), 3).backward();
    const text = explain(f);
    expect(text).toContain("compiled a function: 2 programs");
    const [, first, second] = text.split(/program \d of 2\n/);
    expect(first).toMatch(/^for arguments \[float32\[2\],3\], gradients recorded/);
    expect(first).toContain("its backward pass\ncompiled in ");
    expect(second).toMatch(/^for arguments \[float32\[5,2\],3\], gradients not recorded/);
    expect(second).not.toContain("backward pass");
  });

  it("tells of backward passes without the checks that the call has made", () => {
    const table = torch.rand([5, 3], { requiresGrad: true });
    const f = torch.compile((index: torch.Tensor) => torch.nn.functional.embedding(index, table).exp());
    f(torch.tensor([1, 2], { dtype: torch.int64 }))
      .sum()
      .backward();
    const [forward, backward] = explain(f).split("its backward pass");
    const kinds = (text: string | undefined) => stepsOf(text!).map((step) => step[1]);
    expect(kinds(forward)).toContain("check");
    expect(kinds(backward)).not.toContain("check");
    expect(kinds(backward)).toContain("scatter");
  });

  it("counts reductions, contractions, scattered sums and rows", () => {
    const operations = (fn: (x: torch.Tensor) => unknown, x: torch.Tensor): string[] => {
      const f = torch.compile(fn);
      f(x);
      return stepsOf(explain(f)).map((step) => step[4]!.split(" ").slice(0, 2).join(" "));
    };
    // 100 additions of 100 elements.
    expect(operations((x) => x.sum(), torch.rand([10, 10]))).toEqual(["100 flop"]);
    expect(operations((x) => x.square().sum(), torch.rand([10, 10]))).toEqual(["200 flop"]);
    // 3x3 windows of 2 channels in 4 x 4 places, 5 results each: 2 * 16 * 5 * 18.
    const weight = torch.rand([5, 2, 3, 3]);
    expect(operations((x) => torch.conv2d(x, weight), torch.rand([1, 2, 6, 6]))).toContain("2.9 kflop");
    const index = torch.zeros([7], { dtype: torch.int64 });
    expect(operations((x) => torch.zeros([3]).scatterAdd(0, index, x), torch.rand([7]))).toContain("7 flop");
  });
});

describe("dot", () => {
  it("writes a graph: every name is declared, every step is a box", () => {
    const text = dot(trained());
    const lines = text.trimEnd().split("\n");
    expect([lines[0], lines.at(-1)]).toEqual(["digraph {", "}"]);
    const boxes: string[] = [];
    const declared = new Set<string>();
    const arrows: string[][] = [];
    for (const line of lines.slice(1, -1)) {
      const [, name, label, shape] =
        /^ {2}(n\d+) \[label="((?:[^"\\]|\\.)*)", shape=(box|ellipse)\];$/.exec(line) ?? [];
      if (name === undefined) arrows.push(/^ {2}(n\d+) -> (n\d+);$/.exec(line)!.slice(1));
      else {
        expect(declared.has(name)).toBe(false);
        declared.add(name);
        if (shape === "box") boxes.push(label!);
      }
    }
    for (const name of arrows.flat()) expect(declared).toContain(name);
    expect(boxes[0]).toBe("matmul\\nmatmul float32[4, 3]");
    expect(boxes.filter((label) => label.startsWith("SGD"))).not.toHaveLength(0);
    // Whatever a step makes is read by another, or goes out: one cost, two gradients, two parameters.
    for (const name of declared) expect(arrows.some((arrow) => arrow.includes(name))).toBe(true);
    expect(text.match(/label="result/g)).toHaveLength(3);
    expect(text.match(/label="stored outside/g)).toHaveLength(2);
    expect(text).toContain('label="given\\nfloat32, 8"');
  });
});

describe("explain and dot refuse", () => {
  it("what compile did not give, and what has not been called", () => {
    const f = torch.compile(function fresh() {
      return 0;
    });
    expect(errorOf(() => explain(() => 0))).toBe(
      "CompileError: compile.explain: this is no function that torch.compile gave",
    );
    expect(errorOf(() => explain(f))).toBe(
      "CompileError: compile.explain: fresh has not been compiled yet; call it once first",
    );
    expect(errorOf(() => dot(f))).toMatch(/^CompileError: compile\.dot: fresh has not been compiled yet/);
    f();
    expect(explain(f)).toContain("0 ops in 0 steps");
  });
});
