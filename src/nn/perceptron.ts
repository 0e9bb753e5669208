/** The perceptron: one neuron with a step activation, and the rule by which it learns. */
import {
  anything,
  keyword,
  number,
  positive,
  required,
  signature,
  wholeFrom,
} from "../base/arguments/index.ts";
import { float64, formatShape, getDefaultDtype, type Shape, ShapeError, ValueError } from "../base/index.ts";
import { fromTypedArray, type NestedArray, Tensor, tensor } from "../tensor/index.ts";

const perceptronParameters = signature(
  "Perceptron",
  required("inputs", wholeFrom(1)),
  keyword("lr", positive, 1),
  keyword("weights", anything),
  keyword("bias", number),
  keyword("threshold", number),
);
const fitParameters = signature(
  "Perceptron.fit",
  required("X", anything),
  required("y", anything),
  keyword("maxEpochs", wholeFrom(1), 100),
);
const predictParameters = signature("Perceptron.predict", required("X", anything));

/** Options of `Perceptron`. */
export interface PerceptronOptions {
  /** Learning rate, 1 unless said. From zero weights it scales the weights and changes no answer. */
  lr?: number;
  /** Initial weights, [inputs]; zeros unless said. */
  weights?: Tensor | readonly number[];
  /** Initial bias, 0 unless said. Give this or `threshold`. */
  bias?: number;
  /** Initial threshold, that is -bias. */
  threshold?: number;
}

/** Options of `Perceptron.fit`. */
export interface FitOptions {
  /** Passes over the data after which `fit` gives up; 100 unless said. */
  maxEpochs?: number;
}

/** How the training of a perceptron went. */
export interface PerceptronReport {
  /** Whether the last pass made no mistake. */
  readonly converged: boolean;
  /** Passes made, the last one included. */
  readonly epochs: number;
  /** Mistakes in each pass. */
  readonly mistakes: readonly number[];
  /** Corrections in all: the sum of the mistakes. */
  readonly updates: number;
  /**
   * The pass (from 1; 0 is the start) that ended with the weights that the last pass ended with, too: from there the
   * rule repeats itself for ever. Null where that was not seen.
   */
  readonly cycleFrom: number | null;
  /** Why `fit` stopped, as a sentence. */
  readonly reason: string;
}

function checkNumber(where: string, name: string, value: number): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new ValueError(`${where}: ${name} must be a finite number, got ${String(value)}`);
  }
  return value;
}

/** The elements as float64 in row-major order. Throws a ValueError for NaN and infinities. */
function readFinite(
  where: string,
  name: string,
  data: Tensor | NestedArray,
): { values: Float64Array; shape: Shape } {
  const x = data instanceof Tensor ? data.detach().to(float64) : tensor(data, { dtype: float64 });
  const values = x.toTypedArray() as Float64Array;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1)
    throw new ValueError(`${where}: ${name} holds ${values[bad]} at element ${bad}; expected finite numbers`);
  return { values, shape: x.shape };
}

/**
 * One neuron: y = 1 where w.x + b > 0, else 0. In the older words the neuron is active when the weighted sum w.x
 * passes the threshold, -b.
 *
 * It learns by the perceptron rule: for each sample x with target t, in order,
 *
 *     w <- w + lr (t - y) x
 *     b <- b + lr (t - y)
 *
 * which changes nothing where y is right. If some line (plane, hyperplane) separates the two classes, a pass without
 * a mistake comes after finitely many corrections; if none does, it never comes.
 *
 * Source: F. Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the
 * brain", Psychological Review 65 (1958); the convergence proof is A. Novikoff's (1962).
 *
 * Shapes: X [samples, inputs], y [samples] or [samples, 1] of 0s and 1s, as tensors of any dtype or nested arrays.
 * The rule runs in float64.
 *
 * @throws ShapeError where X, y or the weights do not fit; ValueError for targets other than 0 and 1, for NaN and
 * infinities, and for options that make no sense.
 *
 * @example
 * const neuron = new torch.nn.Perceptron(2);
 * const report = neuron.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]); // AND
 * report.converged; // true
 */
export class Perceptron {
  /** How many inputs there are. */
  readonly inputs: number;
  /** The learning rate: how far one mistake moves the weights. */
  readonly lr: number;
  readonly #w: Float64Array;
  #b: number;

  constructor(inputs: number, options?: PerceptronOptions);
  constructor(...given: unknown[]) {
    const where = "Perceptron";
    const { inputs, lr, weights, bias, threshold } = perceptronParameters.named(given);
    checkNumber(where, "lr", lr);
    if (bias !== undefined && threshold !== undefined) {
      throw new ValueError(`${where}: give bias or threshold, not both; the threshold is -bias`);
    }
    this.inputs = inputs;
    this.lr = lr;
    this.#w = new Float64Array(inputs);
    if (weights !== undefined) {
      const { values, shape } = readFinite(where, "weights", weights as NestedArray);
      if (shape.length !== 1 || values.length !== inputs) {
        throw new ShapeError(
          `${where}: weights must have shape [${inputs}], one an input, got ${formatShape(shape)}`,
        );
      }
      this.#w.set(values);
    }
    this.#b =
      threshold === undefined
        ? checkNumber(where, "bias", bias ?? 0)
        : -checkNumber(where, "threshold", threshold);
  }

