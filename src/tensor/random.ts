/** Random tensors: PyTorch's streams, from `torch.manualSeed` on. */
import {
  DTypeError,
  getDefaultDtype,
  int32,
  type Shape,
  type TypedArray,
  ValueError,
} from "../base/index.ts";
import { tape } from "../ops/executor.ts";
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
import type { Tensor } from "./tensor.ts";

export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from; the default generator unless said. */
  generator?: Generator;
}

/** Seeds the default generator. The same seed gives the numbers that PyTorch gives on the CPU. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** Seeds the default generator from the system's randomness; returns the seed. */
export function seed(): number {
  return defaultGenerator.seed();
}

/** The seed that the default generator was last given. */
export function initialSeed(): number | bigint {
  return defaultGenerator.initialSeed();
}

/** The state of the default generator, in PyTorch's own layout. */
export function getRngState(): Uint8Array {
  return defaultGenerator.getState();
}

/** Puts the default generator back to a state that `getRngState` gave. */
export function setRngState(state: Uint8Array): void {
  defaultGenerator.setState(state);
}

type FloatArray = Float32Array | Float64Array;
type Fill = (out: TypedArray, generator: Generator) => void;

interface GeneratorOption {
  generator?: Generator;
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

function requireFloat(name: string, x: Tensor): void {
  if (!x.dtype.isFloatingPoint) {
    throw new DTypeError(`${name}: needs a floating-point tensor, got ${x.dtype}`);
  }
}

/** Methods that fill a tensor with random numbers, overwriting it. */
export const randomMethods = {
  /** Normal distribution of the given mean and standard deviation. */
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

  /** Uniform distribution on [from, to). */
  uniform_(x: Tensor, from = 0, to = 1, options: GeneratorOption = {}): Tensor {
    requireFloat("uniform_", x);
    return overwrite("uniform_", x, options, (out, generator) =>
      fillUniform(out as FloatArray, from, to, generator),
    );
  },

  /** 1 with probability `p`, else 0. `p` may be a tensor of the same shape. */
  bernoulli_(x: Tensor, p: number | Tensor = 0.5, options: GeneratorOption = {}): Tensor {
    return overwrite("bernoulli_", x, options, (out, generator) => {
      if (typeof p === "number") fillBernoulli(out, p, generator);
      else fillBernoulliFrom(out, p.expand(x.shape).toTypedArray() as FloatArray, generator);
    });
  },

  /** Exponential distribution: density rate * exp(-rate x). */
  exponential_(x: Tensor, rate = 1, options: GeneratorOption = {}): Tensor {
    requireFloat("exponential_", x);
    return overwrite("exponential_", x, options, (out, generator) =>
      fillExponential(out as FloatArray, rate, generator),
    );
  },

  /** Whole numbers on [from, to); without bounds, on all that the dtype holds exactly. */
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

/** Uniform numbers on [0, 1). */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  requireFloatOption("rand", options);
  return create("rand", shape, options, (x) => randomMethods.uniform_(x, 0, 1, options));
}

/** Numbers from the standard normal distribution. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  requireFloatOption("randn", options);
  return create("randn", shape, options, (x) => randomMethods.normal_(x, 0, 1, options));
}

/** Normal numbers of the given mean and standard deviation. */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  requireFloatOption("normal", options);
  return create("normal", shape, options, (x) => randomMethods.normal_(x, mean, std, options));
}

/** Whole numbers on [0, high) or [low, high): randint(high, shape) or randint(low, high, shape); int32 unless said. */
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

/** 0 to n - 1 in random order; int32 unless said. */
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

/** 1 with the probability that the element of `p` says, else 0; in the dtype of `p`. */
export function bernoulli(p: Tensor, options: GeneratorOption = {}): Tensor {
  requireFloat("bernoulli", p);
  return create("bernoulli", p.shape, { dtype: p.dtype }, (x) => randomMethods.bernoulli_(x, p, options));
}

function like(x: Tensor, options: RandomOptions): RandomOptions {
  return { dtype: x.dtype, device: x.device, ...options };
}

/** Uniform numbers on [0, 1) in the shape, dtype and device of `x`. */
export function randLike(x: Tensor, options: RandomOptions = {}): Tensor {
  return rand(x.shape, like(x, options));
}

/** Standard normal numbers in the shape, dtype and device of `x`. */
export function randnLike(x: Tensor, options: RandomOptions = {}): Tensor {
  return randn(x.shape, like(x, options));
}
