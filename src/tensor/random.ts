/** Random tensors: PyTorch's streams, from `torch.manualSeed` on. */
import {
  DTypeError,
  getDefaultDtype,
  int32,
  type Shape,
  type TypedArray,
  ValueError,
} from "../base/index.ts";
import { checkValues } from "../ops/check-values.ts";
import { replayed, tape, trace, withoutTape } from "../ops/executor.ts";
import { ge, le, logicalAnd, lt } from "../ops/pointwise/index.ts";
import { all } from "../ops/reductions.ts";
import {
  defaultGenerator,
  fillBernoulli,
  fillBernoulliFrom,
  fillExponential,
  fillNormal,
  fillNormalSerial,
  fillRandint,
  fillRandom,
  fillRandperm,
  fillUniform,
  type Generator,
} from "../random/index.ts";
import { newTensor, type TensorOptions } from "./creation.ts";
import { allocate } from "./eager.ts";
import type { Tensor } from "./tensor.ts";

/** Options of every function that makes a random tensor. */
export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from; the default generator unless said. */
  generator?: Generator;
}

/**
 * Seeds the default generator. The same seed gives the numbers that PyTorch gives on the CPU.
 *
 * @throws ValueError for a seed outside [-2^63, 2^64).
 * Source: https://pytorch.org/docs/stable/generated/torch.manual_seed.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randn([3]); // tensor([-0.4015, -0.5934, 1.6885])
 */
export function manualSeed(seed: number | bigint): Generator {
  noteState(defaultGenerator);
  return replayed(() => defaultGenerator.manualSeed(seed));
}

/**
 * Seeds the default generator from the system's randomness; returns the seed.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.seed.html
 *
 * @example
 * torch.seed() === torch.initialSeed(); // true
 */
export function seed(): number {
  noteState(defaultGenerator);
  return replayed(() => defaultGenerator.seed());
}

/**
 * The seed that the default generator was last given.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.initial_seed.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.initialSeed(); // 777
 */
export function initialSeed(): number | bigint {
  return defaultGenerator.initialSeed();
}

/**
 * The state of the default generator, in PyTorch's own layout.
 *
 * Source: https://pytorch.org/docs/stable/generated/torch.get_rng_state.html
 *
 * @example
 * const state = torch.getRngState();
 * const first = torch.rand([1]).item();
 * torch.setRngState(state);
 * torch.rand([1]).item() === first; // true
 */
export function getRngState(): Uint8Array {
  return defaultGenerator.getState();
}

/**
 * Puts the default generator back to a state that `getRngState` gave.
 *
 * @throws ValueError for bytes that are no such state.
 * Source: https://pytorch.org/docs/stable/generated/torch.set_rng_state.html
 *
 * @example
 * torch.setRngState(torch.getRngState());
 */
export function setRngState(state: Uint8Array): void {
  noteState(defaultGenerator);
  replayed(() => defaultGenerator.setState(state));
}

type FloatArray = Float32Array | Float64Array;
type Fill = (out: TypedArray, generator: Generator) => void;

interface GeneratorOption {
  generator?: Generator;
}

/** A trace that fails leaves a generator as it was. */
function noteState(generator: Generator): void {
  if (trace === null) return;
  const before = generator.getState();
  trace.onFailure(() => generator.setState(before));
}

/** Overwrites a tensor with what `fill` draws, for row-major memory or, if `serial` is given, in the order of the elements. */
function overwrite(
  name: string,
  x: Tensor,
  { generator = defaultGenerator }: GeneratorOption,
  fill: Fill,
  serial: Fill = fill,
): Tensor {
  tape?.checkInPlace(name, x);
  const count = x.numel();
  if (trace !== null) {
    noteState(generator);
    const drawn = trace.written(x.shape, x.dtype, (values) => (x.dense ? fill : serial)(values, generator));
    return x.copy_(drawn);
  }
  if (x.dense && !x.requiresGrad) {
    const start = x.storage.base + x.offset;
    fill(x.storage.data.subarray(start, start + count), generator);
    x.storage.version++;
    x.storage.lastWriter = name;
    return x;
  }
  const values = new x.dtype.Array(count);
  (x.dense ? fill : serial)(values, generator);
  return x.copy_(x.detach().newTensor(values, x.shape).to(x.dtype));
}

/** Coin flips in a trace: the numbers that are drawn do not depend on the probabilities. */
function flip(x: Tensor, p: Tensor, options: GeneratorOption): Tensor {
  const holds = withoutTape(() => all(logicalAnd(ge(p, 0), le(p, 1))));
  checkValues(holds, () => new ValueError("bernoulli_: p must be in [0, 1], and some element is not"));
  const uniform: Fill = (out, generator) => fillUniform(out as FloatArray, 0, 1, generator);
  return x.copy_(lt(overwrite("bernoulli_", allocate(x.device, p.dtype, x.shape), options, uniform), p));
}