  /** A copy of the weights: [inputs], float64. */
  get weights(): Tensor {
    return fromTypedArray(this.#w.slice());
  }

  /** What is added to the weighted sum. */
  get bias(): number {
    return this.#b;
  }

  /** What the weighted sum must pass for the neuron to be active: -bias. */
  get threshold(): number {
    // Not -0 for a bias of 0.
    return 0 - this.#b;
  }

  /** 1 where the weighted sum of the row that starts at `start` passes the threshold, else 0. */
  #answer(x: Float64Array, start: number): 0 | 1 {
    let sum = this.#b;
    for (let i = 0; i < this.inputs; i++) sum += this.#w[i]! * x[start + i]!;
    return sum > 0 ? 1 : 0;
  }

  /** Goes over the samples once, correcting each mistake; returns how many there were. */
  #pass(x: Float64Array, targets: Float64Array): number {
    let mistakes = 0;
    targets.forEach((target, sample) => {
      const start = sample * this.inputs;
      const error = target - this.#answer(x, start);
      if (error === 0) return;
      for (let i = 0; i < this.inputs; i++) this.#w[i]! += this.lr * error * x[start + i]!;
      this.#b += this.lr * error;
      mistakes++;
    });
    return mistakes;
  }

  /**
   * Learns by the rule above, from the present weights, until a full pass makes no mistake, or until the weights
   * after a pass are those after an earlier one (then they would come round for ever), or for `maxEpochs` passes.
   */
  fit(X: Tensor | NestedArray, y: Tensor | NestedArray, options?: FitOptions): PerceptronReport;
  fit(...given: unknown[]): PerceptronReport {
    const where = "Perceptron.fit";
    const [X, y, maxEpochs] = fitParameters.read(given);
    const x = readFinite(where, "X", X as NestedArray);
    const targets = readFinite(where, "y", y as NestedArray);
    const samples = this.#checkSamples(where, x.shape);
    const [rows, columns = 1] = targets.shape;
    if (targets.shape.length === 0 || targets.shape.length > 2 || rows !== samples || columns !== 1) {
      throw new ShapeError(
        `${where}: y must have shape [${samples}] or [${samples}, 1], one target a row of X, got ${formatShape(targets.shape)}`,
      );
    }
    if (samples === 0) throw new ValueError(`${where}: there are no samples to learn from`);
    const strange = targets.values.findIndex((t) => t !== 0 && t !== 1);
    if (strange !== -1) {
      throw new ValueError(
        `${where}: targets must be 0 or 1, got ${targets.values[strange]} at element ${strange}`,
      );
    }

    const mistakes: number[] = [];
    const state = () => `${this.#w.join()},${this.#b}`;
    const seen = new Map([[state(), 0]]);
    let cycleFrom: number | null = null;
    while (mistakes.length < maxEpochs && mistakes.at(-1) !== 0 && cycleFrom === null) {
      mistakes.push(this.#pass(x.values, targets.values));
      if (mistakes.at(-1) !== 0) cycleFrom = seen.get(state()) ?? null;
      seen.set(state(), mistakes.length);
    }
    return report(mistakes, cycleFrom);
  }

  /** 1 or 0 for each row of X: [samples] for [samples, inputs], 0-d for one sample [inputs]; default float dtype. */
  predict(X: Tensor | NestedArray): Tensor;
  predict(...given: unknown[]): Tensor {
    const where = "Perceptron.predict";
    const [X] = predictParameters.read(given);
    const { values, shape } = readFinite(where, "X", X as NestedArray);
    const single = shape.length === 1;
    const samples = this.#checkSamples(where, single ? [1, ...shape] : shape);
    const answers = Array.from({ length: samples }, (_, sample) =>
      this.#answer(values, sample * this.inputs),
    );
    return tensor(single ? answers[0]! : answers, { dtype: getDefaultDtype() });
  }

  /** The number of rows of X; throws a ShapeError where it is not [samples, inputs]. */
  #checkSamples(where: string, shape: Shape): number {
    // An empty array has no columns to count.
    if (shape.length === 1 && shape[0] === 0) return 0;
    if (shape.length !== 2 || shape[1] !== this.inputs) {
      throw new ShapeError(
        `${where}: X must have shape [samples, ${this.inputs}], got ${formatShape(shape)}`,
      );
    }
    return shape[0]!;
  }
}

function report(mistakes: readonly number[], cycleFrom: number | null): PerceptronReport {
  const epochs = mistakes.length;
  const converged = mistakes.at(-1) === 0;
  const updates = mistakes.reduce((sum, count) => sum + count, 0);
  const reason = converged
    ? `Pass ${epochs} made no mistake.`
    : cycleFrom !== null
      ? `The weights after pass ${epochs} are those after pass ${cycleFrom} again, so the rule would go round for ever: no line separates the two classes.`
      : `No pass without a mistake in ${epochs} passes: either no line separates the two classes, or it takes more passes.`;
  return { converged, epochs, mistakes, updates, cycleFrom, reason };
}
