import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as torch from "xorch";

const { Perceptron } = torch.nn;

const X = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const gates = { AND: [0, 0, 0, 1], NAND: [1, 1, 1, 0], OR: [0, 1, 1, 1] };
const XOR = [0, 1, 1, 0];

describe("Perceptron.fit", () => {
  it.each(Object.entries(gates))("learns %s and stops after a pass without a mistake", (_, y) => {
    const neuron = new Perceptron(2);
    const report = neuron.fit(X, y);
    expect(report.converged).toBe(true);
    expect(report.mistakes).toHaveLength(report.epochs);
    expect(report.mistakes.at(-1)).toBe(0);
    expect(report.mistakes.slice(0, -1).every((count) => count > 0)).toBe(true);
    expect(report.updates).toBe(report.mistakes.reduce((a, b) => a + b));
    expect(report.cycleFrom).toBeNull();
    expect(report.reason).toBe(`Pass ${report.epochs} made no mistake.`);
    expect(neuron.predict(X).tolist()).toEqual(y);
  });

  it("follows the rule w <- w + lr (t - y) x, b <- b + lr (t - y), sample by sample", () => {
    // OR by hand. (0,0): sum 0, y 0, right. (0,1): sum 0, y 0, t 1: w = (0, 0.5), b = 0.5. (1,0): sum 0.5, y 1,
    // right. (1,1): right. Second pass: (0,0): sum 0.5, y 1, t 0: b = 0. (0,1): 0.5, right. (1,0): sum 0, y 0, t 1:
    // w = (0.5, 0.5), b = 0.5. (1,1) right. Third: (0,0): b = 0. The rest right. Fourth: no mistake.
    const neuron = new Perceptron(2, { lr: 0.5 });
    const report = neuron.fit(X, gates.OR);
    expect(report.mistakes).toEqual([1, 2, 1, 0]);
    expect(neuron.weights.tolist()).toEqual([0.5, 0.5]);
    expect(neuron.bias).toBe(0);
    expect(Object.is(neuron.threshold, 0)).toBe(true);
  });

  it("reports that XOR cannot be learned, with the cycle that proves it", () => {
    const neuron = new Perceptron(2);
    const report = neuron.fit(X, XOR);
    expect(report.converged).toBe(false);
    expect(report.cycleFrom).not.toBeNull();
    expect(report.epochs).toBeLessThan(20);
    expect(report.reason).toMatch(/no line separates/);
    // It is a cycle: as many passes again end with the same weights.
    const [weights, bias] = [neuron.weights.tolist(), neuron.bias];
    neuron.fit(X, XOR, { maxEpochs: report.epochs - report.cycleFrom! });
    expect(neuron.weights.tolist()).toEqual(weights);
    expect(neuron.bias).toBe(bias);
  });

  it("gives up after maxEpochs", () => {
    const report = new Perceptron(2).fit(X, XOR, { maxEpochs: 2 });
    expect(report).toMatchObject({ converged: false, epochs: 2, cycleFrom: null });
    expect(report.reason).toMatch(/2 passes/);
  });

  it("finds a cycle in contradictory labels", () => {
    const report = new Perceptron(1).fit([[1], [1]], [0, 1]);
    expect(report.converged).toBe(false);
    expect(report.cycleFrom).not.toBeNull();
  });

  it("goes on from the present weights", () => {
    const neuron = new Perceptron(2);
    neuron.fit(X, gates.AND);
    expect(neuron.fit(X, gates.AND)).toMatchObject({ converged: true, epochs: 1, updates: 0 });
  });

  it("takes tensors of several dtypes and y as a column", () => {
    const learned = (x: torch.Tensor, y: torch.Tensor) => {
      const neuron = new Perceptron(2);
      neuron.fit(x, y);
      return [neuron.weights.tolist(), neuron.bias];
    };
    const plain = new Perceptron(2);
    plain.fit(X, gates.NAND);
    const expected = [plain.weights.tolist(), plain.bias];
    for (const dtype of [torch.float32, torch.float64, torch.int32, torch.int64]) {
      const y = torch.tensor(gates.NAND, { dtype });
      expect(learned(torch.tensor(X, { dtype }), y)).toEqual(expected);
      expect(learned(torch.tensor(X, { dtype }), y.reshape([4, 1]))).toEqual(expected);
    }
    expect(
      learned(torch.tensor(X, { dtype: torch.bool }), torch.tensor(gates.NAND, { dtype: torch.bool })),
    ).toEqual(expected);
  });

  it("separates whatever a line with some room around it separates", () => {
    const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 20 }),
        fc.tuple(coordinate, coordinate, coordinate),
        (points, [u, v, c]) => {
          const side = ([x, y]: [number, number]) => u * x + v * y + c;
          fc.pre(Math.hypot(u, v) > 0.2);
          const roomy = points.filter((point) => Math.abs(side(point)) > 0.1);
          fc.pre(roomy.length > 0);
          const y = roomy.map((point) => (side(point) > 0 ? 1 : 0));
          const neuron = new Perceptron(2);
          // Novikoff: at most (R ||w|| / margin)^2 corrections, R^2 <= 3 and ||(u, v, c)||^2 <= 3 here.
          const report = neuron.fit(roomy, y, { maxEpochs: 1000 });
          expect(report.converged).toBe(true);
          expect(report.updates).toBeLessThanOrEqual(900);
          expect(neuron.predict(roomy).tolist()).toEqual(y);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("Perceptron", () => {
  it("starts at zero, or where it is told to", () => {
    const plain = new Perceptron(3);
    expect(plain.weights.tolist()).toEqual([0, 0, 0]);
    expect([plain.bias, plain.threshold, plain.lr]).toEqual([0, 0, 1]);
    const and = new Perceptron(2, { weights: [0.5, 0.5], threshold: 0.7 });
    expect([and.bias, and.threshold]).toEqual([-0.7, 0.7]);
    expect(and.predict(X).tolist()).toEqual(gates.AND);
    expect(new Perceptron(1, { weights: torch.tensor([2]), bias: 1 }).weights.tolist()).toEqual([2]);
  });

  it("is inactive where the sum equals the threshold", () => {
    expect(new Perceptron(1, { weights: [1], threshold: 1 }).predict([[1], [1.5]]).tolist()).toEqual([0, 1]);
  });

  it("predicts one sample as a 0-d tensor and none as an empty one", () => {
    const neuron = new Perceptron(2, { weights: [1, 1], bias: -1.5 });
    expect(neuron.predict([1, 1]).shape).toEqual([]);
    expect(neuron.predict([1, 1]).item()).toBe(1);
    expect(neuron.predict(torch.empty([0, 2])).shape).toEqual([0]);
  });

  it("gives copies of its weights", () => {
    const neuron = new Perceptron(1, { weights: [3] });
    neuron.weights.fill_(7);
    expect(neuron.weights.tolist()).toEqual([3]);
  });

  it.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
    ["no inputs", () => new Perceptron(0), torch.ValueError, /inputs must be a whole number/],
    ["half an input", () => new Perceptron(1.5), torch.ValueError, /1\.5/],
    [
      "a learning rate of 0",
      () => new Perceptron(2, { lr: 0 }),
      torch.ValueError,
      /lr must be a number above 0/,
    ],
    ["a learning rate of NaN", () => new Perceptron(2, { lr: Number.NaN }), torch.ValueError, /lr must be/],
    ["bias and threshold", () => new Perceptron(2, { bias: 1, threshold: -1 }), torch.ValueError, /not both/],
    [
      "an infinite bias",
      () => new Perceptron(2, { bias: Number.POSITIVE_INFINITY }),
      torch.ValueError,
      /bias/,
    ],
    ["too many weights", () => new Perceptron(2, { weights: [1, 2, 3] }), torch.ShapeError, /\[2\].*\[3\]/],
    [
      "rows of the wrong width",
      () => new Perceptron(3).fit(X, XOR),
      torch.ShapeError,
      /\[samples, 3\].*\[4, 2\]/,
    ],
    ["X without rows", () => new Perceptron(2).fit([1, 2], [0, 1]), torch.ShapeError, /\[samples, 2\]/],
    ["ragged X", () => new Perceptron(2).fit([[1, 2], [1]], [0, 1]), torch.ShapeError, /ragged/],
    ["too few targets", () => new Perceptron(2).fit(X, [0, 1]), torch.ShapeError, /\[4\] or \[4, 1\].*\[2\]/],
    ["targets in two columns", () => new Perceptron(2).fit(X, X), torch.ShapeError, /\[4, 2\]/],
    [
      "a target of -1",
      () => new Perceptron(2).fit(X, [0, 1, 1, -1]),
      torch.ValueError,
      /0 or 1, got -1 at element 3/,
    ],
    [
      "NaN in X",
      () => new Perceptron(1).fit([[Number.NaN]], [0]),
      torch.ValueError,
      /X holds NaN at element 0/,
    ],
    ["NaN in y", () => new Perceptron(1).fit([[1]], [Number.NaN]), torch.ValueError, /y holds NaN/],
    ["no samples", () => new Perceptron(2).fit([], []), torch.ValueError, /no samples/],
    [
      "no passes",
      () => new Perceptron(2).fit(X, XOR, { maxEpochs: 0 }),
      torch.ValueError,
      /maxEpochs must be a whole number/,
    ],
    [
      "predicting rows of the wrong width",
      () => new Perceptron(2).predict([[1]]),
      torch.ShapeError,
      /\[1, 1\]/,
    ],
  ])("refuses %s", (_, act, kind, message) => {
    expect(act).toThrow(kind);
    expect(act).toThrow(message);
  });

  it("changes nothing when it refuses", () => {
    const neuron = new Perceptron(2);
    expect(() => neuron.fit(X, [1, 1, 1, 2])).toThrow();
    expect(neuron.weights.tolist()).toEqual([0, 0]);
    expect(neuron.bias).toBe(0);
  });
});