function requireFloat(name: string, x: Tensor): void {
  if (!x.dtype.isFloatingPoint) {
    throw new DTypeError(`${name}: needs a floating-point tensor, got ${x.dtype}`);
  }
}

/** Methods that fill a tensor with random numbers, overwriting it. */
export const randomMethods = {
  /**
   * Fills the tensor from the normal distribution of the given mean and standard deviation.
   *
   * @throws DTypeError unless floating point; AutogradError for a leaf that requires gradients.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
   *
   * @example
   * torch.manualSeed(777);
   * torch.empty([3]).normal_(); // tensor([-0.4015, -0.5934, 1.6885])
   */
  normal_(x: Tensor, mean = 0, std = 1, options: GeneratorOption = {}): Tensor {
    requireFloat("normal_", x);
    return overwrite(
      "normal_",
      x,
      options,
      (out, generator) => fillNormal(out as FloatArray, mean, std, generator),
      (out, generator) => fillNormalSerial(out as FloatArray, mean, std, generator),
    );
  },

  /**
   * Fills the tensor from the uniform distribution on [from, to).
   *
   * @throws DTypeError unless floating point; AutogradError for a leaf that requires gradients.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
   *
   * @example
   * torch.manualSeed(777);
   * torch.empty([3]).uniform_(-1, 1); // tensor([-0.8362, -0.0177, -0.1934])
   */
  uniform_(x: Tensor, from = 0, to = 1, options: GeneratorOption = {}): Tensor {
    requireFloat("uniform_", x);
    return overwrite("uniform_", x, options, (out, generator) =>
      fillUniform(out as FloatArray, from, to, generator),
    );
  },

  /**
   * Fills the tensor with 1 at probability `p`, else 0. `p` may be a tensor of the same shape.
   *
   * @throws ValueError for a probability outside [0, 1].
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
   *
   * @example
   * torch.manualSeed(777);
   * torch.empty([5]).bernoulli_(0.5); // tensor([0., 1., 1., 0., 0.])
   */
  bernoulli_(x: Tensor, p: number | Tensor = 0.5, options: GeneratorOption = {}): Tensor {
    if (trace !== null && typeof p !== "number") return flip(x, p, options);
    return overwrite("bernoulli_", x, options, (out, generator) => {
      if (typeof p === "number") fillBernoulli(out, p, generator);
      else fillBernoulliFrom(out, p.expand(x.shape).toTypedArray() as FloatArray, generator);
    });
  },

  /**
   * Fills the tensor from the exponential distribution: density rate * exp(-rate x).
   *
   * @throws DTypeError unless floating point; AutogradError for a leaf that requires gradients.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html
   *
   * @example
   * torch.manualSeed(777);
   * torch.empty([3]).exponential_(); // tensor([1.0651, 0.2566, 0.0519])
   */
  exponential_(x: Tensor, rate = 1, options: GeneratorOption = {}): Tensor {
    requireFloat("exponential_", x);
    return overwrite("exponential_", x, options, (out, generator) =>
      fillExponential(out as FloatArray, rate, generator),
    );
  },

  /**
   * Fills the tensor with whole numbers on [from, to), or [0, from); without bounds, on all that the dtype
   * holds exactly.
   *
   * @throws ValueError for an empty range.
   * Source: https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
   *
   * @example
   * torch.manualSeed(777);
   * torch.empty([4]).random_(0, 10); // tensor([5., 9., 1., 8.])
   */
  random_(x: Tensor, from?: number | bigint, to?: number | bigint, options: GeneratorOption = {}): Tensor {
    return overwrite("random_", x, options, (out, generator) => {
      if (from === undefined) fillRandom(out, generator);
      else if (to === undefined) fillRandint(out, 0, from, generator);
      else fillRandint(out, from, to, generator);
    });
  },
};

/** Creates memory, fills it, and only then marks it as wanting gradients. */
function create(where: string, shape: Shape, options: RandomOptions, fill: (x: Tensor) => void): Tensor {
  const x = newTensor(where, shape, options);
  fill(x);
  if (options.requiresGrad) x.requiresGrad = true;
  return x;
}

function requireFloatOption(where: string, { dtype = getDefaultDtype() }: RandomOptions): void {
  if (!dtype.isFloatingPoint) throw new DTypeError(`${where}: needs a floating-point dtype, got ${dtype}`);
}

/**
 * Uniform numbers on [0, 1).
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.rand.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.rand([3]); // tensor([0.0819, 0.4911, 0.4033])
 */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  requireFloatOption("rand", options);
  return create("rand", shape, options, (x) => randomMethods.uniform_(x, 0, 1, options));
}

/**
 * Numbers from the standard normal distribution, of mean 0 and variance 1.
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.randn.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randn([2, 2]); // tensor([[-0.4015, -0.5934], [1.6885, 0.5554]])
 */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  requireFloatOption("randn", options);
  return create("randn", shape, options, (x) => randomMethods.normal_(x, 0, 1, options));
}

/**
 * Normal numbers of the given mean and standard deviation.
 *
 * @throws DTypeError unless the dtype is floating point; ValueError for a negative deviation.
 * Source: https://pytorch.org/docs/stable/generated/torch.normal.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.normal(10, 2, [3]); // tensor([9.1970, 8.8133, 13.3770])
 */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  requireFloatOption("normal", options);
  return create("normal", shape, options, (x) => randomMethods.normal_(x, mean, std, options));
}

/**
 * Whole numbers on [0, high) or [low, high): randint(high, shape) or randint(low, high, shape); int32 unless
 * said.
 *
 * @throws ValueError for an empty range.
 * Source: https://pytorch.org/docs/stable/generated/torch.randint.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randint(10, [5]); // tensor([5, 9, 1, 8, 5])
 */
export function randint(high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(low: number, high: number, shape: Shape, options?: RandomOptions): Tensor;
export function randint(a: number, b: number | Shape, c?: Shape | RandomOptions, d?: RandomOptions): Tensor {
  const [low, high] = typeof b === "number" ? [a, b] : [0, a];
  const shape = (typeof b === "number" ? c : b) as Shape;
  const options = ((typeof b === "number" ? d : c) as RandomOptions | undefined) ?? {};
  return create("randint", shape, { ...options, dtype: options.dtype ?? int32 }, (x) =>
    randomMethods.random_(x, low, high, options),
  );
}

/**
 * 0 to n - 1 in random order; int32 unless said.
 *
 * @throws ValueError unless n is a whole number of at least 0; DTypeError unless the dtype is int32 or
 * int64.
 * Source: https://pytorch.org/docs/stable/generated/torch.randperm.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.randperm(5); // tensor([0, 4, 3, 2, 1])
 */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  if (!Number.isInteger(n) || n < 0)
    throw new ValueError(`randperm: n must be a whole number of at least 0, got ${n}`);
  const { dtype = int32, generator } = options;
  if (dtype.kind !== "int" || dtype.bytes < 4) {
    throw new DTypeError(`randperm: the dtype must be int32 or int64, got ${dtype}`);
  }
  return create("randperm", [n], { ...options, dtype }, (x) =>
    overwrite("randperm", x, { generator }, (out, source) =>
      fillRandperm(out as Int32Array | BigInt64Array, source),
    ),
  );
}

/**
 * 1 with the probability that the element of `p` says, else 0; in the dtype of `p`.
 *
 * @throws DTypeError unless `p` is floating point; ValueError for a probability outside [0, 1].
 * Source: https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 *
 * @example
 * torch.manualSeed(777);
 * torch.bernoulli(torch.full([5], 0.5)); // tensor([1., 1., 1., 1., 0.])
 */
export function bernoulli(p: Tensor, options: GeneratorOption = {}): Tensor {
  requireFloat("bernoulli", p);
  return create("bernoulli", p.shape, { dtype: p.dtype }, (x) => randomMethods.bernoulli_(x, p, options));
}

function like(x: Tensor, options: RandomOptions): RandomOptions {
  return { dtype: x.dtype, device: x.device, ...options };
}

/**
 * Uniform numbers on [0, 1) in the shape, dtype and device of `x`.
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.rand_like.html
 *
 * @example
 * torch.randLike(torch.zeros([2, 3])).shape; // [2, 3]
 */
export function randLike(x: Tensor, options: RandomOptions = {}): Tensor {
  return rand(x.shape, like(x, options));
}

/**
 * Standard normal numbers in the shape, dtype and device of `x`.
 *
 * @throws DTypeError unless the dtype is floating point.
 * Source: https://pytorch.org/docs/stable/generated/torch.randn_like.html
 *
 * @example
 * torch.randnLike(torch.zeros([2, 3])).shape; // [2, 3]
 */
export function randnLike(x: Tensor, options: RandomOptions = {}): Tensor {
  return randn(x.shape, like(x, options));
}
